"""Averaging and publishing weights."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import CheckpointError, StudioError
from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, load_checkpoint, save_checkpoint
from core.opencv import cv2
from core.training.average import average_checkpoints, interpolate
from core.training.calibrate import SHIFTS, calibrate_threshold, shift_table
from core.training.publish import publish, results_table

TINY = replace(CAGDDE_LITE, input_side=64)


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "a.safetensors", tmp_path / "b.safetensors", tmp_path / "c.safetensors"]
    for seed, path in enumerate(paths):
        torch.manual_seed(seed)
        save_checkpoint(path, build_model(TINY), CheckpointMetadata(TINY, training={"seed": seed}))
    return paths


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    folder = tmp_path / "clip"
    rng = np.random.default_rng(0)
    for name in ("frames", "masks"):
        (folder / name).mkdir(parents=True)
    for i in range(3):
        mask = np.zeros((48, 64), np.uint8)
        cv2.circle(mask, (20 + 8 * i, 24), 10, 255, -1)
        cv2.imwrite(str(folder / f"frames/{i}.png"), rng.integers(0, 256, (48, 64, 3)).astype(np.uint8))
        cv2.imwrite(str(folder / f"masks/{i}.png"), mask)
    return folder


def test_every_source_counts_alike(runs: list[Path]) -> None:
    model, metadata = average_checkpoints(runs)
    states = [load_checkpoint(path)[0].state_dict() for path in runs]
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            assert torch.allclose(value, torch.stack([state[name] for state in states]).mean(0), atol=1e-6), (
                name
            )
    assert [run["seed"] for run in metadata.training["average_of"]] == [0, 1, 2]


def test_interpolation_keeps_its_ends(runs: list[Path]) -> None:
    other = load_checkpoint(runs[1])[0]
    for share, source in ((0.0, runs[0]), (1.0, runs[1])):
        moved = interpolate(load_checkpoint(runs[0])[0], other, share)
        expected = load_checkpoint(source)[0].state_dict()
        assert all(torch.allclose(value, expected[name]) for name, value in moved.state_dict().items())
    with pytest.raises(ValueError, match="cannot interpolate"):
        interpolate(other, build_model(CAGDDE_LITE), 0.5)


def test_only_one_architecture_is_averaged(runs: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "cat.safetensors"
    config = replace(TINY, name="other", fusion="cat")
    save_checkpoint(path, build_model(config), CheckpointMetadata(config))
    with pytest.raises(CheckpointError, match=r"cat\.safetensors: is a other"):
        average_checkpoints([runs[0], path])


def test_published_weights_carry_their_results(runs: list[Path], clip: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "lite.safetensors"
    results = publish(runs[:2], out, [clip], torch.device("cpu"))
    model, metadata = load_checkpoint(out)
    assert out.stat().st_size < 0.6 * runs[0].stat().st_size, "float16"
    assert set(metadata.metrics) == {
        f"{s}/{p}" for s in ("flow", "white", "rgb") for p in ("authors", "davsod")
    }
    assert set(metadata.metrics["flow/authors"]["clip"]) == {"max_f", "s_measure", "mae", "j"}
    assert (out.with_name("lite-results.md")).read_text() == results_table(results)
    again = publish([out], tmp_path / "again.safetensors", [clip], torch.device("cpu"))
    assert results_table(again) == results_table(results), "measured was what is in the file"
    assert model.config == TINY


def test_calibration_lowers_maps_that_are_too_generous(clip: Path) -> None:
    torch.manual_seed(0)
    model = build_model(TINY).eval()
    assert model.head.bias is not None
    picture = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        model.head.bias += 6
        before = model(picture, picture).final_logits
        shift = calibrate_threshold(model, [clip], torch.device("cpu"))
        after = model(picture, picture).final_logits
    assert shift in SHIFTS
    assert torch.allclose(before - after, torch.tensor(shift), atol=1e-4)


def test_the_shift_table_is_the_shift_of_logits() -> None:
    assert np.array_equal(shift_table(0.0), np.arange(256))
    table = shift_table(1.0)
    assert (np.diff(table.astype(int)) >= 0).all()
    assert table[186] == 127, "a saliency of 1 / (1 + e^-1) becomes 0.5"


def test_a_clip_without_masks_is_refused(runs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="nowhere"):
        publish(runs[:1], tmp_path / "o.safetensors", [tmp_path / "nowhere"], torch.device("cpu"))
