"""Weights files: exact round trips, and one clear sentence for every file that cannot be used."""

import dataclasses
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from seeded_weights import seeded_state

from core.errors import CheckpointError, OutputError
from core.network import (
    CAGDDE_LITE,
    CagDde,
    CheckpointMetadata,
    file_hash,
    inspect_checkpoint,
    load_checkpoint,
    read_state_dict,
    save_checkpoint,
)
from core.network.checkpoint import FORMAT

METADATA = CheckpointMetadata(
    config=CAGDDE_LITE,
    flow={"method": "dis", "long_side": 427, "timing": "t->t+1"},
    training={"seed": 7, "data": ["stills", "clips"]},
    metrics={"dev": {"j": 0.75}},
    parent="cafe",
    licence="Apache-2.0",
)
KEY = "cagdde_studio"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory, lite: CagDde) -> Path:
    """A sound float16 file. Tests copy it before they damage it."""
    path = tmp_path_factory.mktemp("weights") / "sound.safetensors"
    save_checkpoint(path, lite, METADATA, torch.float16)
    return path


def test_float32_round_trip_is_exact(tmp_path: Path, lite: CagDde) -> None:
    path = tmp_path / "new folder" / "model.safetensors"
    save_checkpoint(path, lite, METADATA)
    loaded, metadata = load_checkpoint(path)
    assert metadata == inspect_checkpoint(path) == METADATA
    assert not loaded.training
    before, after = lite.state_dict(), loaded.state_dict()
    assert list(before) == list(after)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert [file.name for file in path.parent.iterdir()] == ["model.safetensors"]


def test_float16_round_trip_is_exact_after_rounding_once(tmp_path: Path, saved: Path, lite: CagDde) -> None:
    loaded, _ = load_checkpoint(saved)
    for name, value in loaded.state_dict().items():
        original = lite.state_dict()[name]
        assert value.dtype == original.dtype
        assert torch.equal(value, original.half().float() if original.is_floating_point() else original)
    again = tmp_path / "again.safetensors"
    save_checkpoint(again, loaded, METADATA, torch.float16)
    assert file_hash(again) == file_hash(saved)
    assert again.stat().st_size <= 20e6


def test_saving_replaces_a_file_only_when_the_new_one_is_whole(tmp_path: Path, lite: CagDde) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        save_checkpoint(blocked / "model.safetensors", lite, METADATA)
    assert blocked.read_text() == "in the way"


def test_state_dicts_are_read_from_both_kinds_of_file(tmp_path: Path) -> None:
    state = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.count": torch.tensor(4)}
    save_file(state, tmp_path / "s.safetensors")
    torch.save(state, tmp_path / "plain.pth")
    torch.save(state, tmp_path / "old.pth", _use_new_zipfile_serialization=False)
    torch.save({"model": {f"module.{k}": v for k, v in state.items()}, "epoch": 1}, tmp_path / "wrapped.pth")
    for name in ("s.safetensors", "plain.pth", "old.pth", "wrapped.pth"):
        read = read_state_dict(tmp_path / name)
        assert set(read) == set(state), name
        assert all(torch.equal(read[key], state[key]) for key in state), name


def _refusal(path: Path) -> str:
    """The message with which a file is refused; it is one sentence that begins with the file."""
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert message.endswith(".")
    assert len(message) - len(str(path)) < 400
    return message


def test_missing_and_folder(tmp_path: Path) -> None:
    assert "no such weights file" in _refusal(tmp_path / "absent.safetensors")
    assert "no such weights file" in _refusal(tmp_path / "absent.pth")
    folder = tmp_path / "folder.safetensors"
    folder.mkdir()
    assert "no such weights file" in _refusal(folder)


@pytest.mark.parametrize("suffix", [".safetensors", ".pth", ".pt"])
def test_empty(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"empty{suffix}"
    path.touch()
    assert "is empty" in _refusal(path)


@pytest.mark.parametrize("kept", [1, 7, 8, 100, 0.3, 0.999])
def test_truncated_safetensors(tmp_path: Path, saved: Path, kept: float) -> None:
    content = saved.read_bytes()
    path = tmp_path / "cut.safetensors"
    path.write_bytes(content[: kept if isinstance(kept, int) else int(len(content) * kept)])
    assert "not a readable safetensors file" in _refusal(path)


def test_damaged_header(tmp_path: Path, saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[9:40] = b"\xff" * 31
    path = tmp_path / "damaged.safetensors"
    path.write_bytes(content)
    assert "not a readable safetensors file" in _refusal(path)


@pytest.mark.parametrize("suffix", [".safetensors", ".pth"])
@pytest.mark.parametrize("content", [b"\x00" * 64, b"<html>404</html>", b"\x89PNG\r\n\x1a\n" + b"x" * 90])
def test_something_else_altogether(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"other{suffix}"
    path.write_bytes(content)
    assert "get the file again" in _refusal(path)


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("kept", [0.02, 0.1, 0.3, 0.6, 0.9, 0.99])
def test_truncated_pth(tmp_path: Path, legacy: bool, kept: float) -> None:
    path = tmp_path / "cut.pth"
    torch.save({"w": torch.zeros(50)}, path, _use_new_zipfile_serialization=not legacy)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert "cannot be read as weights alone" in _refusal(path)


class _Payload:
    """Runs code when it is unpickled by a reader that lets it."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self.marker,)


@pytest.mark.parametrize("with_torch", [True, False])
def test_pickled_code_is_refused_and_does_not_run(tmp_path: Path, with_torch: bool) -> None:
    path, marker = tmp_path / "code.pth", tmp_path / "it-ran"
    content = {"state_dict": {"w": _Payload(marker)}}
    if with_torch:
        torch.save(content, path)
    else:
        path.write_bytes(pickle.dumps(content, protocol=2))
    assert "holds more than tensors" in _refusal(path)
    with pytest.raises(CheckpointError):
        inspect_checkpoint(path)
    with pytest.raises(CheckpointError):
        read_state_dict(path)
    assert not marker.exists()


@pytest.mark.parametrize("content", [{}, [1, 2], {"epoch": 3}, torch.zeros(3), {"state_dict": {"w": "text"}}])
def test_pth_without_a_state_dict(tmp_path: Path, content: Any) -> None:
    path = tmp_path / "odd.pth"
    torch.save(content, path)
    assert "a state dict was expected" in _refusal(path)


def test_foreign_weights(tmp_path: Path, reference_folder: Path) -> None:
    shapes = json.loads((reference_folder / "torchvision_backbone_keys.json").read_text())["resnet18"]
    state = seeded_state({name: shape for name, shape in shapes.items() if name.startswith("bn1")})
    torch.save(state, tmp_path / "resnet.pth")
    assert "another architecture" in _refusal(tmp_path / "resnet.pth")
    save_file(state, tmp_path / "resnet.safetensors", {"format": "pt"})
    assert "another program" in _refusal(tmp_path / "resnet.safetensors")
    save_file(state, tmp_path / "bare.safetensors")
    assert "another program" in _refusal(tmp_path / "bare.safetensors")


def test_published_layout_with_a_part_missing(tmp_path: Path) -> None:
    shapes = {
        "skipblock1.conv.weight": (48, 64, 1, 1),
        "pred1.seg.0.weight": (24, 48, 3, 3),
        "adp1.conv1.0.weight": (48, 48, 3, 3),
        "last_conv.6.weight": (1, 256, 1, 1),
    }
    path = tmp_path / "partial.pth"
    torch.save(seeded_state(shapes), path)
    message = _refusal(path)
    assert "do not fit the architecture cagdde-r101" in message


def _described(path: Path, state: dict[str, torch.Tensor], document: object) -> Path:
    save_file(state, path, {KEY: json.dumps(document)})
    return path


def test_weights_that_do_not_fit_their_description(tmp_path: Path, saved: Path) -> None:
    state = load_file(saved)
    wider = dataclasses.replace(CAGDDE_LITE, widths=(16, 24, 32, 64, 128)).to_dict()
    path = _described(tmp_path / "wider.safetensors", state, {"format": FORMAT, "config": wider})
    assert "do not fit the architecture cagdde-lite" in _refusal(path)
    state.pop("head.weight")
    right = {"format": FORMAT, "config": CAGDDE_LITE.to_dict()}
    path = _described(tmp_path / "short.safetensors", state, right)
    assert "do not fit the architecture cagdde-lite" in _refusal(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"encoder": "vgg16"}, "do not fit the architecture"),
        ({"fusion": "attention"}, "do not fit the architecture"),
        ({"widths": [16, 24]}, "do not fit the architecture"),
        ({"widths": "wide"}, "do not fit the architecture"),
        ({"depth": 3}, "depth"),
        ({"input_side": 0}, "input side"),
        ({"input_side": "large"}, "cannot be read"),
    ],
)
def test_architectures_that_this_program_does_not_know(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    config = {**CAGDDE_LITE.to_dict(), **changes}
    state = {"head.bias": torch.zeros(1)}
    path = _described(tmp_path / "strange.safetensors", state, {"format": FORMAT, "config": config})
    assert words in _refusal(path)


@pytest.mark.parametrize(
    "document",
    [
        *([], 3, "text", {}, {"format": FORMAT}, {"format": FORMAT, "config": []}, {"config": {}}),
        {"format": FORMAT, "config": CAGDDE_LITE.to_dict(), "flow": "dis"},
    ],
)
def test_descriptions_that_cannot_be_read(tmp_path: Path, document: object) -> None:
    path = _described(tmp_path / "vague.safetensors", {"head.bias": torch.zeros(1)}, document)
    assert "description cannot be read" in _refusal(path)


def test_weights_that_are_no_numbers(tmp_path: Path, saved: Path) -> None:
    state = load_file(saved)
    state["head.weight"][:] = float("nan")
    path = _described(
        tmp_path / "nan.safetensors", state, {"format": FORMAT, "config": CAGDDE_LITE.to_dict()}
    )
    assert "no finite numbers" in _refusal(path)


def test_a_newer_format_asks_for_a_newer_program(tmp_path: Path) -> None:
    document = {"format": "cagdde-studio/2", "config": {"shape": "unknown here"}, "more": 1}
    path = _described(tmp_path / "newer.safetensors", {"head.bias": torch.zeros(1)}, document)
    message = _refusal(path)
    assert "cagdde-studio/2" in message
    assert "update the program" in message
