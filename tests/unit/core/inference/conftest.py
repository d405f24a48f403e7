"""A small model with random weights, small clips, and a user cache folder of the test's own."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

SIZE_HW = (48, 80)


@pytest.fixture(autouse=True)
def own_cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing reaches the real user's caches, and no test sees another's."""
    folder = tmp_path / "user-cache"
    monkeypatch.setattr("core.inference.cache.user_cache_dir", lambda *_, **__: str(folder))
    monkeypatch.setattr("core.inference.choice.user_cache_dir", lambda *_, **__: str(folder))
    return folder


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """cagdde-lite whose random heads are lively enough that different frames give different maps."""
    import torch

    from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint

    torch.manual_seed(3)
    model = build_model(CAGDDE_LITE)
    for name, parameter in model.named_parameters():
        if parameter.ndim == 4 and not name.startswith("encoder"):
            torch.nn.init.kaiming_normal_(parameter, nonlinearity="relu")
    path = tmp_path_factory.mktemp("weights") / "random-lite.safetensors"
    save_checkpoint(path, model, CheckpointMetadata(CAGDDE_LITE, flow={"method": "dis", "timing": "t->t+1"}))
    return path


def moving_square(count: int, size_hw: tuple[int, int] = SIZE_HW) -> list[np.ndarray]:
    """Frames of a bright square that walks over a fixed noisy background."""
    background = np.random.default_rng(1).integers(0, 120, (*size_hw, 3), dtype=np.uint8)
    frames: list[np.ndarray] = []
    for index in range(count):
        frame = background.copy()
        left = 4 + 3 * index % (size_hw[1] - 24)
        frame[12:32, left : left + 20] = (250, 180, 40)
        frames.append(frame)
    return frames


@pytest.fixture
def image_clip(tmp_path: Path) -> Callable[[int], Path]:
    """Makes a folder of PNG images with this many frames."""
    from core.opencv import cv2

    def make(count: int, name: str = "clip") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for index, frame in enumerate(moving_square(count)):
            cv2.imwrite(str(folder / f"{index:05d}.png"), np.ascontiguousarray(frame[..., ::-1]))
        return folder

    return make
