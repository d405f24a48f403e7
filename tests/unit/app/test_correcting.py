"""Correcting in the real window with the real mouse: strokes, undo, accepting, drafts, and what loads meanwhile."""

from pathlib import Path

import numpy as np
import pytest
from correcting_hand import LEFT, NONE, RIGHT, Hand, wait_for
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.errors import OutputError
from core.masks import BACKGROUND, FOREGROUND
from core.project import FrameState, Project


def test_a_stroke_is_on_screen_at_once_and_on_disk_soon(hand: Hand):
    hand.use("brush")
    hand.stroke((40, 40), (80, 40))
    assert hand.mask[40, 60] == 255, "painted between the mouse's places, before anything was written"
    assert hand.mask[60, 60] == 0
    assert np.array_equal(hand.stored(0), hand.layer)
    assert hand.window.project.frames[0].state is FrameState.CORRECTED
    assert hand.window.project.is_draft


def test_right_button_ctrl_eraser_and_swap_paint_the_opposite(hand: Hand):
    hand.predict(0)
    hand.use("brush")
    hand.stroke((80, 48), button=RIGHT)
    hand.stroke((60, 40), modifiers=Qt.KeyboardModifier.ControlModifier)
    assert hand.layer[48, 80] == hand.layer[40, 60] == BACKGROUND
    hand.use("eraser")
    hand.stroke((80, 30))
    hand.stroke((10, 80), button=RIGHT)
    assert hand.layer[30, 80] == BACKGROUND
    assert hand.layer[80, 10] == FOREGROUND
    hand.do("swap")
    hand.use("brush")
    hand.stroke((100, 60))
    assert hand.layer[60, 100] == BACKGROUND
    hand.use("back_to_model")
    hand.stroke((80, 48))
    assert hand.layer[48, 80] == 0
    assert hand.mask[48, 80] == 255


def test_undo_and_redo_over_frames_and_restarts(hand: Hand, make_window, clip_path: Path, qtbot: QtBot):
    hand.use("brush")
    hand.stroke((40, 40))
    hand.go(5)
    hand.stroke((90, 60))
    hand.stroke((100, 20))
    hand.do("undo")
    hand.settle()
    assert hand.layer[20, 100] == 0
    assert hand.layer[60, 90] == FOREGROUND
    hand.go(0)
    hand.do("undo")
    hand.settle()
    assert not hand.layer.any(), "undo is of the frame on screen"
    hand.do("redo")
    hand.settle()
    assert hand.layer[40, 40] == FOREGROUND
    hand.window.close()
    qtbot.waitUntil(lambda: not hand.window.park.names, timeout=10_000)
    again = Hand(make_window(), qtbot, hand._make_prediction)
    again.window.opening.open(clip_path)
    qtbot.waitUntil(lambda: again.ready and bool(again.layer.any()), timeout=10_000)
    again.go(5)
    again.do("redo")
    again.settle()
    assert again.layer[20, 100] == FOREGROUND


def test_a_stroke_in_hand_when_the_frame_changes_stays_on_its_frame(hand: Hand):
    hand.use("brush")
    QTest.mousePress(hand.picture, LEFT, NONE, hand.at(40, 40))
    hand.qtbot.mouseMove(hand.picture, hand.at(60, 40))
    hand.do("forward")
    hand.qtbot.waitUntil(lambda: hand.window.editing.index == 1, timeout=10_000)
    hand.qtbot.mouseMove(hand.picture, hand.at(90, 40))
    QTest.mouseRelease(hand.picture, LEFT, NONE, hand.at(90, 40))
    assert hand.stored(0)[40, 50] == FOREGROUND
    assert not hand.stored(1).any()


def test_a_stroke_before_the_frame_is_loaded_waits_for_it(hand: Hand):
    hand.use("brush")
    gate: list[bool] = []
    hand.window.edits.submit(lambda context: wait_for(gate))  # the queue is busy
    hand.window.session.go(7)
    hand.qtbot.waitUntil(
        lambda: hand.window.session.waiting is False and hand.window.session.index == 7, timeout=10_000
    )
    assert not hand.ready
    hand.stroke((50, 50), (70, 50))
    gate.append(True)
    assert hand.stored(7)[50, 60] == FOREGROUND
    assert not hand.stored(0).any()


def test_accepting_freezes_and_goes_on(hand: Hand):
    hand.predict(0)
    hand.use("brush")
    hand.stroke((20, 20))
    mask = hand.mask.copy()
    hand.do("accept")
    hand.qtbot.waitUntil(lambda: hand.window.editing.index == 1, timeout=10_000)
    hand.settle()
    hand.go(0)
    hand.predict(0)
    assert np.array_equal(hand.mask, mask), "no prediction changes an accepted mask"
    hand.stroke((90, 70))
    assert np.array_equal(hand.mask, mask)
    assert any("accepted and its mask is frozen" in sentence for sentence in hand.said)
    hand.do("unaccept")
    hand.settle()
    hand.stroke((90, 70))
    assert hand.stored(0)[70, 90] == FOREGROUND


def test_nothing_to_accept_and_needs_work(hand: Hand):
    hand.do("accept")
    assert "no prediction and no correction" in hand.said[-1]
    hand.do("needs_work")
    hand.settle()
    assert hand.window.project.frames[0].state is FrameState.NEEDS_WORK


def test_accepting_never_means_a_frame_that_is_being_left(hand: Hand):
    hand.predict(0)
    hand.window.session.go(9)
    hand.do("accept")  # the picture of frame 9 is not there yet
    hand.go(9)
    hand.settle()
    assert 0 not in hand.window.project.frames


@pytest.mark.parametrize("command", ["undo", "accept", "needs_work", "clear_frame"])
def test_a_command_for_the_frame_stops_the_playing(hand: Hand, command: str):
    hand.window.playback.play()
    hand.do(command)
    assert not hand.window.playback.playing


def test_undo_and_marks_never_mean_a_frame_that_is_being_left(hand: Hand):
    hand.use("brush")
    hand.stroke((100, 20), (120, 20))
    hand.settle()
    painted = hand.layer.copy()
    hand.window.session.go(20)
    hand.do("undo")
    hand.do("needs_work")
    hand.go(20)
    hand.settle()
    assert (hand.stored(0) == painted).all()
    assert hand.window.project.frames[0].state is FrameState.CORRECTED


def test_a_disk_that_refuses_is_told_and_tried_again(hand: Hand, monkeypatch: pytest.MonkeyPatch):
    commit = Project.commit

    def full(*_: object) -> int:
        raise OutputError("the disk is full: make room.")

    monkeypatch.setattr(Project, "commit", full)
    hand.use("brush")
    hand.stroke((40, 40))
    hand.qtbot.waitUntil(lambda: any("kept in memory" in sentence for sentence in hand.said), timeout=10_000)
    hand.go(1)
    hand.go(0)
    assert hand.layer[40, 40] == FOREGROUND
    monkeypatch.setattr(Project, "commit", commit)
    hand.window.project._try_again()
    assert hand.stored(0)[40, 40] == FOREGROUND


def test_saving_the_draft_as_a_project_goes_on_there(hand: Hand, tmp_path: Path):
    hand.use("brush")
    hand.stroke((40, 40))
    hand.settle()
    draft = hand.window.project.path
    named = tmp_path / "mine.cagdde"
    hand.window.project.save_as(named)
    hand.settle()
    assert hand.window.project.path == named
    assert hand.window.project.is_named
    assert draft is not None
    assert not draft.exists()
    hand.stroke((100, 40))
    assert hand.stored(0)[40, 100] == FOREGROUND
    hand.do("undo")
    hand.settle()
    hand.do("undo")
    hand.settle()
    assert not hand.layer.any()


def test_a_clip_says_which_project_its_draft_has_become(
    hand: Hand, make_window, clip_path: Path, tmp_path: Path, qtbot: QtBot
):
    hand.use("brush")
    hand.stroke((40, 40))
    hand.settle()
    hand.window.project.save_as(tmp_path / "mine.cagdde")
    hand.settle()
    hand.window.close()
    qtbot.waitUntil(lambda: not hand.window.park.names, timeout=10_000)
    again = make_window()
    again.opening.open(clip_path)
    qtbot.waitUntil(lambda: "mine.cagdde: open that project" in again.banner.sentence, timeout=10_000)
    assert again.project.frames == {}, "the clip alone begins anew"


def test_a_stroke_during_a_reload_stays_on_screen(hand: Hand):
    hand.use("brush")
    hand.window.editing.reload()
    hand.stroke((40, 40), (80, 40))  # what is being read does not hold it yet
    hand.settle()
    assert hand.layer[40, 60] == FOREGROUND
    assert np.array_equal(hand.stored(0), hand.layer)


def test_a_prediction_that_comes_during_a_reload_is_shown(hand: Hand):
    hand.window.editing.reload()
    hand.predict(0)
    hand.settle()
    assert hand.editor.saliency is not None
    assert hand.mask[48, 80] == 255


def test_undo_right_after_the_very_first_stroke(hand: Hand):
    hand.use("brush")
    hand.stroke((40, 40), (80, 40))
    hand.do("undo")  # the project is not even made yet
    hand.settle()
    assert not hand.said
    assert not hand.layer.any()
    assert not hand.stored(0).any()
