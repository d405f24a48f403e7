"""The dock of clips: its rows in words, keys and menu, nothing, one clip and many, long names."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from app.project.clip_facts import ClipFacts
from app.project.clips_dock import ClipsDock
from app.theme import Theme

LONG = "a very long name of a clip that was exported with all of its settings in it " * 3


def facts(number: int, name: str = "walk", place: str = "") -> ClipFacts:
    counts = (("accepted", 5), ("needs_work", 1))
    sentence = "It is gone." if place else ""
    return ClipFacts(number, name, Path(f"/clips/{name}.mp4"), 40, counts, place, sentence)


@pytest.fixture
def dock(qtbot: QtBot, theme: Theme) -> Iterator[ClipsDock]:
    window = QMainWindow()
    qtbot.addWidget(window)
    add, save = QAction("Add clips…", window), QAction("Save project as…", window)
    dock = ClipsDock(window, theme, add, save)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.resize(600, 500)
    window.show()
    qtbot.waitExposed(window)
    yield dock
    window.close()


def spoken(dock: ClipsDock, row: int) -> str:
    return dock.list.model_.index(row).data(Qt.ItemDataRole.AccessibleTextRole)


def test_rows_say_progress_and_place_in_words(dock: ClipsDock) -> None:
    dock.show_clips((facts(1), facts(2, "bear", "missing"), ClipFacts(3, "swan", Path("/s.mp4"), 9)), 2)
    assert spoken(dock, 0) == "walk, 5 accepted, 1 needs work of 40"
    assert spoken(dock, 1) == "bear, 5 accepted, 1 needs work of 40, file missing, shown now"
    assert spoken(dock, 2) == "swan, 9 frames, none corrected"
    assert dock.list.currentIndex().row() == 1
    tip = dock.list.model_.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.splitlines() == ["bear", "/clips/bear.mp4", "5 accepted, 1 needs work of 40", "It is gone."]


def test_keys_open_and_remove(qtbot: QtBot, dock: ClipsDock) -> None:
    dock.show_clips(tuple(facts(number) for number in range(1, 51)), 1)
    wanted: list[int] = []
    removed: list[int] = []
    dock.clip_wanted.connect(wanted.append)
    dock.removal_wanted.connect(removed.append)
    dock.list.setFocus()
    qtbot.keyClick(dock.list, Qt.Key.Key_Down)
    assert wanted == []
    qtbot.keyClick(dock.list, Qt.Key.Key_Return)
    qtbot.keyClick(dock.list, Qt.Key.Key_End)
    qtbot.keyClick(dock.list, Qt.Key.Key_Delete)
    assert (wanted, removed) == ([2], [50])
    place = dock.list.visualRect(dock.list.model_.index(49)).center()
    qtbot.mouseClick(dock.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert wanted == [2, 50]


def test_new_counts_leave_the_chosen_row(dock: ClipsDock) -> None:
    clips = tuple(facts(number) for number in range(1, 6))
    dock.show_clips(clips, 1)
    dock.list.setCurrentIndex(dock.list.model_.index(3))
    dock.show_clips((replace(clips[0], counts=(("accepted", 6),)), *clips[1:]), 1)
    assert dock.list.currentIndex().row() == 3
    dock.show_clips(clips, 2)  # another clip is shown: that one
    assert dock.list.currentIndex().row() == 1


def test_nothing_is_an_invitation(dock: ClipsDock) -> None:
    dock.show_project(Path("/p/film.cagdde"), False, False)
    assert dock.pages.currentWidget() is dock.empty
    assert not dock.add_button.isVisible()
    dock.show_clips((facts(1),), None)
    assert dock.pages.currentWidget() is dock.list
    assert dock.add_button.isVisible()
    assert dock.title.text() == "film"
    dock.show_project(Path("/p/film.cagdde"), False, True)
    assert "read only" in dock.words.text()
    assert not dock.add_button.isVisible()


def test_long_names_take_no_more_room(dock: ClipsDock) -> None:
    dock.show_clips((facts(1, "short"),), None)
    width = dock.sizeHint().width(), dock.widget().minimumSizeHint().width()
    dock.show_clips((facts(1, LONG),), 1)
    dock.show_project(Path(f"/p/{LONG}.cagdde"), False, False)
    assert (dock.sizeHint().width(), dock.widget().minimumSizeHint().width()) == width
    assert LONG in dock.list.model_.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert dock.title.toolTip() == f"/p/{LONG}.cagdde"
    dock.grab()


def test_the_menu_of_a_clip(dock: ClipsDock) -> None:
    clip = facts(1)
    dock.show_clips((clip,), 1)
    actions = [action for action in dock.menu_for(clip).actions() if not action.isSeparator()]
    words = [action.text().replace("&", "").split("\t")[0] for action in actions]
    assert words == ["Open", "Locate file…", "Show in file manager", "Remove from project…", "Add clips…"]
    assert not actions[2].isEnabled()  # there is no such file
    located: list[int] = []
    dock.location_wanted.connect(located.append)
    actions[1].trigger()
    assert located == [1]
    assert len(dock.menu_for(None).actions()) == 1


@pytest.mark.parametrize("choice", ["dark", "light"])
def test_rows_are_painted_in_both_themes(dock: ClipsDock, theme: Theme, choice: str) -> None:
    theme.choose(choice)
    dock.show_clips((facts(1), facts(2, "bear", "changed")), 1)
    picture = dock.list.viewport().grab().toImage()
    colours = {
        picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())
    }
    assert {theme.tokens.accepted, theme.tokens.needs_work, theme.tokens.accent} <= colours


def test_while_a_clip_opens_nothing_is_said_of_there_being_none(dock: ClipsDock) -> None:
    dock.show_opening()
    assert not dock.empty.isVisible()
    dock.show_clips((), None)
    assert dock.empty.isVisible()
