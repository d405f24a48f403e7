"""What the tests of projects share: a clip without a file, strokes, masks. Run as a program it commits strokes."""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.masks.patch import Patch, make_patch
from core.project import Project
from core.video import ClipInfo

SIZE_HW = (24, 40)
FRAMES = 6


def clip_info(path: Path, fingerprint: str = "f" * 32, frames: int = FRAMES) -> ClipInfo:
    """Facts of a clip of variable rate, as open_clip gives them."""
    times = np.cumsum(np.linspace(0.0, 0.1, frames))
    return ClipInfo(
        path,
        "video",
        frames,
        SIZE_HW,
        times,
        20.0,
        "h264",
        "yuv420p",
        0,
        True,
        np.ones(frames, bool),
        fingerprint,
    )


def stroke(layer: NDArray[np.uint8], number: int) -> Patch:
    """A stroke that depends on its number and changes something."""
    random = np.random.default_rng(number)
    after = layer.copy()
    top, left = random.integers(0, SIZE_HW[0] - 4), random.integers(0, SIZE_HW[1] - 4)
    box = after[top : top + 4, left : left + 4]
    box[:] = (box + 1 + random.integers(0, 2)) % 3
    patch = make_patch(layer, after)
    assert patch is not None
    return patch


def mask(number: int) -> NDArray[np.uint8]:
    """A ragged mask, 0 or 255."""
    noise = np.random.default_rng(number).integers(0, 256, SIZE_HW, np.uint8)
    return np.where(noise > 128, np.uint8(255), np.uint8(0))


def paint(project: Project, clip: int, frame: int, number: int, name: str = "Brush") -> None:
    project.commit(clip, frame, name, stroke(project.layer(clip, frame), number))


def paint_for_ever(path: Path) -> None:
    """Commits strokes round the frames and prints each one's number once it is committed."""
    with Project.open(path) as project:
        number = sum(len(project.history(1, frame)) for frame in range(FRAMES))
        print("open", flush=True)
        while True:
            paint(project, 1, number % FRAMES, number)
            print(number, flush=True)
            number += 1


if __name__ == "__main__":
    paint_for_ever(Path(sys.argv[1]))
