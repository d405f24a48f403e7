"""What must hold for every map: bounds, perfect maps, invariances, agreement with definitions written out."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from core.metrics import PROTOCOLS, measure_frame, measure_mask, prepare_frame
from core.metrics.davis import boundary_f
from core.metrics.distance import distance_to

Maps = tuple[NDArray[np.uint8], NDArray[np.uint8]]
SIDE = st.integers(2, 12)
examples = settings(max_examples=50, deadline=None)


@st.composite
def pairs(draw: st.DrawFn) -> Maps:
    """Saliency and ground truth of one size; both may be constant."""
    shape = (draw(SIDE), draw(SIDE))
    saliency = draw(npst.arrays(np.uint8, shape))
    ground_truth = draw(npst.arrays(np.uint8, shape, elements=st.sampled_from([0, 255])))
    return saliency, ground_truth


@st.composite
def masks(draw: st.DrawFn) -> NDArray[np.uint8]:
    """Ground truth with both object and background."""
    mask = draw(npst.arrays(np.uint8, (draw(SIDE), draw(SIDE)), elements=st.sampled_from([0, 255])))
    mask[0, 0], mask[-1, -1] = 255, 0
    return mask


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
@examples
@given(pair=pairs())
def test_bounds(protocol, pair: Maps) -> None:
    frame = prepare_frame(*pair, protocol)
    measured = measure_frame(frame, protocol, thorough=True)
    mask = measure_mask(frame, thorough=True)
    assert measured.f_curve.shape == (protocol.thresholds,)
    for value in (measured.mae, measured.adaptive_f, mask.j, mask.boundary_f):
        assert 0 <= value <= 1 + 1e-12
    # With the authors' statistics a block of n pixels can reach n / (n - 1).
    assert 0 <= measured.s_measure <= (1.5 if protocol.s_statistics.population else 1 + 1e-12)
    assert -1e-12 <= measured.weighted_f <= 1 + 1e-12
    for curve in (measured.f_curve, measured.precision, measured.recall):
        assert curve.min() >= 0
        assert curve.max() <= 1 + 1e-12
    pixels = pair[0].size
    assert 0 <= measured.e_curve.min() <= measured.e_curve.max() <= pixels / (pixels - 1) + 1e-12
    # A higher threshold never lets more of the object through.
    assert np.all(np.diff(measured.recall) <= 0)


@pytest.mark.parametrize("protocol", PROTOCOLS.values(), ids=PROTOCOLS)
@examples
@given(mask=masks())
def test_a_perfect_map_scores_one(protocol, mask: NDArray[np.uint8]) -> None:
    frame = prepare_frame(mask, mask, protocol)
    measured = measure_frame(frame, protocol, thorough=True)
    region = measure_mask(frame, thorough=True)
    scores = [
        measured.f_curve.max(),
        measured.adaptive_f,
        measured.weighted_f,
        region.j,
        region.boundary_f,
    ]
    np.testing.assert_allclose(scores, 1.0, atol=1e-9)
    assert measured.mae == 0
    if protocol.s_statistics.population:
        assert 0.99 <= measured.s_measure <= 1.5
    else:
        assert measured.s_measure == pytest.approx(1.0, abs=1e-9)


@examples
@given(mask=masks())
def test_an_inverted_map_scores_nothing(mask: NDArray[np.uint8]) -> None:
    frame = prepare_frame(255 - mask, mask, PROTOCOLS["authors"])
    measured = measure_frame(frame, PROTOCOLS["authors"])
    assert measured.mae == 1
    assert measured.adaptive_f == 0
    assert measure_mask(frame).j == 0


@examples
@given(pair=pairs(), shift=st.integers(0, 40))
def test_stretching_forgets_brightness_but_the_mask_does_not(pair: Maps, shift: int) -> None:
    saliency, truth = pair
    dim = (saliency // 4).astype(np.uint8)
    dim[0, 0], dim[-1, -1] = 0, 60
    frames = PROTOCOLS["frames"]
    here = measure_frame(prepare_frame(dim, truth, frames), frames)
    shifted_frame = prepare_frame((dim + shift).astype(np.uint8), truth, frames)
    there = measure_frame(shifted_frame, frames)
    assert here.mae == pytest.approx(there.mae, abs=1e-12)
    assert here.s_measure == pytest.approx(there.s_measure, abs=1e-9)
    assert here.adaptive_f == pytest.approx(there.adaptive_f, abs=1e-12)
    assert measure_mask(shifted_frame).j == (0.0 if truth.any() else 1.0)


@examples
@given(pair=pairs())
def test_pixel_order_does_not_matter_to_f_e_mae_and_j(pair: Maps) -> None:
    authors = PROTOCOLS["authors"]
    here = prepare_frame(*pair, authors)
    there = prepare_frame(pair[0].T[::-1].copy(), pair[1].T[::-1].copy(), authors)
    one, other = measure_frame(here, authors), measure_frame(there, authors)
    np.testing.assert_array_equal(one.f_curve, other.f_curve)
    np.testing.assert_array_equal(one.e_curve, other.e_curve)
    assert (one.mae, measure_mask(here).j) == (other.mae, measure_mask(there).j)


@examples
@given(pair=pairs())
def test_curves_are_what_thresholding_gives(pair: Maps) -> None:
    saliency, truth = pair[0], pair[1] > 127
    authors = PROTOCOLS["authors"]
    measured = measure_frame(prepare_frame(*pair, authors), authors)
    for threshold in (0, 1, 100, 128, 254):
        mask = saliency >= threshold
        hits = np.count_nonzero(mask & truth)
        precision = hits / mask.sum() if mask.any() else 0.0
        recall = hits / truth.sum() if truth.any() else 0.0
        expected = 1.3 * precision * recall / (0.3 * precision + recall) if hits else 0.0
        assert measured.f_curve[threshold] == pytest.approx(expected, abs=1e-12)
    assert measured.mae == pytest.approx(np.abs(saliency / 255 - truth).mean(), abs=1e-12)


@examples
@given(pair=pairs())
def test_j_is_intersection_over_union(pair: Maps) -> None:
    mask, truth = pair[0] >= 128, pair[1] > 128
    union = np.count_nonzero(mask | truth)
    expected = np.count_nonzero(mask & truth) / union if union else 1.0
    assert measure_mask(prepare_frame(*pair, PROTOCOLS["davsod"])).j == expected


@examples
@given(pair=pairs())
def test_boundary_f_is_what_disks_give(pair: Maps) -> None:
    """Against dilation pixel by pixel: a boundary pixel matches when one of the other lies within the radius."""
    mask, truth = pair[0] >= 128, pair[1] > 128
    radius = math.ceil(0.008 * math.hypot(*mask.shape))
    edges = [_boundary_pixels(mask), _boundary_pixels(truth)]
    if not edges[0] or not edges[1]:
        expected = float(len(edges[0]) == len(edges[1]))
    else:
        precision, recall = (
            sum(any(math.dist(p, q) <= radius for q in b) for p in a) / len(a)
            for a, b in (edges, edges[::-1])
        )
        expected = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    assert boundary_f(mask, truth) == pytest.approx(expected, abs=1e-12)


def _boundary_pixels(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    height, width = mask.shape
    return [
        (y, x)
        for y in range(height)
        for x in range(width)
        if any(
            mask[y, x] != mask[min(y + dy, height - 1), min(x + dx, width - 1)]
            for dy, dx in ((0, 1), (1, 0), (1, 1))
        )
    ]


def test_object_in_the_last_corner_and_one_pixel_frames() -> None:
    """The centroid's blocks are partly empty here, and there is nothing to divide a variance by."""
    truth = np.zeros((4, 5), np.uint8)
    truth[-1, -1] = 255
    for saliency, mask in ((truth, truth), (np.full((1, 1), 255, np.uint8), np.full((1, 1), 255, np.uint8))):
        frame = prepare_frame(saliency, mask, PROTOCOLS["davsod"])
        assert measure_frame(frame, PROTOCOLS["davsod"]).s_measure == pytest.approx(1.0)
        assert measure_mask(frame).j == 1.0


def test_float_maps_are_read_as_256_levels() -> None:
    truth = np.eye(4, dtype=np.uint8) * 255
    levels = np.arange(16, dtype=np.uint8).reshape(4, 4) * 17
    exact = prepare_frame(levels, truth, PROTOCOLS["authors"])
    rounded = prepare_frame(levels.astype(np.float32) / 255, truth > 0, PROTOCOLS["authors"])
    np.testing.assert_array_equal(exact.saliency, rounded.saliency)
    np.testing.assert_array_equal(exact.ground_truth, rounded.ground_truth)


def test_protocols_part_at_grey_ground_truth() -> None:
    grey = np.full((3, 3), 128, np.uint8)
    assert not prepare_frame(grey, grey, PROTOCOLS["davsod"]).ground_truth.any()
    assert prepare_frame(grey, grey, PROTOCOLS["authors"]).ground_truth.all()


@examples
@given(masks())
def test_distances_are_exact(mask: NDArray[np.uint8]) -> None:
    rows, columns = np.nonzero(mask)
    grid = np.indices(mask.shape)[:, :, :, None]
    squared = (grid[0] - rows) ** 2 + (grid[1] - columns) ** 2
    assert (distance_to(mask > 0) == np.sqrt(squared.min(axis=2))).all()
