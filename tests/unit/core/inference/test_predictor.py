"""One frame through the network: shapes, ranges, both runtimes agree, and what happens when one is not there."""

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from core.errors import CheckpointError, DeviceError
from core.flow import DisFlow
from core.inference import InferenceSettings, Predictor
from core.metrics.expected_iou import ConfidenceCalibration
from core.network import inspect_checkpoint, load_checkpoint
from core.network.relabel import relabel
from core.types import FlowField, Prediction

TORCH = InferenceSettings(device="cpu", runtime="torch", size=64, threads=1)


def frame(seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.repeat(np.repeat(random.integers(0, 256, (12, 20, 3), dtype=np.uint8), 8, 0), 8, 1)


def field() -> FlowField:
    return DisFlow()(frame(), np.roll(frame(), 2, axis=1))


def check(prediction: Prediction) -> None:
    height, width = prediction.saliency_u8.shape
    assert height % 16 == width % 16 == 0
    assert prediction.saliency_u8.dtype == prediction.side_maps_u8.dtype == np.uint8
    assert prediction.side_maps_u8.shape == (5, 2, height // 4, width // 4)
    assert prediction.scores.shape == (5, 2)
    assert prediction.scores.dtype == np.float32
    assert ((prediction.scores >= 0) & (prediction.scores <= 1)).all()
    assert prediction.flow_picture.shape == (height, width, 3)


def test_predicts_with_and_without_flow(checkpoint: Path) -> None:
    predictor = Predictor.load(checkpoint, TORCH)
    moving = predictor.predict(7, 0.28, frame(), field())
    check(moving)
    assert (moving.index, moving.pts_seconds) == (7, 0.28)
    assert np.ptp(moving.saliency_u8) > 0
    still = predictor.predict(7, 0.28, frame(), None)
    assert (still.flow_picture == 255).all()
    assert (still.saliency_u8 != moving.saliency_u8).any()
    assert predictor.device_name == "cpu"
    assert predictor.precision == "float32"


def test_same_frame_same_result_alone_or_in_a_batch(checkpoint: Path) -> None:
    predictor = Predictor.load(checkpoint, TORCH)
    inputs = [predictor.prepare(index, 0.0, frame(index), None) for index in range(3)]
    together = predictor.run(inputs)
    for item, expected in zip(inputs, together, strict=True):
        alone = predictor.run([item])[0]
        assert np.abs(alone.saliency_u8.astype(int) - expected.saliency_u8).max() <= 1
        np.testing.assert_allclose(alone.scores, expected.scores, atol=1e-5)


def test_openvino_agrees_with_torch_and_keeps_its_conversion(
    checkpoint: Path, own_cache_folder: Path
) -> None:
    if find_spec("openvino") is None:
        pytest.skip("openvino is not installed")
    by_torch = Predictor.load(checkpoint, TORCH).predict(0, 0.0, frame(), field())
    settings = InferenceSettings(device="cpu", runtime="openvino", size=64)
    predictor = Predictor.load(checkpoint, settings)
    by_openvino = predictor.predict(0, 0.0, frame(), field())
    check(by_openvino)
    assert "openvino" in predictor.device_name
    # bfloat16 has three digits; random weights amplify, trained ones do not.
    assert np.abs(by_torch.saliency_u8.astype(int) - by_openvino.saliency_u8).mean() < 6
    np.testing.assert_allclose(by_torch.scores, by_openvino.scores, atol=0.05)
    stored = list((own_cache_folder / "openvino").glob("*/model.xml"))
    assert len(stored) == 1
    stored[0].write_text("<damaged")
    again = Predictor.load(checkpoint, settings).predict(0, 0.0, frame(), field())
    np.testing.assert_array_equal(again.saliency_u8, by_openvino.saliency_u8)


def test_auto_falls_back_to_torch_and_says_so(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise DeviceError("this processor is too old")

    monkeypatch.setattr("core.inference.openvino_runtime.OpenVinoRuntime", refuse)
    predictor = Predictor.load(checkpoint, InferenceSettings(device="cpu", size=64))
    check(predictor.predict(0, 0.0, frame(), None))
    assert predictor.device_name == "cpu"
    assert any("too old" in notice for notice in predictor.notices)
    with pytest.raises(DeviceError, match="too old"):
        Predictor.load(checkpoint, InferenceSettings(runtime="openvino", size=64)).warm_up((48, 80))


def test_a_device_that_is_not_there(checkpoint: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with pytest.raises(DeviceError, match="cuda is not there: choose one of cpu"):
        Predictor.load(checkpoint, InferenceSettings(device="cuda"))


def test_running_with_another_flow_is_said(checkpoint: Path) -> None:
    predictor = Predictor.load(checkpoint, InferenceSettings(device="cpu", flow="white"))
    assert any("trained with dis" in notice for notice in predictor.notices)
    assert not Predictor.load(checkpoint, TORCH).notices


def test_wrong_weights_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    foreign = tmp_path / "notes.safetensors"
    foreign.write_bytes(b"not weights")
    for path in (foreign, tmp_path / "missing.safetensors"):
        with pytest.raises(CheckpointError, match=path.name):
            Predictor.load(path)


def test_a_calibrated_model_says_what_iou_to_expect(checkpoint: Path, tmp_path: Path) -> None:
    calibration = ConfidenceCalibration(-1.0, {"own_iou": 0.9, "rgb_5": 0.5})
    calibrated = tmp_path / "calibrated.safetensors"
    relabel(checkpoint, calibrated, replace(inspect_checkpoint(checkpoint), calibration=calibration))
    plain = Predictor.load(checkpoint, TORCH).predict(0, 0.0, frame(), field())
    said = Predictor.load(calibrated, TORCH).predict(0, 0.0, frame(), field())
    assert plain.expected_iou is None
    assert said.expected_iou == calibration.expected_iou(said.saliency_u8, said.scores)
    np.testing.assert_array_equal(said.saliency_u8, plain.saliency_u8)


def test_a_cuda_graph_that_cannot_be_recorded_runs_without(
    checkpoint: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from core.inference.cuda_graph import CudaGraphRuntime
    from core.inference.torch_runtime import TorchRuntime

    model, _ = load_checkpoint(checkpoint)
    rgb, flow = np.random.default_rng(0).integers(0, 256, (2, 1, 64, 64, 3), dtype=np.uint8)
    expected = TorchRuntime(model, "cpu", threads=1)(rgb, flow)
    recording = CudaGraphRuntime(model, "cpu", threads=1)  # there is nothing to record on
    for _ in range(2):
        np.testing.assert_array_equal(recording(rgb, flow).saliency_u8, expected.saliency_u8)
    assert sum("CUDA graph" in record.message for record in caplog.records) == 1
