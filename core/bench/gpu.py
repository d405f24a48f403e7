"""Measures networks on a graphics card with its own memory's peak. Each function runs in a process of its own."""

from pathlib import Path

import numpy as np

from core.bench.rows import Figures, figures_of
from core.bench.stages import repeated
from core.inference.settings import InferenceSettings
from core.types import SizeHW

_WARM_UP = 5


def find_gpu() -> str:
    """The name of the card that torch would use; empty where there is none."""
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else ""


def measure_on_gpu(weights: Path, frame_hw: SizeHW, batch: int, repeats: int) -> Figures:
    """A batch of frames through the network, in the precision that the program takes on a card.

    Args:
        frame_hw: of the frames, which are random. batch: frames at once.

    Raises: StudioError: the model or the device cannot be used.
    """
    import torch

    from core.inference import Predictor

    predictor = Predictor.load(weights, InferenceSettings(device="cuda"))
    size_hw = predictor.network_size(frame_hw)
    random = np.random.default_rng(0)
    frames = random.integers(0, 256, (batch, *frame_hw, 3), dtype=np.uint8)
    predictor.warm_up(frame_hw)
    ready = [predictor.prepare(index, 0.0, frame, None) for index, frame in enumerate(frames)]
    torch.cuda.reset_peak_memory_stats()
    times = [each / batch for each in repeated(lambda: predictor.run(ready), repeats, _WARM_UP)]
    found = figures_of(times, note=f"{size_hw[1]}x{size_hw[0]}, {batch} at once, {predictor.precision}")
    gpu_mib = torch.cuda.max_memory_reserved() / 2**20
    return Figures(found.median_ms, found.p95_ms, found.frames_per_second, gpu_mib, found.note)
