"""The report in the window: what its table and sentences say, the wipe by mouse and keys, what may be decided."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.finetune.end_pages import ResultPage
from app.finetune.records import FinishedRun
from app.finetune.report_dialog import ReportDialog
from app.finetune.report_words import sentences
from app.images import image_from_rgb
from app.theme import Theme
from core.finetune.outcome import (
    Candidate,
    ClipOutcome,
    FinetuneReport,
    FinetuneResult,
    Forgetting,
    FrameOutcome,
    Interval,
    Lineage,
    Measures,
)

Dialog = Callable[..., ReportDialog]


def measures(j: float, flicker: float | None = None) -> Measures:
    return Measures(4, j + 0.1, j, 0.05, j, j - 0.1, flicker)


def frame(index: int, gain: float) -> FrameOutcome:
    return FrameOutcome("park", index, 0.5, 0.5 + gain, "rgb.jpg", "truth.png", "before.png", "after.png")


def finished_run(kept_old: bool = False, decision: str = "") -> FinishedRun:
    clips = (
        ClipOutcome("a lake", measures(0.7, 0.02), measures(0.6, 0.03)),
        ClipOutcome("park", measures(0.5), measures(0.8)),
    )
    result = FinetuneResult(
        "finished",
        kept_old,
        0.0 if kept_old else 0.5,
        "The old model is kept because the tuned one forgets." if kept_old else "The new model is chosen.",
        Lineage("base.safetensors", "ab", "cd", "work.cagdde", 12, 8),
        80,
        80,
        95.0,
        candidates=(
            Candidate(0.0, 0.5, 0.6, 0.9, 0.8, True),
            Candidate(1.0, 0.7, 0.8, 0.7, 0.7, False, "it loses 20"),
        ),
        clips=clips,
        overall=ClipOutcome("all", measures(0.6), measures(0.7)),
        forgetting=Forgetting(20, 0.9, 0.896, 0.8, 0.79, 0.4, 0.5),
        interval=Interval(0.1, -0.1, 0.3, 2, "clips", False, "not established: 2 clips, 5 are needed"),
        weights=None if kept_old else "tuned.safetensors",
    )
    report = FinetuneReport(result, ("8 of 12 frames train.",), frames=(frame(30, -0.1), frame(40, 0.3)))
    return FinishedRun(Path("job"), report, decision)


@pytest.fixture
def open_report(qtbot: QtBot, theme: Theme) -> Dialog:
    parents: list[QWidget] = []

    def make(finished: FinishedRun) -> ReportDialog:
        parent = QWidget()
        parents.append(parent)
        qtbot.addWidget(parent)
        dialog = ReportDialog(finished, theme, parent)
        dialog.show()
        qtbot.waitExposed(dialog)
        return dialog

    return make


def test_the_worst_regression_stands_first_and_has_a_sign(open_report: Dialog) -> None:
    table = open_report(finished_run()).table
    places = [[table.model().index(row, column) for column in range(7)] for row in range(3)]
    words = [[place.data() for place in row] for row in places]
    assert [row[0] for row in words] == ["a lake", "park", "All frames"]
    assert words[0][1] == ".700 → .600 ▼"
    assert words[1][1] == ".500 → .800 ▲"
    assert words[0][6] == ".020 → .030 ▼"  # less flicker is better
    assert words[1][6] == "–"
    assert words[1][5] == ".050 → .050"
    assert "worse" in places[0][1].data(Qt.ItemDataRole.AccessibleTextRole)


def test_sentences_say_what_is_not_established_and_what_was_forgotten() -> None:
    parts = dict(sentences(finished_run().report))
    assert "not established" in parts["Gain"]
    assert "0.40 points lost, 0.5 may be lost" in parts["Forgetting"]
    assert "a = 1: J 0.700 (forgets)" in parts["Choice"]
    assert "1:35 minutes" in parts["Training"]
    none = replace(finished_run().report.result, interval=None, overall=None, clips=())
    assert "Not measured" in dict(sentences(replace(finished_run().report, result=none)))["Gain"]


def test_a_kept_old_model_cannot_be_promoted(open_report: Dialog, qtbot: QtBot) -> None:
    kept, new = open_report(finished_run(kept_old=True)), open_report(finished_run())
    assert not kept.promote.isVisible()
    assert not kept.discard.isVisible()
    assert kept.headline.text() == "The old model is kept"
    assert new.promote.isVisible()
    new.show_decision(finished_run(decision="promoted"))
    assert not new.promote.isVisible()
    page = ResultPage()
    qtbot.addWidget(page)
    page.show()
    page.show_result(finished_run(kept_old=True))
    assert not page.promote.isVisible()
    assert "tuned one forgets" in page.reason.text()
    assert "J is 0.600" in page.numbers.text()
    assert "gain" not in page.numbers.text()
    page.show_result(finished_run())
    assert "not established" in page.numbers.text()


def test_frames_are_asked_for_one_by_one_and_late_pictures_are_not_shown(
    open_report: Dialog, qtbot: QtBot
) -> None:
    dialog = open_report(finished_run())
    asked: list[FrameOutcome] = []
    dialog.frame_wanted.connect(asked.append)
    dialog.show_first()
    assert not dialog.previous.isEnabled()
    qtbot.mouseClick(dialog.next, Qt.MouseButton.LeftButton)
    assert [item.index for item in asked] == [30, 40]
    assert not dialog.next.isEnabled()
    black, white = picture(0), picture(255)
    dialog.show_pictures(asked[0], black, white)
    assert dialog.wipe._before is None
    dialog.show_pictures(asked[1], black, white)
    assert dialog.wipe._before is black


def picture(value: int) -> QImage:
    return image_from_rgb(np.full((90, 160, 3), value, np.uint8))


def test_the_wipe_shows_the_old_mask_left_of_the_divider(open_report: Dialog, qtbot: QtBot) -> None:
    dialog = open_report(finished_run())
    wipe = dialog.wipe
    wipe.show_pictures(picture(0), picture(255))
    box = wipe.picture_box()
    low = int(box.bottom()) - 4
    qtbot.mouseClick(wipe, Qt.MouseButton.LeftButton, pos=QPoint(int(box.left() + box.width() * 0.25), low))
    assert wipe.place == pytest.approx(0.25, abs=0.02)
    shown = wipe.grab().toImage()
    assert shown.pixelColor(int(box.left() + box.width() * 0.1), low).lightness() < 20
    assert shown.pixelColor(int(box.left() + box.width() * 0.9), low).lightness() > 235
    place = wipe.place
    qtbot.keyClick(wipe, Qt.Key.Key_Right)
    assert wipe.place == pytest.approx(place + 0.02)
    qtbot.keyClick(wipe, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert wipe.place == pytest.approx(place - 0.08)
    qtbot.keyClick(wipe, Qt.Key.Key_End)
    assert wipe.place == 1
    qtbot.keyClick(wipe, Qt.Key.Key_Right)
    assert wipe.place == 1
    assert "100%" in wipe.accessibleDescription()


def test_without_frames_there_is_nothing_to_step_through(open_report: Dialog) -> None:
    finished = finished_run()
    empty = replace(
        finished.report, frames=(), result=replace(finished.report.result, clips=(), overall=None)
    )
    dialog = open_report(replace(finished, report=empty))
    assert not dialog.frame_row.isVisible()
    assert not dialog.table.isVisible()
    assert "No frames were kept" in dialog.wipe._words
