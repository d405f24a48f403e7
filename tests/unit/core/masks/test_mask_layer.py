"""The mask that a layer and a saliency map make, whole and by rectangle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.masks import BACKGROUND, FOLLOW, FOREGROUND, Rectangle, compose_mask, compose_rectangle, empty_layer
from core.masks.layer import full_saliency, salient_mask
from core.masks.rectangle import EMPTY, bounding
from core.opencv import cv2


def smooth_map(size_hw: tuple[int, int], seed: int = 0) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 5), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, size_hw[::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def test_soft_map_is_resampled_bilinearly_in_register():
    small = np.zeros((4, 8), np.uint8)
    small[:, 4:] = 200
    large = full_saliency(small, (16, 32))
    assert large.shape == (16, 32)
    assert (large[:, :13] == 0).all()
    assert (large[:, 19:] == 200).all()
    np.testing.assert_allclose(large[0, 15:17].astype(int).sum(), 200, atol=2)  # symmetric about the border
    assert full_saliency(small, (4, 8)) is small


@pytest.mark.parametrize(
    ("threshold", "expected"), [(0.0, [1, 1, 1, 1]), (0.5, [0, 0, 1, 1]), (1.0, [0, 0, 0, 1])]
)
def test_threshold_counts_equal_as_salient(threshold: float, expected: list[int]):
    mask = salient_mask(np.array([[0, 127, 128, 255]], np.uint8), threshold)
    assert (mask // 255).tolist() == [expected]


def test_the_correction_wins_and_the_rest_follows_the_model():
    saliency = np.array([[0, 255, 0, 255]], np.uint8)
    layer = np.array([[FOREGROUND, BACKGROUND, FOLLOW, FOLLOW]], np.uint8)
    assert compose_mask(saliency, layer, 0.5).tolist() == [[255, 0, 0, 255]]


@pytest.mark.parametrize("level", range(256))
def test_a_saliency_equal_to_the_threshold_is_foreground(level: int):
    saliency = np.array([[max(level - 1, 0), level]], np.uint8)
    mask = compose_mask(saliency, empty_layer((1, 2)), level / 255)
    assert mask.tolist() == [[255 if level == 0 else 0, 255]]


def test_without_a_prediction_only_the_correction_counts():
    layer = np.array([[FOREGROUND, BACKGROUND, FOLLOW]], np.uint8)
    assert compose_mask(None, layer, 0.0).tolist() == [[255, 0, 0]]


@pytest.mark.parametrize("size_hw", [(40, 70), (97, 131), (12, 9)])
def test_another_size_is_brought_over_like_a_bilinear_resize(size_hw: tuple[int, int]):
    saliency = smooth_map((24, 40))
    reference = cv2.resize(saliency.astype(np.float32), size_hw[::-1], interpolation=cv2.INTER_LINEAR)
    mask = compose_mask(saliency, empty_layer(size_hw), 0.5)
    clear = np.abs(reference - 127.5) > 1.0  # the map is rounded to whole levels on the way
    assert np.array_equal((mask != 0)[clear], (reference >= 127.5)[clear])


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 99), threshold=st.floats(0, 1),
    size_hw=st.tuples(st.integers(1, 90), st.integers(1, 90)), corners=st.tuples(*[st.floats(0, 1)] * 4),
)  # fmt: skip
def test_a_rectangle_is_the_same_as_its_part_of_the_whole(seed, threshold, size_hw, corners):
    layer = np.random.default_rng(seed).integers(0, 3, size_hw, dtype=np.uint8)
    (top, bottom), (left, right) = (
        sorted(round(c * n) for c in pair)
        for pair, n in ((corners[:2], size_hw[0]), (corners[2:], size_hw[1]))
    )
    box = Rectangle(top, left, bottom - top, right - left)
    saliency = full_saliency(smooth_map((16, 24), seed), size_hw)
    part = compose_rectangle(saliency, layer, threshold, box)
    assert np.array_equal(part, compose_mask(saliency, layer, threshold)[box.slices])


def test_a_rectangle_beside_the_picture_is_refused():
    with pytest.raises(ValueError, match="does not lie on a picture of 8 x 8"):
        compose_rectangle(smooth_map((8, 8)), empty_layer((8, 8)), 0.5, Rectangle(4, 4, 5, 2))


def test_a_map_of_another_size_has_no_rectangle():
    with pytest.raises(ValueError, match="the saliency map is"):
        compose_rectangle(smooth_map((4, 4)), empty_layer((8, 8)), 0.5, Rectangle(0, 0, 5, 2))


def test_rectangles_join_meet_and_bound():
    a, b = Rectangle(2, 3, 4, 5), Rectangle(5, 1, 2, 2)
    assert a.union(b) == Rectangle(2, 1, 5, 7)
    assert a.union(EMPTY) == a == EMPTY.union(a)
    assert Rectangle(-3, -1, 5, 4).within((10, 10)) == Rectangle(0, 0, 2, 3)
    assert Rectangle(20, 20, 5, 5).within((10, 10)) == EMPTY
    marked = np.zeros((9, 9), np.bool_)
    assert bounding(marked) == EMPTY
    marked[2, 3] = marked[6, 4] = True
    assert bounding(marked) == Rectangle(2, 3, 5, 2)
