"""A real but tiny finetuning job: a square that moves, twelve accepted masks, an untrained network."""

from pathlib import Path

import numpy as np
import torch

from core.finetune.job import FinetuneSettings
from core.finetune.snapshot import snapshot
from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint
from core.project import Project
from core.types import GrayImage, RgbImage
from core.video import open_clip, write_mp4

SIZE_HW = (64, 96)
FRAMES = 80
ACCEPTED = (*range(0, 28, 4), 44, 48, 66, 70, 74)
SETTINGS = FinetuneSettings(
    "quick", iterations=8, side=64, batch=4, select_every=4, views=6, replay_frames=6, threads=1
)


def picture(index: int) -> RgbImage:
    rgb = np.full((*SIZE_HW, 3), 60, np.uint8)
    rgb[:, :, 1] = np.linspace(30, 90, SIZE_HW[1], dtype=np.uint8)
    rgb[20:44, 4 + index : 30 + index // 2 + 4] = (250, 220, 190)
    return rgb


def truth(index: int) -> GrayImage:
    return np.where(picture(index)[..., 0] > 200, np.uint8(255), np.uint8(0))


def make_project(folder: Path) -> Path:
    """A project with one clip, its masks accepted."""
    clip = folder / "square.mp4"
    write_mp4(clip, (picture(index) for index in range(FRAMES)), 25)
    path = folder / "work.cagdde"
    with Project.create(path) as project, open_clip(clip) as reader:
        number = project.add_clip(reader.info).id
        for index in ACCEPTED:
            project.accept(number, index, truth(index))
    return path


def make_weights(folder: Path) -> Path:
    torch.manual_seed(0)
    path = folder / "base.safetensors"
    save_checkpoint(path, build_model(CAGDDE_LITE), CheckpointMetadata(CAGDDE_LITE))
    return path


def make_job(folder: Path, settings: FinetuneSettings = SETTINGS) -> Path:
    """The folder of a job that is ready to run."""
    folder.mkdir(parents=True, exist_ok=True)
    project, weights = make_project(folder), make_weights(folder)
    with Project.open(project) as opened:
        snapshot(opened, weights, settings, folder / "job")
    return folder / "job"
