"""The same numbers as the original programs, to 1e-4: the published CAG-DDE network and the torchvision encoders."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from seeded_weights import seeded_input, seeded_state
from torch import Tensor

from core.network import CAGDDE_R101, CagDde, ModelOutput, build_model, load_checkpoint
from core.network.cagdde import build_encoder
from core.network.official import convert_official
from core.types import LEVELS, STREAMS

TOLERANCE = 1e-4
ENCODERS = ("resnet18", "resnet34", "resnet50", "resnet101", "efficientnet_b0")


@pytest.fixture(scope="module")
def expected(reference_folder: Path) -> dict[str, NDArray[Any]]:
    with np.load(reference_folder / "cagdde_official_parity.npz") as file:
        return dict(file)


@pytest.fixture(scope="module")
def paper_network(official_state: dict[str, Tensor]) -> CagDde:
    model = build_model(CAGDDE_R101)
    model.load_state_dict(convert_official(official_state), strict=True)
    return model.eval()


def _predict(model: CagDde, size_name: str, expected: dict[str, NDArray[Any]]) -> ModelOutput:
    shape = (2, 3, *expected[f"{size_name}_size"].tolist())
    rgb, flow = seeded_input(f"rgb_{size_name}", shape), seeded_input(f"flow_{size_name}", shape)
    with torch.inference_mode():
        return model(rgb, flow)


def _check(output: ModelOutput, size_name: str, expected: dict[str, NDArray[Any]]) -> None:
    final = expected[f"{size_name}_final_logits"]
    np.testing.assert_allclose(output.final_logits, final, rtol=0, atol=TOLERANCE)
    assert output.scores.shape == (2, LEVELS, len(STREAMS))
    for level in range(LEVELS):
        for column, stream in enumerate(STREAMS):
            logits = expected[f"{size_name}_side{level + 1}_{stream}_logits"]
            mine = output.side_logits[level][:, column : column + 1]
            np.testing.assert_allclose(mine, logits, rtol=0, atol=TOLERANCE)
            score = expected[f"{size_name}_score{level + 1}_{stream}"]
            mine = output.scores[:, level, column : column + 1]
            np.testing.assert_allclose(mine, score, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("size_name", ["a", "b"])
def test_the_published_network_agrees(
    size_name: str, paper_network: CagDde, expected: dict[str, NDArray[Any]]
) -> None:
    _check(_predict(paper_network, size_name, expected), size_name, expected)


def test_streams_are_not_mixed_up(paper_network: CagDde, expected: dict[str, NDArray[Any]]) -> None:
    """Each column depends on its own stream alone, and a frame on no other of its batch."""
    shape = (2, 3, *expected["a_size"].tolist())
    rgb, flow = seeded_input("rgb_a", shape), seeded_input("flow_a", shape)
    with torch.inference_mode():
        swapped = paper_network(flow[1:], rgb[1:])
    for column, stream in enumerate(reversed(STREAMS)):
        np.testing.assert_allclose(
            swapped.side_logits[3][:, column : column + 1],
            expected[f"a_side4_{stream}_logits"][1:],
            rtol=0,
            atol=TOLERANCE,
        )


def test_a_published_file_agrees_after_loading(
    tmp_path: Path, official_state: dict[str, Tensor], expected: dict[str, NDArray[Any]]
) -> None:
    """As it is distributed: saved from several devices ("module."), inside another dictionary."""
    path = tmp_path / "published.pth"
    torch.save({"epoch": 3, "state_dict": {f"module.{k}": v for k, v in official_state.items()}}, path)
    try:
        model, metadata = load_checkpoint(path)
    finally:
        path.unlink()
    assert metadata.config == CAGDDE_R101
    assert metadata.flow["timing"] == "t-1->t"
    assert not model.training
    _check(_predict(model, "a", expected), "a", expected)


def test_every_published_name_is_used_once(official_state: dict[str, Tensor]) -> None:
    converted = convert_official(official_state)
    assert len(converted) == len(official_state)
    with torch.device("meta"):
        own = build_model(CAGDDE_R101).state_dict()
    assert {n: tuple(t.shape) for n, t in converted.items()} == {n: tuple(t.shape) for n, t in own.items()}


@pytest.mark.parametrize("name", ENCODERS)
def test_encoder_taps_agree(name: str, reference_folder: Path) -> None:
    shapes = json.loads((reference_folder / "torchvision_backbone_keys.json").read_text())[name]
    encoder = build_encoder(dataclasses.replace(CAGDDE_R101, encoder=name, dilate_level5=False)).eval()
    wanted = encoder.state_dict()
    # A torchvision checkpoint also holds its classifier; all else must be there, under the same names.
    encoder.load_state_dict({k: v for k, v in seeded_state(shapes).items() if k in wanted}, strict=True)
    assert all(key.startswith(("fc.", "classifier.", "features.8.")) for key in set(shapes) - set(wanted))
    with torch.inference_mode():
        taps = encoder(seeded_input("image", (1, 3, 128, 160)))
    assert len(taps) == LEVELS
    with np.load(reference_folder / "torchvision_backbone_parity.npz") as expected:
        for level, tap in enumerate(taps, start=1):
            assert tap.shape == tuple(expected[f"{name}_tap{level}_shape"])
            assert tap.shape[1] == encoder.tap_channels[level - 1]
            # Deep taps of the basic-block encoders reach hundreds, so part of the tolerance is relative.
            for statistic, value in (("mean", tap.mean((2, 3))), ("std", tap.std((2, 3)))):
                reference = expected[f"{name}_tap{level}_{statistic}_over_hw"]
                np.testing.assert_allclose(value, reference, rtol=1e-5, atol=TOLERANCE)


def test_the_dilated_encoder_keeps_stride_16_and_its_keys() -> None:
    plain = build_encoder(dataclasses.replace(CAGDDE_R101, encoder="resnet18", dilate_level5=False))
    dilated = build_encoder(dataclasses.replace(CAGDDE_R101, encoder="resnet18", dilate_level5=True))
    assert list(plain.state_dict()) == list(dilated.state_dict())
    image = torch.zeros(1, 3, 64, 96)
    assert plain(image)[4].shape[-2:] == (2, 3)
    assert dilated(image)[4].shape[-2:] == (4, 6)
