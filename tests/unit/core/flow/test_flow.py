"""Flow estimation, geometry, and the picture that the network sees."""

from typing import Any

import numpy as np
import pytest

from core.flow import DisFlow, DisSettings, flow_for_frame, flow_picture, resize_flow, white_picture
from core.flow.picture import color_wheel
from core.opencv import cv2
from core.types import FlowField


def textured(height: int = 160, width: int = 240, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2.5)


def shifted(picture: np.ndarray, dx: int, dy: int) -> np.ndarray:
    return np.roll(picture, (dy, dx), (0, 1))


def constant_field(u: float, v: float) -> FlowField:
    return FlowField(np.full((8, 10, 2), (u, v), np.float32))


def test_dis_finds_a_known_shift() -> None:
    picture = textured()
    field = DisFlow()(picture, shifted(picture, 3, -2))
    inner = field.uv[20:-20, 20:-20].reshape(-1, 2)
    assert np.allclose(np.median(inner, 0), (3, -2), atol=0.2)


def test_dis_works_at_a_bounded_size_and_counts_its_own_pixels() -> None:
    picture = textured(320, 480)
    field = DisFlow(DisSettings(long_side=240))(picture, shifted(picture, 8, 4))
    assert field.size_hw == (160, 240)
    assert np.allclose(np.median(field.uv.reshape(-1, 2), 0), (4, 2), atol=0.3)


def test_dis_gives_the_same_field_whether_or_not_it_saw_the_frame_before() -> None:
    frames = [textured(seed=0), shifted(textured(seed=0), 2, 1), shifted(textured(seed=0), 4, 2)]
    walking = DisFlow()
    walking(frames[0], frames[1])
    assert np.array_equal(walking(frames[1], frames[2]).uv, DisFlow()(frames[1], frames[2]).uv)


def test_dis_refuses_two_sizes_and_survives_tiny_frames() -> None:
    with pytest.raises(ValueError, match="one size"):
        DisFlow()(textured(64, 64), textured(64, 65))
    tiny = np.zeros((7, 9, 3), np.uint8)
    assert not DisFlow()(tiny, tiny).uv.any()


class Recorder:
    """An estimator that tells which frames it was given."""

    @property
    def description(self) -> dict[str, Any]:
        return {"method": "recorder"}

    def __call__(self, rgb_a: np.ndarray, rgb_b: np.ndarray) -> FlowField:
        return FlowField(np.full((2, 2, 2), (rgb_a[0, 0, 0], rgb_b[0, 0, 0]), np.float32))


@pytest.mark.parametrize(("index", "expected"), [(0, (0, 1)), (1, (1, 2)), (2, (-2, -1))])
def test_flow_at_t_goes_to_the_next_frame_and_is_negated_at_the_end(
    index: int, expected: tuple[int, int]
) -> None:
    frames = [np.full((4, 4, 3), i, np.uint8) for i in range(3)]
    field = flow_for_frame(Recorder(), lambda i: frames[i], index, 3)
    assert tuple(field.uv[0, 0]) == expected


def test_a_single_frame_has_no_motion() -> None:
    field = flow_for_frame(Recorder(), lambda i: np.zeros((4, 6, 3), np.uint8), 0, 1)
    assert field.size_hw == (4, 6)
    assert not field.uv.any()


def test_resized_vectors_count_target_pixels() -> None:
    field = resize_flow(constant_field(2, 4), (16, 30))
    assert field.uv.shape == (16, 30, 2)
    assert np.allclose(field.uv, (6, 8))


def test_the_wheel_has_the_middlebury_hues() -> None:
    wheel = color_wheel()
    assert wheel.shape == (55, 3)
    assert wheel[0].tolist() == [1, 0, 0]
    assert wheel[15].tolist() == [1, 1, 0]
    assert wheel[21].tolist() == [0, 1, 0]
    assert wheel[25].tolist() == [0, 1, 1]
    assert wheel[36].tolist() == [0, 0, 1]
    assert wheel[49].tolist() == [1, 0, 1]


def test_no_motion_is_white_and_noise_below_the_floor_stays_pale() -> None:
    assert np.array_equal(flow_picture(constant_field(0, 0)), white_picture((8, 10)))
    assert flow_picture(constant_field(0.05, 0)).min() > 235
    assert flow_picture(constant_field(0.05, 0), radius_floor_px=0).min() < 10


def test_hue_is_direction_and_only_relative_speed_counts() -> None:
    right = flow_picture(constant_field(5, 0))[0, 0]
    assert right[0] > 250, "motion to the right is red"
    assert right[1:].max() < 40
    assert np.array_equal(flow_picture(constant_field(50, 0))[0, 0], right)
    assert not np.array_equal(flow_picture(constant_field(-5, 0))[0, 0], right)


def test_the_table_agrees_with_the_formula_to_rounding() -> None:
    rng = np.random.default_rng(1)
    uv = rng.normal(0, 4, (50, 60, 2)).astype(np.float32)
    scaled = uv / (np.hypot(uv[..., 0], uv[..., 1]).max() + 1e-5)
    wheel = color_wheel()
    position = (np.arctan2(-scaled[..., 1], -scaled[..., 0]) / np.pi + 1) / 2 * 54
    low = np.floor(position).astype(int)
    hue = wheel[low] + (position - low)[..., None] * (wheel[(low + 1) % 55] - wheel[low])
    exact = 255 * (1 - np.hypot(scaled[..., 0], scaled[..., 1])[..., None] * (1 - hue))
    difference = np.abs(flow_picture(FlowField(uv)).astype(float) - exact)
    assert np.percentile(difference, 95) < 4
    assert difference.mean() < 1.5


def test_not_a_number_is_drawn_as_no_motion() -> None:
    uv = np.zeros((4, 4, 2), np.float32)
    uv[0, 0] = np.nan
    assert (flow_picture(FlowField(uv)) == 255).all()
