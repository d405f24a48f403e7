"""A small clip with accepted frames, a small base model, and a job made of both: real files, seconds to run."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from finetune_clip import FRAMES, HEIGHT, WIDTH, MakeJob, make_project, small_settings, square_mask

from core.datasets.pictures import encode
from core.finetune.replay import ReplaySet, read_replay, replay_folder
from core.finetune.snapshot import snapshot
from core.metrics.expected_iou import ConfidenceCalibration
from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint
from core.project import Project


@pytest.fixture(scope="session")
def clip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bright square that moves over noise."""
    folder = tmp_path_factory.mktemp("clip") / "square"
    folder.mkdir()
    noise = np.random.default_rng(0).integers(40, 120, (HEIGHT, WIDTH, 3), np.uint8)
    for index in range(FRAMES):
        picture = noise.copy()
        picture[square_mask(index) > 0] = (230, 180, 60)
        (folder / f"{index:05d}.png").write_bytes(encode(picture, ".png").tobytes())
    return folder


@pytest.fixture(scope="session")
def base_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("base") / "base.safetensors"
    config = replace(CAGDDE_LITE, input_side=64)
    calibration = ConfidenceCalibration(-1.0, {"own_iou": 1.0})
    metadata = CheckpointMetadata(config, flow={"method": "dis", "timing": "t->t+1"}, calibration=calibration)
    save_checkpoint(path, build_model(config), metadata)
    return path


@pytest.fixture(scope="session")
def few_pairs() -> ReplaySet:
    whole = read_replay(replay_folder())
    return ReplaySet(whole.trained[:2], whole.measured[::16])


@pytest.fixture(autouse=True)
def few_replay_pairs(monkeypatch: pytest.MonkeyPatch, few_pairs: ReplaySet) -> None:
    """Four pairs of the bundled replay set are enough here."""
    monkeypatch.setattr("core.finetune.sampling.read_replay", lambda folder: few_pairs)


@pytest.fixture
def project_path(tmp_path: Path, clip_folder: Path) -> Path:
    path = tmp_path / "work.cagdde"
    make_project(path, clip_folder)
    return path


@pytest.fixture
def make_job(project_path: Path, base_model: Path, tmp_path: Path) -> MakeJob:
    """Makes a job folder; settings by keyword."""

    def make(name: str = "job", **changes: object) -> Path:
        with Project.open(project_path) as project:
            snapshot(project, base_model, small_settings(**changes), tmp_path / name)
        return tmp_path / name

    return make
