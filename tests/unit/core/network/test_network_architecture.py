"""Switches, parts and cost of the network: ablations, what a fresh network starts with, sizes, multiply-adds."""

import dataclasses
import math
from collections.abc import Callable
from typing import Any, get_args

import pytest
import torch
from torch import Tensor, nn

from core.network import CAGDDE_LITE, CAGDDE_R101, CagDde, ModelConfig, build_model, network_input_size
from core.network.config import Encoder, Fusion
from core.network.modules import ConfidenceGate, DifferentialEnhancement, build_fusion
from core.types import LEVELS

SIZE_HW = (64, 96)


def _pictures(batch: int = 1) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(11)
    rgb = torch.randn(batch, 3, *SIZE_HW, generator=generator)
    return rgb, torch.randn(batch, 3, *SIZE_HW, generator=generator)


@pytest.mark.parametrize("cag", [True, False])
@pytest.mark.parametrize("fusion", get_args(Fusion))
def test_every_ablation_builds_runs_and_trains(cag: bool, fusion: Fusion) -> None:
    model = build_model(dataclasses.replace(CAGDDE_LITE, cag=cag, fusion=fusion)).train()
    output = model(*_pictures(batch=2))
    assert output.final_logits.shape == (2, 1, *SIZE_HW)
    assert output.scores.shape == (2, LEVELS, 2)
    assert [tuple(side.shape) for side in output.side_logits] == [
        (2, 2, SIZE_HW[0] // stride, SIZE_HW[1] // stride) for stride in (2, 4, 8, 16, 32)
    ]
    total = output.final_logits.mean() + output.scores.sum() + sum(s.mean() for s in output.side_logits)
    total.backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize("encoder", get_args(Encoder))
def test_every_encoder_fits_the_network(encoder: Encoder) -> None:
    config = dataclasses.replace(CAGDDE_R101, encoder=encoder, dilate_level5=encoder != "efficientnet_b0")
    with torch.device("meta"):
        model = build_model(config).eval()
        output = model(torch.zeros(1, 3, *SIZE_HW), torch.zeros(1, 3, *SIZE_HW))
    assert output.final_logits.shape == (1, 1, *SIZE_HW)


def _without_cag(model: CagDde) -> CagDde:
    twin = build_model(dataclasses.replace(model.config, cag=False)).eval()
    twin.load_state_dict(model.state_dict())
    return twin


def test_cag_gates_the_features_and_nothing_else(lite: CagDde) -> None:
    gated, plain = lite(*_pictures()), _without_cag(lite)(*_pictures())
    torch.testing.assert_close(gated.scores, plain.scores)
    torch.testing.assert_close(gated.side_logits, plain.side_logits)
    assert not torch.allclose(gated.final_logits, plain.final_logits, atol=1e-3)


def test_a_gate_wide_open_is_no_gate(lite: CagDde) -> None:
    opened = build_model(CAGDDE_LITE).eval()
    opened.load_state_dict(lite.state_dict())

    def open_wide(module: nn.Module, inputs: Any, result: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        return result[0], torch.ones_like(result[1])

    for gate in opened.gates:
        gate.register_forward_hook(open_wide)
    with torch.inference_mode():
        expected = _without_cag(lite)(*_pictures()).final_logits
        torch.testing.assert_close(opened(*_pictures()).final_logits, expected)


def test_the_score_is_one_number_per_frame_that_sees_the_side_map() -> None:
    """Equation 4: it is computed from the features and the side logits."""
    torch.manual_seed(0)
    gate = ConfidenceGate(8).eval()
    features = torch.randn(3, 8, 12, 16)
    logits, score = gate(features)
    assert logits.shape == (3, 1, 12, 16)
    assert score.shape == (3,)
    assert torch.all((score > 0) & (score < 1))
    nn.init.constant_(gate.get_parameter("segmentation.4.bias"), 5.0)
    assert not torch.allclose(gate(features)[1], score)


def test_dde_is_equations_6_and_7() -> None:
    torch.manual_seed(1)
    dde = DifferentialEnhancement(4)
    nn.init.constant_(dde.prelu_flow.weight, 0.5)
    rgb, flow = torch.randn(2, 4, 6, 7), torch.randn(2, 4, 6, 7)
    conv: Callable[..., Tensor] = nn.functional.conv2d
    to_rgb = conv(flow - rgb, dde.to_rgb.weight, padding=1)
    to_flow = conv(rgb - flow, dde.to_flow.weight, padding=1)
    enhanced_rgb = rgb + torch.where(to_rgb >= 0, to_rgb, 0.25 * to_rgb)
    enhanced_flow = flow + torch.where(to_flow >= 0, to_flow, 0.5 * to_flow)
    expected = conv(torch.cat((enhanced_rgb, enhanced_flow), 1), dde.fusion.weight, dde.fusion.bias)
    torch.testing.assert_close(dde(rgb, flow), expected)


@pytest.mark.parametrize(("kind", "expected"), [("add", 5.0), ("mul", 6.0)])
def test_plain_fusions(kind: Fusion, expected: float) -> None:
    fusion = build_fusion(3, kind, separable=False)
    assert torch.all(fusion(torch.full((1, 3, 2, 2), 2.0), torch.full((1, 3, 2, 2), 3.0)) == expected)
    assert not list(fusion.parameters())


def test_a_fresh_network_is_undecided_and_enhances_nothing() -> None:
    model = build_model(CAGDDE_LITE).eval()
    with torch.inference_mode():
        assert torch.all(model(*_pictures()).scores == 0.5)
        rgb, flow = torch.randn(2, 1, 96, 4, 4)
        fusion = model.fusions[4]
        assert isinstance(fusion, DifferentialEnhancement)
        torch.testing.assert_close(fusion(rgb, flow), fusion.fusion(torch.cat((rgb, flow), 1)))


def _multiply_adds(config: ModelConfig, size_hw: tuple[int, int]) -> int:
    """Of all convolutions in one forward pass of both streams, counted while a network without memory runs."""
    total = 0

    def count(module: nn.Conv2d, inputs: Any, output: Tensor) -> None:
        nonlocal total
        total += output.numel() * module.weight[0].numel()

    with torch.device("meta"):
        model = build_model(config).eval()
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                module.register_forward_hook(count)
        model(torch.zeros(1, 3, *size_hw), torch.zeros(1, 3, *size_hw))
    return total


def _parameters(config: ModelConfig) -> int:
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in build_model(config).parameters())


def test_the_paper_network_costs_what_it_should() -> None:
    assert _parameters(CAGDDE_R101) == pytest.approx(55.30e6, rel=1e-3)
    assert _multiply_adds(CAGDDE_R101, (448, 448)) == pytest.approx(182.6e9, rel=5e-3)


def test_the_compact_network_is_light() -> None:
    assert _multiply_adds(CAGDDE_LITE, (320, 320)) <= 2.5e9
    assert 2 * _parameters(CAGDDE_LITE) <= 20e6


@pytest.mark.parametrize("frame_hw", [(480, 854), (854, 480), (1080, 1920), (99, 101), (10, 4000), (7, 7)])
def test_compact_input_keeps_the_shape_and_the_area(frame_hw: tuple[int, int]) -> None:
    for side in (None, 256, 384):
        height, width = network_input_size(CAGDDE_LITE, frame_hw, side)
        assert height % 16 == width % 16 == 0
        assert height >= 32
        assert width >= 32
        area = (side or CAGDDE_LITE.input_side) ** 2
        assert area * 0.8 <= height * width <= area * 1.2
        aspect = min(max(frame_hw[1] / frame_hw[0], 1 / 4), 4)
        assert abs(math.log(width / height / aspect)) < 0.3


def test_the_paper_input_is_square() -> None:
    assert network_input_size(CAGDDE_R101, (480, 854)) == (448, 448)
    assert network_input_size(CAGDDE_R101, (480, 854), 320) == (320, 320)


def test_a_frame_does_not_depend_on_its_batch(lite: CagDde) -> None:
    rgb, flow = _pictures(batch=2)
    with torch.inference_mode():
        both, second = lite(rgb, flow), lite(rgb[1:], flow[1:])
    torch.testing.assert_close(both.final_logits[1:], second.final_logits, rtol=0, atol=1e-4)
    torch.testing.assert_close(both.scores[1:], second.scores, rtol=0, atol=1e-5)


def test_a_config_survives_its_dictionary() -> None:
    for config in (CAGDDE_LITE, dataclasses.replace(CAGDDE_R101, cag=False, fusion="mul")):
        assert ModelConfig.from_dict(config.to_dict()) == config
    with pytest.raises(ValueError, match="depth"):
        ModelConfig.from_dict({**CAGDDE_LITE.to_dict(), "depth": 3})
