"""The history of the frame on screen in the real window: the present marked, going there by click and key."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from project_window_material import make_clip, make_project
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.project.history_dock import HistoryDock
from app.project.history_list import BEGINNING, steps_of
from core.project import HistoryEntry

Make = Callable[..., MainWindow]
WAIT = 20_000


@pytest.fixture
def window(qtbot: QtBot, make_window: Make, tmp_path: Path) -> MainWindow:
    """The project's clip is shown at frame 0, the history is open."""
    path = make_project(tmp_path / "film.cagdde", [make_clip(tmp_path / "walk.mp4", 1)])
    window = make_window()
    window.opening.open(path)
    qtbot.waitUntil(lambda: bool(window.project.frames), timeout=WAIT)
    qtbot.keyClick(window, Qt.Key.Key_F7)
    wait_for_names(qtbot, window, [BEGINNING, "Brush 0", "Brush 1", "Brush 2", "Propagate forward"])
    return window


def dock_of(window: MainWindow) -> HistoryDock:
    dock = window.parts.docks.history
    assert isinstance(dock, HistoryDock)
    return dock


def names(window: MainWindow) -> list[str]:
    return [step.name for step in dock_of(window).list.model_.steps]


def wait_for_names(qtbot: QtBot, window: MainWindow, expected: list[str]) -> None:
    qtbot.waitUntil(lambda: names(window) == expected, timeout=WAIT)


def wait_for_present(qtbot: QtBot, window: MainWindow, row: int) -> None:
    qtbot.waitUntil(lambda: dock_of(window).list.model_.present == row, timeout=WAIT)


def click(qtbot: QtBot, window: MainWindow, row: int) -> None:
    steps = dock_of(window).list
    place = steps.visualRect(steps.model_.index(row)).center()
    qtbot.mouseClick(steps.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_steps_are_told_in_words(window: MainWindow) -> None:
    steps = dock_of(window).list.model_.steps
    assert steps[4].others_words == "also 2 other frames"
    assert dock_of(window).list.model_.present == 4
    spoken = dock_of(window).list.model_.index(4).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "the frame is here" in spoken
    assert "also 2 other frames" in spoken
    assert dock_of(window).title.text() == "Frame 0"


def test_a_click_goes_back_and_forth(qtbot: QtBot, window: MainWindow) -> None:
    click(qtbot, window, 1)
    wait_for_present(qtbot, window, 1)
    assert [step.undone for step in dock_of(window).list.model_.steps] == [False, False, True, True, True]
    assert "Undone, also on 1 other frame" in window.banner.sentence
    qtbot.waitUntil(lambda: window.editing.editor is not None and not window.edits.tasks, timeout=WAIT)
    assert window.editing.editor is not None
    layer = window.editing.editor.layer
    assert layer[:3].all()
    assert not layer[3:].any()
    click(qtbot, window, 0)
    wait_for_present(qtbot, window, 0)
    click(qtbot, window, 4)
    wait_for_present(qtbot, window, 4)
    qtbot.waitUntil(lambda: window.editing.editor is not None and bool(window.editing.editor.layer[65, 0]))


def test_keys_choose_a_step_and_leave_the_frame(qtbot: QtBot, window: MainWindow) -> None:
    steps = dock_of(window).list
    steps.setFocus()
    for _ in range(2):
        qtbot.keyClick(steps, Qt.Key.Key_Up)
    assert steps.currentIndex().row() == 2
    qtbot.keyClick(steps, Qt.Key.Key_Return)
    wait_for_present(qtbot, window, 2)
    assert window.session.index == 0
    assert window.project.frames[0].state == "corrected"


def test_the_list_follows_the_frame_and_new_strokes(qtbot: QtBot, window: MainWindow) -> None:
    window.session.go(1)
    wait_for_names(qtbot, window, [BEGINNING, "Propagate forward"])
    window.session.go(3)
    qtbot.waitUntil(lambda: dock_of(window).title.text() == "Frame 3", timeout=WAIT)
    assert dock_of(window).pages.currentWidget() is dock_of(window).empty
    assert "Nothing was corrected" in dock_of(window).empty.text()
    qtbot.waitUntil(lambda: window.editing.available, timeout=WAIT)
    window.steps.needs_work()
    wait_for_names(qtbot, window, [BEGINNING, "Needs work"])
    window.commands.by_name["close_clip"].trigger()
    qtbot.waitUntil(lambda: "No clip is open" in dock_of(window).empty.text(), timeout=WAIT)


def test_times_are_hours_today_and_dates_before() -> None:
    entries = [HistoryEntry(1, "Brush", 1_000_000_000.0, False, 1), HistoryEntry(2, "x", 0.0, False, 1)]
    first = steps_of(entries, date(2026, 1, 1))
    assert first[1].time == "2001-09-09"
    assert first[2].time == ""
    assert steps_of(entries[:1], date(2001, 9, 9))[1].time.count(":") == 2
