"""Fitting a calibration: it recovers what made the overlaps, never weighs against evidence, and is written whole."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import InputError
from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, inspect_checkpoint, save_checkpoint
from core.opencv import cv2
from core.training.confidence import Judged, calibrate_confidence, fit_calibration


def judged(bias: float, weights: tuple[float, float], clips: int = 4) -> Judged:
    rng = np.random.default_rng(0)
    logits = rng.normal((1.5, 0.5), (1.0, 0.7), (400, 2))
    iou = 1 / (1 + np.exp(-bias - logits @ np.array(weights)))
    return Judged(tuple(f"clip{i % clips}" for i in range(400)), logits, iou)


def test_the_numbers_that_made_the_overlaps_are_found() -> None:
    fitted = fit_calibration(judged(-1.0, (0.9, 0.5)))
    assert fitted.calibration.bias == pytest.approx(-1.0, abs=0.05)
    assert fitted.calibration.weights == pytest.approx({"own_iou": 0.9, "rgb_5": 0.5}, abs=0.03)
    assert fitted.left_out.mae < 0.01
    assert fitted.calibration.fitted["clips"] == ["clip0", "clip1", "clip2", "clip3"]


def test_evidence_that_would_speak_against_the_mask_is_left_out() -> None:
    assert set(fit_calibration(judged(0.0, (1.0, -0.4))).calibration.weights) == {"own_iou"}
    with pytest.raises(InputError, match="neither map nor scores"):
        fit_calibration(judged(0.0, (-1.0, -0.4)))


def test_one_clip_does_not_suffice() -> None:
    with pytest.raises(InputError, match="at least 2 clips of different names, 1 was given"):
        fit_calibration(judged(0.0, (1.0, 0.5), clips=1))


def _clip(folder: Path, seed: int) -> Path:
    rng = np.random.default_rng(seed)
    for name in ("frames", "masks"):
        (folder / name).mkdir(parents=True)
    for index in range(4):
        mask = np.zeros((48, 64), np.uint8)
        cv2.circle(mask, (16 + 8 * index, 24), 6 + 2 * seed, 255, -1)
        picture = np.where(mask[..., None] > 0, 230, rng.integers(0, 120, (48, 64, 3))).astype(np.uint8)
        cv2.imwrite(str(folder / f"frames/{index}.png"), picture)
        cv2.imwrite(str(folder / f"masks/{index}.png"), mask)
    return folder


def test_a_model_is_calibrated_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(CAGDDE_LITE, input_side=64)
    path = tmp_path / "model.safetensors"
    torch.manual_seed(0)
    model = build_model(config)
    for name, parameter in model.named_parameters():  # livelier than untrained: masks and scores that differ
        if parameter.ndim == 4 and not name.startswith("encoder"):
            torch.nn.init.kaiming_normal_(parameter, nonlinearity="relu")
    save_checkpoint(path, model, CheckpointMetadata(config, licence="mine"))
    clips = [_clip(tmp_path / "one", 1), _clip(tmp_path / "two", 2)]
    # A network without training may know nothing of its masks: what is fitted is another test's.
    monkeypatch.setattr(
        "core.training.confidence.fit_calibration",
        lambda found: fit_calibration(replace(found, iou=1 / (1 + np.exp(-found.logits.sum(1))))),
    )
    seen: list[tuple[int, int]] = []
    fitted = calibrate_confidence(
        path, path, clips, torch.device("cpu"), 2, lambda done, total: seen.append((done, total))
    )
    assert seen == [(done, 12) for done in range(1, 13)]  # 2 clips, 2 frames, 3 kinds of second stream
    metadata = inspect_checkpoint(path)
    assert metadata.calibration == fitted.calibration
    assert metadata.licence == "mine"
