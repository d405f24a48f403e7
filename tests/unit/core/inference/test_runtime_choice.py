"""Which runtime a model gets: measured once, remembered, overridden, and torch at once while a child converts."""

import json
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from core.errors import DeviceError
from core.inference import InferenceSettings, Predictor
from core.inference.candidates import candidate_names
from core.inference.conversion_process import conversion_process
from core.network import file_hash, load_checkpoint, save_checkpoint

pytestmark = pytest.mark.skipif(find_spec("openvino") is None, reason="openvino is not installed")

AUTO = InferenceSettings(device="cpu", size=64)
FRAME_HW = (48, 80)
PATIENCE = 60.0


def predict(predictor: Predictor, index: int = 0) -> np.ndarray:
    picture = np.random.default_rng(index).integers(0, 256, (*FRAME_HW, 3), dtype=np.uint8)
    return predictor.predict(index, 0.0, picture, None).saliency_u8


def probes(cache: Path) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in sorted((cache / "runtimes").glob("*.json"))]


def conversions(cache: Path) -> list[str]:
    return sorted(path.name for path in (cache / "openvino").iterdir())


@pytest.fixture
def quick_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenVINO wins whatever else the machine does."""
    monkeypatch.setattr("core.inference.probe._HOPELESS", 0.0)


def test_warm_up_measures_once_and_all_frames_run_on_the_winner(
    checkpoint: Path, own_cache_folder: Path, quick_openvino: None
) -> None:
    predictor = Predictor.load(checkpoint, AUTO)
    predictor.warm_up(FRAME_HW)
    assert "openvino" in predictor.device_name
    assert predictor.result_settings()["precision"] == predictor.precision
    (found,) = probes(own_cache_folder)
    assert found["choice"] == "openvino"
    assert {name for name, _ in found["milliseconds"]} >= {"openvino", "torch"}  # type: ignore[union-attr]
    first = predict(predictor)
    (path,) = (own_cache_folder / "runtimes").glob("*.json")
    again = Predictor.load(checkpoint, AUTO)
    again.warm_up(FRAME_HW)
    np.testing.assert_array_equal(predict(again), first)
    assert len(probes(own_cache_folder)) == len(conversions(own_cache_folder)) == 1
    path.write_text(path.read_text().replace('"choice": "openvino"', '"choice": "torch"'))
    believing = Predictor.load(checkpoint, AUTO)
    believing.warm_up(FRAME_HW)
    assert (believing.device_name, believing.precision) == ("cpu", "float32")
    assert not believing.notices


def test_a_choice_by_name_is_not_measured(checkpoint: Path, own_cache_folder: Path) -> None:
    predictor = Predictor.load(checkpoint, InferenceSettings(device="cpu", size=64, runtime="torch"))
    predictor.warm_up(FRAME_HW)
    assert (predictor.device_name, predictor.precision) == ("cpu", "float32")
    assert not (own_cache_folder / "runtimes").exists()
    assert candidate_names(InferenceSettings(runtime="openvino"), "cpu") == ("openvino",)
    assert candidate_names(AUTO, "mps") == ("torch",)
    assert candidate_names(AUTO, "cuda")[-1] == "torch"


def test_a_fallback_is_said_and_not_remembered(
    checkpoint: Path, own_cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DeviceError("this processor is too old")

    monkeypatch.setattr("core.inference.openvino_runtime.OpenVinoRuntime", refuse)
    predictor = Predictor.load(checkpoint, AUTO)
    predictor.warm_up(FRAME_HW)
    assert predictor.device_name == "cpu"
    assert len(predictor.notices) == 1
    assert "The runtime openvino is not used, torch" in predictor.notices[0]
    assert "too old" in predictor.notices[0]
    assert not probes(own_cache_folder)


def test_one_conversion_serves_all_sizes_and_goes_with_its_weights(
    tmp_path: Path, checkpoint: Path, own_cache_folder: Path
) -> None:
    settings = InferenceSettings(device="cpu", size=64, runtime="openvino")
    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(checkpoint.read_bytes())
    predictor = Predictor.load(weights, settings)
    first = predict(predictor)
    turned = predictor.predict(0, 0.0, np.full((80, 48, 3), 90, np.uint8), None).saliency_u8
    assert turned.shape == predictor.network_size((80, 48)) == first.shape[::-1]
    (before,) = conversions(own_cache_folder)
    model, metadata = load_checkpoint(weights)
    assert model.head.bias is not None
    torch.nn.init.constant_(model.head.bias, 3.0)
    save_checkpoint(weights, model, metadata)
    changed = Predictor.load(weights, settings)
    assert predict(changed).mean() > first.mean()
    (after,) = conversions(own_cache_folder)
    assert after != before


def test_any_input_size_gives_what_torch_gives(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The conversion is traced at one size: no branch of it may stick to that size."""
    from core.inference.openvino_runtime import OpenVinoRuntime
    from core.inference.torch_runtime import TorchRuntime

    monkeypatch.setattr("core.inference.openvino_runtime.openvino_precision", lambda: "float32")
    model, _ = load_checkpoint(checkpoint)
    by_torch = TorchRuntime(model, "cpu", threads=1)
    for size_hw in ((48, 112), (75, 101)):
        rgb, flow = np.random.default_rng(0).integers(0, 256, (2, 1, *size_hw, 3), dtype=np.uint8)
        expected, found = by_torch(rgb, flow), OpenVinoRuntime(model, size_hw, None, threads=1)(rgb, flow)
        assert found.side_maps_u8.shape == expected.side_maps_u8.shape
        for name in ("saliency_u8", "side_maps_u8"):
            difference = getattr(found, name).astype(int) - getattr(expected, name)
            assert np.abs(difference).max() <= 1, (size_hw, name)
        np.testing.assert_allclose(found.scores, expected.scores, atol=1e-4)


def test_torch_runs_at_once_until_the_child_has_converted(
    tmp_path: Path, checkpoint: Path, own_cache_folder: Path, quick_openvino: None
) -> None:
    weights = tmp_path / "at-once.safetensors"
    weights.write_bytes(checkpoint.read_bytes())
    predictor = Predictor.load(weights, AUTO, at_once=True)
    predictor.warm_up(FRAME_HW)
    aimed = predictor.result_settings()
    first = predict(predictor)
    assert (predictor.device_name, predictor.precision) == ("cpu", "float32")
    deadline = time.monotonic() + PATIENCE
    while "openvino" not in predictor.device_name:
        assert time.monotonic() < deadline, predictor.notices
        predict(predictor)
        time.sleep(0.05)
    predict(predictor)
    assert predictor.result_settings() == aimed
    # bfloat16 has three digits; random weights amplify, trained ones do not.
    assert np.abs(first.astype(int) - predict(predictor)).mean() < 6
    assert len(conversions(own_cache_folder)) == 1
    assert not predictor.notices


def test_a_conversion_that_fails_is_said_and_torch_goes_on(
    tmp_path: Path, checkpoint: Path, own_cache_folder: Path
) -> None:
    weights = tmp_path / "cannot.safetensors"
    weights.write_bytes(checkpoint.read_bytes())
    own_cache_folder.mkdir()
    (own_cache_folder / "openvino").write_text("a file where the folder should be")
    predictor = Predictor.load(weights, AUTO, at_once=True)
    deadline = time.monotonic() + PATIENCE
    while not predictor.notices and time.monotonic() < deadline:
        predict(predictor)
        time.sleep(0.05)
    (notice,) = predictor.notices
    assert "The runtime openvino is not used, torch" in notice
    assert "openvino" in notice.split("converted:")[1]  # names what is in the way
    assert predictor.device_name == "cpu"


def test_the_same_conversion_is_made_by_one_child(tmp_path: Path, checkpoint: Path) -> None:
    place = tmp_path / "conversions" / "place"
    changed = conversion_process(checkpoint, "0" * 64, place)
    assert conversion_process(checkpoint, "0" * 64, place) is changed
    deadline = time.monotonic() + PATIENCE
    while changed.running and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "has changed since it was loaded" in (changed.failure or "")
    assert not place.exists()


def test_the_worker_ends_with_its_parent(tmp_path: Path, checkpoint: Path, repository: Path) -> None:
    command = [sys.executable, "-m", "core.inference.convert_worker", str(checkpoint), file_hash(checkpoint)]
    begun = time.monotonic()
    ended = subprocess.run(
        [*command, str(tmp_path / "place")],
        stdin=subprocess.DEVNULL,
        cwd=repository,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 1
    assert not (tmp_path / "place").exists()
    assert time.monotonic() - begun < PATIENCE
