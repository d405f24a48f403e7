"""A model's description written anew: the weights stay, its calibration comes back, older programs read on."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from core.errors import CheckpointError
from core.metrics.expected_iou import ConfidenceCalibration
from core.network import CAGDDE_LITE, CagDde, CheckpointMetadata, inspect_checkpoint, save_checkpoint
from core.network.relabel import relabel

PLAIN = CheckpointMetadata(CAGDDE_LITE, licence="mine")
CALIBRATED = replace(PLAIN, calibration=ConfidenceCalibration(-1.0, {"own_iou": 1.0}, {"frames": 9}))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, lite: CagDde) -> Path:
    path = tmp_path_factory.mktemp("weights") / "plain.safetensors"
    save_checkpoint(path, lite, PLAIN, torch.float16)
    return path


def _tensors(path: Path) -> bytes:
    content = path.read_bytes()
    return content[8 + int.from_bytes(content[:8], "little") :]


def test_the_description_changes_and_no_tensor_does(tmp_path: Path, plain: Path) -> None:
    out = tmp_path / "calibrated.safetensors"
    relabel(plain, out, CALIBRATED)
    assert inspect_checkpoint(out) == CALIBRATED
    assert _tensors(out) == _tensors(plain)
    with safe_open(out, "pt") as file, safe_open(plain, "pt") as before:
        assert list(file.keys()) == list(before.keys())
    relabel(out, out, PLAIN)
    assert inspect_checkpoint(out) == PLAIN


def test_it_is_what_saving_would_have_written(tmp_path: Path, plain: Path, lite: CagDde) -> None:
    relabel(plain, tmp_path / "relabelled.safetensors", CALIBRATED)
    save_checkpoint(tmp_path / "saved.safetensors", lite, CALIBRATED, torch.float16)
    assert inspect_checkpoint(tmp_path / "saved.safetensors") == CALIBRATED
    assert _tensors(tmp_path / "saved.safetensors") == _tensors(tmp_path / "relabelled.safetensors")


def test_the_calibration_is_an_entry_of_its_own(tmp_path: Path, plain: Path) -> None:
    """Versions before it refuse entries of the description that they do not know, and pass over other keys."""
    out = tmp_path / "calibrated.safetensors"
    relabel(plain, out, CALIBRATED)
    with safe_open(out, "pt") as file, safe_open(plain, "pt") as before:
        header, old = file.metadata(), before.metadata()
    assert header["cagdde_studio"] == old["cagdde_studio"]
    assert header.keys() - old.keys() == {"cagdde_studio_calibration"}


def test_a_newer_calibration_is_none_and_a_damaged_one_is_refused(
    tmp_path: Path, lite: CagDde, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.safetensors"
    assert CALIBRATED.calibration is not None
    known = CALIBRATED.calibration.to_dict()
    for change, good in (({"format": 2}, True), ({"bias": "high"}, False)):
        document = known | change
        monkeypatch.setattr(ConfidenceCalibration, "to_dict", lambda _, document=document: document)
        save_checkpoint(path, lite, CALIBRATED, torch.float16)
        if good:
            assert inspect_checkpoint(path) == PLAIN
        else:
            with pytest.raises(CheckpointError, match=r"model\.safetensors: its description cannot be read"):
                inspect_checkpoint(path)


def test_what_is_no_file_of_this_program_is_refused(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.safetensors"
    text = json.dumps({"__metadata__": {"other": "1"}}).encode()
    foreign.write_bytes(len(text).to_bytes(8, "little") + text)
    with pytest.raises(CheckpointError, match="another program"):
        relabel(foreign, tmp_path / "out.safetensors", PLAIN)
    assert not (tmp_path / "out.safetensors").exists()
