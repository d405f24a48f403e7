"""Brush strokes: the swept area, its pieces, what is painted into it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.masks import BACKGROUND, FOLLOW, FOREGROUND, Rectangle, empty_layer
from core.masks.rectangle import EMPTY
from core.masks.tools.brush import (
    BrushPoint,
    paint,
    paint_into,
    paint_mask,
    pressed_radius,
    stroke_area,
)

points = st.builds(BrushPoint, st.floats(-20, 60), st.floats(-20, 60), st.floats(0.1, 15))


def full_area(size_hw, path):
    area = np.zeros(size_hw, np.bool_)
    rectangle, inside = stroke_area(size_hw, path)
    area[rectangle.slices] = inside
    return area


def test_a_dab_is_a_disc_of_pixel_centres():
    area = full_area((20, 20), [BrushPoint(10.5, 8.5, 4)])
    y, x = np.mgrid[:20, :20]
    assert np.array_equal(area, (x - 10) ** 2 + (y - 8) ** 2 <= 16)


@settings(max_examples=40, deadline=None)
@given(a=points, b=points)
def test_a_segment_is_the_union_of_its_discs(a: BrushPoint, b: BrushPoint):
    swept, discs = full_area((40, 45), [a, b]), np.zeros((40, 45), np.bool_)
    for share in np.linspace(0, 1, 60):
        disc = BrushPoint(*(p + (q - p) * share for p, q in zip(a, b, strict=True)))
        discs |= full_area((40, 45), [disc])
    assert not (discs & ~swept).any() or np.count_nonzero(discs & ~swept) <= 2  # rounding on the very rim
    thick = full_area((40, 45), [p._replace(radius_px=max(p.radius_px, 0.75) + 1.0) for p in (a, b)])
    assert not (swept & ~thick).any()


@settings(max_examples=40, deadline=None)
@given(st.lists(points, min_size=1, max_size=6))
def test_painting_piece_by_piece_is_painting_at_once(path: list[BrushPoint]):
    at_once = paint(empty_layer((40, 45)), path, FOREGROUND)
    layer, dirty = empty_layer((40, 45)), EMPTY
    dirty = dirty.union(paint_into(layer, path[:1], FOREGROUND))
    for index in range(1, len(path)):
        dirty = dirty.union(paint_into(layer, path[index - 1 : index + 1], FOREGROUND))
    assert np.array_equal(layer, at_once.layer)
    assert dirty == at_once.dirty


def test_a_long_thin_stroke_has_no_gap():
    area = full_area((400, 900), [BrushPoint(3.2, 390.7, 0.5), BrushPoint(890.1, 4.4, 0.5)])
    assert np.any(area[:, 4:889], axis=0).all()
    assert area.sum() < 3000


@pytest.mark.parametrize("x", [0.01, 0.5, 0.99])
def test_the_finest_brush_marks_the_pixel_under_it(x: float):
    assert full_area((3, 3), [BrushPoint(1 + x, 1 + x, 0.0)])[1, 1]


def test_a_stroke_beside_the_picture_changes_nothing():
    layer = empty_layer((10, 10))
    edit = paint(layer, [BrushPoint(-50, 3, 5), BrushPoint(-30, 3, 5)], FOREGROUND)
    assert edit.dirty == EMPTY
    assert paint(layer, [], FOREGROUND).dirty == EMPTY


def test_the_dirty_rectangle_holds_only_what_changed():
    layer = empty_layer((20, 20))
    layer[:, :10] = FOREGROUND
    edit = paint(layer, [BrushPoint(10.5, 10.5, 3)], FOREGROUND)
    assert edit.dirty == Rectangle(7, 10, 7, 4)
    assert paint(edit.layer, [BrushPoint(10.5, 10.5, 3)], FOREGROUND).dirty == EMPTY


def test_back_to_the_model_clears_and_wrong_values_are_refused():
    layer = np.full((9, 9), BACKGROUND, np.uint8)
    assert paint(layer, [BrushPoint(4.5, 4.5, 1)], FOLLOW).layer[4, 4] == FOLLOW
    assert (layer == BACKGROUND).all()
    with pytest.raises(ValueError, match="a layer value is 0"):
        paint(layer, [BrushPoint(4, 4, 1)], 3)


def test_pressure_scales_the_radius():
    assert [pressed_radius(10, p) for p in (0.0, 0.5, 1.0, 2.0)] == pytest.approx([2.0, 6.0, 10.0, 10.0])


def test_another_mask_comes_through_under_the_brush_only():
    source = np.zeros((20, 20), np.uint8)
    source[:, :10] = 255
    edit = paint_mask(empty_layer((20, 20)), [BrushPoint(10, 10, 4)], source)
    assert edit.layer[10, 8] == FOREGROUND
    assert edit.layer[10, 12] == BACKGROUND
    assert edit.layer[2, 2] == FOLLOW
