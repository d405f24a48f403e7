"""The tools of correcting in the real window: polygon, lasso, fill, islands, wand, GrabCut, thresholds, copies."""

import numpy as np
from correcting_hand import Hand, wait_for

from core.masks import FOREGROUND


def test_a_polygon_by_clicks_enter_and_escape(hand: Hand):
    hand.use("polygon")
    for corner in ((20, 20), (60, 20), (60, 60)):
        hand.stroke(corner)
    hand.do("accept")  # Enter closes it
    hand.settle()
    assert hand.layer[30, 50] == FOREGROUND
    assert hand.window.editing.index == 0
    hand.stroke((100, 20))
    hand.stroke((120, 20))
    assert hand.window.tool_controller.cancel()
    hand.do("needs_work")
    hand.settle()
    assert not hand.layer[:, 90:].any()


def test_lasso_fill_islands_and_shapes(hand: Hand):
    hand.use("lasso")
    hand.stroke((20, 20), (60, 20), (60, 60), (20, 60), (20, 21))
    hand.settle()
    assert hand.layer[40, 40] == FOREGROUND
    hand.use("brush", 7)
    hand.stroke((120, 50))
    hand.use("drop_island")
    hand.stroke((120, 50))
    hand.settle()
    assert hand.mask[50, 120] == 0
    before = int(np.count_nonzero(hand.mask))
    hand.do("grow")
    hand.settle()
    assert int(np.count_nonzero(hand.mask)) > before
    hand.use("fill")
    hand.stroke((150, 90))
    hand.settle()
    assert (hand.mask == 255).all()
    for _ in range(5):
        hand.do("undo")
        hand.settle()
    assert not hand.layer.any()
    hand.do("undo")
    hand.settle()
    assert "nothing to undo" in hand.said[-1]


def test_wand_and_grabcut_find_the_bright_square(hand: Hand):
    hand.use("wand")
    hand.stroke((25, 45))
    hand.settle()
    assert hand.mask[45, 35] == 255
    assert hand.mask[10, 100] == 0
    hand.do("undo")
    hand.settle()
    hand.use("grabcut")
    hand.stroke((3, 20), (60, 75))
    hand.settle()
    assert hand.mask[45, 25] == 255
    assert hand.mask[70, 55] == 0


def test_a_prediction_that_comes_late_shows_under_the_corrections(hand: Hand):
    hand.use("eraser")
    hand.stroke((80, 48))
    hand.predict(0)
    assert hand.mask[48, 80] == 0
    assert hand.mask[30, 60] == 255


def test_thresholds_of_the_frame_and_of_the_clip(hand: Hand):
    hand.predict(0)
    editing = hand.window.editing
    editing.show_threshold(0.0)
    assert (hand.mask == 255).all(), "at once, before it is kept"
    hand.window.steps.set_threshold(0.0)
    hand.settle()
    assert hand.window.project.frames[0].threshold == 0.0
    hand.go(3)
    assert hand.editor.threshold == 0.5
    hand.predict(3)
    hand.do("accept")
    hand.settle()
    hand.window.steps.set_threshold(0.25, range(40))
    hand.settle()
    assert {hand.window.project.frames[frame].threshold for frame in range(40) if frame != 3} == {0.25}
    assert hand.window.project.frames[3].threshold == 0.5


def test_a_threshold_for_the_whole_clip_goes_along_while_the_slider_is_held(hand: Hand):
    hand.predict(0)
    hand.predict(1)
    hand.window.editing.show_threshold(0.0, everywhere=True)
    hand.go(1)
    assert (hand.mask == 255).all()
    hand.window.steps.set_threshold(1.0, range(40))
    hand.settle()
    hand.go(2)
    assert hand.editor.threshold == 1.0


def test_copy_of_the_frame_before_and_the_brush_that_follows_motion(hand: Hand):
    hand.go(1)
    hand.do("copy_previous")
    hand.settle()
    assert "no mask to copy" in hand.said[-1]
    hand.go(0)
    hand.use("lasso")
    hand.stroke((10, 30), (40, 30), (40, 60), (10, 60))
    hand.settle()
    here = hand.mask.copy()
    hand.go(1)
    hand.do("copy_previous")
    hand.settle()
    assert np.array_equal(hand.mask, here)
    hand.do("undo")
    hand.settle()
    hand.use("neighbour_brush", 90)
    hand.stroke((25, 45), (26, 45))
    hand.qtbot.waitUntil(lambda: bool(hand.layer.any()), timeout=10_000)
    hand.settle()
    assert hand.mask[45, 40] == 255, "the square has moved by two pixels, and its mask with it"
    assert hand.stored(1).any()


def test_undo_while_a_tool_computes_takes_its_outcome_back(hand: Hand):
    gate: list[bool] = []
    hand.window.editing._computing.submit(lambda context: wait_for(gate))
    hand.use("fill")
    hand.stroke((50, 50))
    hand.do("undo")
    gate.append(True)
    hand.settle()
    assert not hand.layer.any()
