"""Flicker against maps whose motion is known."""

import numpy as np
import pytest

from core.metrics.flicker import flicker
from core.types import FlowField

H, W = 40, 60


def moved(by_x: float, size_hw: tuple[int, int] = (H, W)) -> FlowField:
    uv = np.zeros((*size_hw, 2), np.float32)
    uv[..., 0] = by_x
    return FlowField(uv)


def square(left: int, value: int = 255) -> np.ndarray:
    saliency = np.zeros((H, W), np.uint8)
    saliency[10:30, left : left + 20] = value
    return saliency


def test_a_map_that_moves_with_the_picture_does_not_flicker() -> None:
    assert flicker(square(10), square(13), moved(3), moved(-3)) == 0.0
    assert flicker(square(10), square(13), moved(0), moved(0)) > 0.02


def test_a_map_that_goes_out_flickers_by_its_share_of_the_frame() -> None:
    assert flicker(square(10), square(10, 0), moved(0), moved(0)) == pytest.approx(20 * 20 / (H * W))
    assert flicker(square(10), square(10, 127), moved(0), moved(0)) == pytest.approx(
        (255 - 127) / 255 * 20 * 20 / (H * W)
    )


def test_the_flow_may_be_smaller_than_the_maps() -> None:
    half = (H // 2, W // 2)
    assert flicker(square(10), square(14), moved(2, half), moved(-2, half)) == pytest.approx(0, abs=1e-6)


def test_pixels_whose_flows_disagree_do_not_count() -> None:
    forward, backward = moved(0), moved(0)
    backward.uv[:, :35, 0] = 9  # the square lies there
    assert flicker(square(10), square(10, 0), forward, backward) == 0.0
    assert np.isnan(flicker(square(10), square(10, 0), moved(0), moved(9)))


def test_maps_of_two_sizes_are_refused() -> None:
    with pytest.raises(ValueError, match="one size"):
        flicker(square(10), np.zeros((H, W + 1), np.uint8), moved(0), moved(0))
