"""What the tests of projects in the window share: a project file with clips and corrections."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.masks.patch import make_patch
from core.project import Project
from core.video import open_clip, write_mp4

SIZE_HW = (96, 160)


def make_clip(path: Path, seed: int, frames: int = 6) -> Path:
    """A clip whose content depends on its seed."""
    noise = np.random.default_rng(seed).integers(0, 256, (frames, *SIZE_HW, 3), np.uint8)
    write_mp4(path, iter(noise), 25)
    return path


def stroke(project: Project, clip: int, frame: int, number: int, name: str = "Brush") -> None:
    """A band of foreground whose place is its number."""
    layer = project.layer(clip, frame)
    after = layer.copy()
    after[number * 3 : number * 3 + 3] = 1
    patch = make_patch(layer, after)
    assert patch is not None
    project.commit(clip, frame, name, patch)


def batch(project: Project, clip: int, frames: Sequence[int], name: str) -> None:
    """One step over several frames."""
    items = []
    for frame in frames:
        layer = project.layer(clip, frame)
        after = layer.copy()
        after[60:70] = 2
        patch = make_patch(layer, after)
        assert patch is not None
        items.append((frame, patch))
    project.commit_batch(clip, name, items)


def make_project(path: Path, clips: Sequence[Path]) -> Path:
    """A project with these clips; the first one has corrections on frames 0 and 2."""
    with Project.create(path) as project:
        for clip in clips:
            with open_clip(clip) as reader:
                project.add_clip(reader.info)
        if clips:
            for number in range(3):
                stroke(project, 1, 0, number, f"Brush {number}")
            batch(project, 1, [0, 1, 2], "Propagate forward")
            project.accept(1, 2, np.full(SIZE_HW, 255, np.uint8))
            project.needs_work(1, 4)
    return path
