"""The clips that are measured on, made here: textured, the camera and an object move. No measuring here."""

from pathlib import Path

import numpy as np

from core.opencv import cv2
from core.types import RgbImage, SizeHW
from core.video import Mp4Writer

_RATE = 25


def make_clip(path: Path, size_hw: SizeHW, frames: int) -> Path:
    """An H.264 clip of 25 frames a second with a background that pans and an ellipse that moves on its own.

    Raises: OutputError.
    """
    scene = _scene(size_hw)
    with Mp4Writer(path, _RATE) as writer:
        for index in range(frames):
            writer.write(_frame(scene, size_hw, index))
    return path


def _scene(size_hw: SizeHW) -> RgbImage:
    """Coarse and fine texture, twice as large as a frame."""
    height, width = size_hw
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (60, 120, 3), dtype=np.uint8)
    scene = np.asarray(cv2.resize(coarse, (width * 2, height * 2), interpolation=cv2.INTER_CUBIC), np.uint8)
    fine = random.integers(0, 30, scene.shape, dtype=np.uint8)
    return np.clip(scene.astype(np.int16) + fine - scene // 8, 0, 255).astype(np.uint8)


def _frame(scene: RgbImage, size_hw: SizeHW, index: int) -> RgbImage:
    height, width = size_hw
    x = round(width * (0.35 + 0.33 * np.sin(index / 60)))
    y = round(height * (0.42 + 0.31 * np.cos(index / 80)))
    frame = np.ascontiguousarray(scene[y : y + height, x : x + width])
    centre = (
        round(width * (0.5 + 0.29 * np.sin(index / 25))),
        round(height * (0.5 + 0.2 * np.cos(index / 17))),
    )
    axes = (round(width * 0.105), round(height * 0.125))
    cv2.ellipse(frame, centre, axes, index * 2, 0, 360, (230, 60, 40), -1, cv2.LINE_AA)
    return frame
