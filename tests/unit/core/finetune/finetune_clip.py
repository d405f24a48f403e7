"""The small clip of the finetuning tests: its masks, its project, settings of seconds."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.finetune.job import FinetuneSettings, preset_settings
from core.project import Project
from core.video import open_clip

FRAMES, HEIGHT, WIDTH = 60, 48, 64
ACCEPTED = (0, 4, 8, 12, 30, 34, 52, 56)
"""Three blocks with gaps: all three parts."""

MakeJob = Callable[..., Path]


def small_settings(**changes: object) -> FinetuneSettings:
    small: dict[str, object] = {
        "iterations": 4,
        "side": 64,
        "batch": 4,
        "views": 6,
        "select_every": 2,
        "warmup": 1,
        "rate": 1e-3,
        "device": "cpu",
        "mixed_precision": False,
    }
    return preset_settings("quick", **{**small, **changes})


def square_mask(index: int) -> NDArray[np.uint8]:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    x = 4 + index // 2
    mask[14:34, x : x + 20] = 255
    return mask


def make_project(path: Path, clip: Path, accepted: Sequence[int] = ACCEPTED) -> None:
    with Project.create(path) as project, open_clip(clip) as reader:
        number = project.add_clip(reader.info).id
        for index in accepted:
            project.accept(number, index, square_mask(index))
