"""Everything that works without a window: video, flow, network, inference, training, metrics. No Qt below here."""
