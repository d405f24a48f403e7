"""A frame being corrected: the mask is always what layer, saliency and threshold make of it, and patches are exact."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.masks import BACKGROUND, FOLLOW, FOREGROUND, apply, compose_mask, empty_layer, make_patch
from core.masks.frame_editor import FrameEditor
from core.masks.patch import rebased
from core.masks.tools.brush import BrushPoint, paint
from core.masks.tools.morphology import grow

SIZE = (40, 60)
SALIENCY = np.random.default_rng(3).integers(0, 256, (10, 15), np.uint8)

points = st.builds(BrushPoint, st.floats(-5, 65), st.floats(-5, 45), st.floats(0.2, 12))
strokes = st.lists(
    st.tuples(st.lists(points, min_size=1, max_size=4), st.sampled_from((FOREGROUND, BACKGROUND, FOLLOW))),
    max_size=6,
)


def editor(saliency: np.ndarray | None = SALIENCY) -> FrameEditor:
    return FrameEditor(empty_layer(SIZE), 0.5, saliency)


def paint_stroke(frame: FrameEditor, path: list[BrushPoint], value: int):
    frame.begin_stroke()
    frame.paint(path[:1], value)
    for before, here in pairwise(path):
        frame.paint([before, here], value)
    return frame.end_stroke()


@given(strokes, st.floats(0, 1))
def test_the_mask_is_what_layer_and_saliency_make_and_the_patches_lead_there(drawn, threshold):
    frame = editor()
    frame.set_threshold(threshold)
    layer = empty_layer(SIZE)
    for path, value in drawn:
        patch = paint_stroke(frame, path, value)
        if patch is not None:
            layer = apply(layer, patch)
        assert np.array_equal(frame.layer, layer)
        assert np.array_equal(frame.mask, compose_mask(SALIENCY, layer, threshold))


@given(strokes, st.lists(points, min_size=1, max_size=4))
def test_a_stroke_that_is_taken_back_leaves_nothing(drawn, path):
    frame = editor()
    for earlier, value in drawn:
        paint_stroke(frame, earlier, value)
    layer, mask = frame.layer.copy(), frame.mask.copy()
    frame.begin_stroke()
    frame.paint(path, FOREGROUND)
    frame.cancel_stroke()
    assert np.array_equal(frame.layer, layer)
    assert np.array_equal(frame.mask, mask)
    assert not frame.painting


def test_a_mask_is_painted_with_and_a_stroke_without_effect_has_no_patch():
    frame = editor(saliency=None)
    source = np.zeros(SIZE, np.uint8)
    source[:, 30:] = 255
    frame.begin_stroke()
    frame.paint([BrushPoint(30, 20, 5)], source)
    assert frame.end_stroke() is not None
    assert frame.mask[20, 32] == 255
    assert frame.layer[20, 27] == BACKGROUND
    assert paint_stroke(frame, [BrushPoint(33, 20, 1)], FOREGROUND) is None


def test_a_prediction_that_comes_late_goes_under_the_stroke_in_hand():
    frame = editor(saliency=None)
    frame.begin_stroke()
    frame.paint([BrushPoint(10, 10, 4)], BACKGROUND)
    frame.set_saliency(np.full((4, 4), 255, np.uint8))
    assert frame.mask[10, 10] == 0
    assert frame.mask[30, 30] == 255
    assert frame.end_stroke() is not None


def test_a_dragged_tool_replaces_its_own_outcome():
    frame = editor(saliency=None)
    frame.begin_stroke()
    frame.replace_stroke(paint(frame.kept_layer, [BrushPoint(20, 20, 15)], FOREGROUND))
    frame.replace_stroke(paint(frame.kept_layer, [BrushPoint(40, 20, 3)], FOREGROUND))
    assert frame.mask[20, 20] == 0
    assert frame.mask[20, 40] == 255
    patch = frame.end_stroke()
    assert patch is not None
    assert patch.width <= 7


def test_what_a_tool_computed_goes_on_top_of_what_was_painted_meanwhile():
    frame = editor(saliency=None)
    paint_stroke(frame, [BrushPoint(20, 20, 4)], FOREGROUND)
    before = frame.layer.copy()
    grown = grow(before, frame.mask, 3)
    patch = make_patch(before, grown.layer, grown.dirty)
    paint_stroke(frame, [BrushPoint(50, 30, 3)], FOREGROUND)
    assert patch is not None
    frame.apply(patch)
    assert frame.mask[20, 26] == 255
    assert frame.mask[30, 50] == 255


def test_an_accepted_frame_keeps_its_mask_whatever_comes():
    accepted = np.zeros(SIZE, np.uint8)
    accepted[5:9] = 255
    frame = FrameEditor(empty_layer(SIZE), 0.5, SALIENCY, accepted)
    frame.set_saliency(np.full((4, 4), 255, np.uint8))
    frame.set_threshold(0.0)
    assert np.array_equal(frame.mask, accepted)
    with pytest.raises(ValueError, match="accepted"):
        frame.begin_stroke()


def test_the_layer_given_is_not_written_to_and_misuse_is_refused():
    layer = empty_layer(SIZE)
    layer.flags.writeable = False
    frame = FrameEditor(layer, 0.5)
    with pytest.raises(ValueError, match="begin_stroke"):
        frame.paint([BrushPoint(1, 1, 1)], FOREGROUND)
    frame.begin_stroke()
    with pytest.raises(ValueError, match="in hand"):
        frame.begin_stroke()
    frame.paint([BrushPoint(1, 1, 2)], FOREGROUND)
    assert not layer.any()


def test_a_patch_rebased_changes_the_same_pixels_elsewhere_too():
    before = empty_layer((6, 6))
    patch = make_patch(before, paint(before, [BrushPoint(3, 3, 1.5)], FOREGROUND).layer)
    assert patch is not None
    other = np.full((6, 6), BACKGROUND, np.uint8)
    moved = rebased(patch, other)
    assert moved is not None
    changed = apply(other, moved)
    assert changed[3, 3] == FOREGROUND
    assert changed[0, 0] == BACKGROUND
    assert rebased(patch, changed) is None
    with pytest.raises(ValueError, match="does not lie"):
        rebased(patch, empty_layer((2, 2)))
