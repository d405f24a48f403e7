"""Outlines, fill, wand, islands, morphology, GrabCut and taking masks over."""

import numpy as np
import pytest

from core.masks import BACKGROUND, FOLLOW, FOREGROUND, Rectangle, compose_mask, empty_layer
from core.masks.rectangle import EMPTY
from core.masks.tools.fill import drop_island, fill, keep_island
from core.masks.tools.grabcut import grabcut_box, grabcut_scribbles
from core.masks.tools.morphology import fill_holes, grow, shrink, smooth
from core.masks.tools.outline import lasso, polygon
from core.masks.tools.take_over import back_to_model, copy_mask
from core.masks.tools.wand import color_distance, wand

SIZE = (40, 60)


def ring() -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    mask[10:30, 10:30] = 255
    mask[15:25, 15:25] = 0
    return mask


def composed(edit, mask: np.ndarray) -> np.ndarray:
    """The mask after an edit, where the model says `mask`."""
    return compose_mask(mask, edit.layer, 0.5) != 0


def test_a_polygon_sets_the_pixels_inside():
    edit = polygon(empty_layer(SIZE), [(10, 5), (20, 5), (20, 15), (10, 15)], FOREGROUND)
    expected = empty_layer(SIZE)
    expected[5:15, 10:20] = FOREGROUND
    inner = (slice(6, 14), slice(11, 19))
    assert (edit.layer[inner] == FOREGROUND).all()
    assert abs(int((edit.layer == FOREGROUND).sum()) - 100) <= 21  # the rim's pixels are half inside
    assert edit.dirty.within(SIZE) == edit.dirty


@pytest.mark.parametrize("tool", [polygon, lasso])
def test_outlines_of_nothing_or_beside_the_picture_change_nothing(tool):
    for outline in (
        [],
        [(3, 3), (9, 9)],
        [(-90, -90), (-50, -90), (-50, -50)],
        [(1e9, 1e9), (2e9, 1e9), (1e9, 3e9)],
    ):
        assert tool(empty_layer(SIZE), outline, FOREGROUND).dirty == EMPTY


def test_a_lasso_takes_what_a_line_that_winds_twice_encloses():
    around = [(50, 20), (30, 36), (10, 20), (30, 4)]
    inner = [(40, 20), (30, 28), (20, 20), (30, 12)]
    twice = [*around, *inner]
    assert polygon(empty_layer(SIZE), twice, FOREGROUND).layer[20, 30] == FOLLOW
    assert lasso(empty_layer(SIZE), twice, FOREGROUND).layer[20, 30] == FOREGROUND


def test_fill_closes_a_hole_and_stops_at_the_mask():
    mask = ring()
    edit = fill(empty_layer(SIZE), mask, 20, 20, FOREGROUND)
    assert edit.dirty == Rectangle(15, 15, 10, 10)
    assert composed(edit, mask)[10:30, 10:30].all()
    assert fill(empty_layer(SIZE), mask, 99, 20, FOREGROUND).dirty == EMPTY


def test_islands_are_kept_and_dropped():
    mask = ring()
    mask[2:6, 50:55] = 255
    kept = composed(keep_island(empty_layer(SIZE), mask, 12, 12), mask)
    assert np.array_equal(kept, ring() != 0)
    dropped = composed(drop_island(empty_layer(SIZE), mask, 52, 3), mask)
    assert np.array_equal(dropped, ring() != 0)
    assert keep_island(empty_layer(SIZE), mask, 0.5, 0.5).dirty == EMPTY
    assert drop_island(empty_layer(SIZE), mask, -4, 0.5).dirty == EMPTY


def test_the_wand_takes_like_colours_connected_or_not():
    rgb = np.zeros((*SIZE, 3), np.uint8)
    rgb[5:10, 5:10] = rgb[5:10, 40:45] = (200, 30, 30)
    distance = color_distance(rgb, 7, 7)
    assert distance is not None
    near = wand(empty_layer(SIZE), distance, 7, 7, 10, FOREGROUND)
    assert near.dirty == Rectangle(5, 5, 5, 5)
    everywhere = wand(empty_layer(SIZE), distance, 7, 7, 10, FOREGROUND, contiguous=False)
    assert int((everywhere.layer == FOREGROUND).sum()) == 50
    assert wand(empty_layer(SIZE), distance, 7, 7, 500, FOREGROUND).layer.all()
    assert color_distance(rgb, -1, 0) is None


def test_grow_and_shrink_are_exact_and_spare_the_frame_edge():
    mask = np.zeros(SIZE, np.uint8)
    mask[20, 30] = 255
    y, x = np.mgrid[: SIZE[0], : SIZE[1]]
    disc = (x - 30) ** 2 + (y - 20) ** 2 <= 25
    grown = grow(empty_layer(SIZE), mask, 5)
    assert np.array_equal(composed(grown, mask), disc)
    assert grown.layer[20, 30] == FOLLOW  # what was right already goes on following the model
    half = np.zeros(SIZE, np.uint8)
    half[:, :30] = 255
    assert np.array_equal(composed(shrink(empty_layer(SIZE), half, 3), half), x < 27)
    for empty in (np.zeros(SIZE, np.uint8), np.full(SIZE, 255, np.uint8)):
        assert grow(empty_layer(SIZE), empty, 1e6).dirty == EMPTY
        assert shrink(empty_layer(SIZE), empty, 1e6).dirty == EMPTY


def test_smooth_removes_specks_and_keeps_straight_edges():
    mask = np.zeros(SIZE, np.uint8)
    mask[:, :30] = 255
    mask[20, 45] = 255
    smoothed = composed(smooth(empty_layer(SIZE), mask, 2), mask)
    assert not smoothed[20, 45]
    assert np.array_equal(smoothed[:, :40], (mask != 0)[:, :40])
    assert smooth(empty_layer(SIZE), mask, 0).dirty == EMPTY


def test_only_enclosed_holes_up_to_the_size_are_filled():
    mask = ring()
    mask[0:4, 50:60] = 255
    mask[0:3, 53:57] = 0  # open to the frame's edge: no hole
    mask[12, 12] = 0
    everything = composed(fill_holes(empty_layer(SIZE), mask), mask)
    assert everything[10:30, 10:30].all()
    assert not everything[1, 54]
    small = composed(fill_holes(empty_layer(SIZE), mask, 5), mask)
    assert small[12, 12]
    assert not small[20, 20]


def scene() -> tuple[np.ndarray, np.ndarray]:
    """A red disc on a textured green ground, and its true mask."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:90, :120]
    truth = (x - 60) ** 2 + (y - 45) ** 2 <= 22**2
    rgb = random.integers(0, 40, (90, 120, 3), dtype=np.uint8) + np.array([20, 120, 30], np.uint8)
    rgb[truth] = random.integers(0, 40, (int(truth.sum()), 3), dtype=np.uint8) + np.array(
        [190, 30, 30], np.uint8
    )
    return rgb, truth


def similarity(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


def test_grabcut_finds_the_object_in_a_box_and_repeats_itself():
    rgb, truth = scene()
    box = Rectangle(16, 30, 60, 62)
    edit = grabcut_box(empty_layer((90, 120)), rgb, box)
    assert similarity(edit.layer == FOREGROUND, truth) > 0.95
    assert edit.dirty == box
    assert np.array_equal(grabcut_box(empty_layer((90, 120)), rgb, box).layer, edit.layer)


def test_grabcut_keeps_what_was_corrected_and_refuses_empty_boxes():
    rgb, _ = scene()
    layer = empty_layer((90, 120))
    layer[44:46, 59:61] = BACKGROUND
    edit = grabcut_box(layer, rgb, Rectangle(16, 30, 60, 62))
    assert (edit.layer[44:46, 59:61] == BACKGROUND).all()
    assert grabcut_box(layer, rgb, Rectangle(200, 200, 10, 10)).dirty == EMPTY
    assert not grabcut_box(layer, rgb, Rectangle(0, 0, 90, 120)).dirty.is_empty
    full = np.full((90, 120), BACKGROUND, np.uint8)
    assert grabcut_box(full, rgb, Rectangle(5, 5, 50, 50)).dirty == EMPTY


def test_scribbles_repair_a_wrong_mask():
    rgb, truth = scene()
    mask = np.zeros((90, 120), np.uint8)
    mask[20:70, 50:100] = 255
    foreground, background = np.zeros((90, 120), np.bool_), np.zeros((90, 120), np.bool_)
    foreground[45, 42:75] = True
    background[20:70, 95] = True
    edit = grabcut_scribbles(empty_layer((90, 120)), mask, rgb, foreground, background)
    result = composed(edit, mask)
    assert similarity(result, truth) > max(0.9, similarity(mask != 0, truth))
    assert result[foreground].all()
    assert not result[background].any()
    nothing = np.zeros_like(foreground)
    assert grabcut_scribbles(empty_layer((90, 120)), mask, rgb, nothing, nothing).dirty == EMPTY


def test_a_copied_mask_holds_whatever_the_model_says_and_can_be_dropped():
    mask = ring()
    edit = copy_mask(empty_layer(SIZE), mask)
    for saliency in (np.zeros(SIZE, np.uint8), np.full(SIZE, 255, np.uint8)):
        assert np.array_equal(compose_mask(saliency, edit.layer, 0.5), mask)
    assert not back_to_model(edit.layer).layer.any()
    with pytest.raises(ValueError, match="one size"):
        copy_mask(empty_layer((9, 9)), mask)
