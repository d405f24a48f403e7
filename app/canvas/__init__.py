"""Correcting by mouse, pen and key: the frame in hand, the tools and what they draw over the picture."""
