"""Going through a clip in the real window: suggestions, unreviewed frames, the range, the legend."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.session.records import InferenceState
from app.timeline.legend import MARK_WORDS, LegendPopup
from core.project import FrameRecord, FrameState
from core.review import FrameStatus

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]
NONE, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def window(make_window: Make, open_clip_in: Open, qtbot: QtBot) -> MainWindow:
    """A clip of 40 frames, all predicted with the same score but frames 7 and 31."""
    window = make_window()
    with qtbot.waitSignal(window.project.attached):
        open_clip_in(window)
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.FAILED, timeout=60_000)
    window.banner.dismiss()
    store = window.inference.store
    store.predicted[:] = True
    store.confidence[:] = 0.8
    store.confidence[[7, 31]] = 0.3, 0.2
    window.inference.frames_known.emit()
    return window


def set_states(window: MainWindow, states: dict[int, FrameState]) -> None:
    """As if the project had told them."""
    window.project.frames = {
        index: FrameRecord(1, index, index / 25, state, 0.5, False, state is FrameState.ACCEPTED)
        for index, state in states.items()
    }
    window.project.frames_changed.emit()


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> int:
    qtbot.keyClick(window, key, held)
    return window.session.index


def said(window: MainWindow) -> str:
    return window.banner._sentence.text() if window.banner.isVisible() else ""


def test_n_goes_from_one_doubtful_frame_to_the_next(qtbot: QtBot, window: MainWindow) -> None:
    assert [press(qtbot, window, Qt.Key.Key_N) for _ in range(2)] == [31, 7]
    visited = [press(qtbot, window, Qt.Key.Key_N) for _ in range(38)]
    assert sorted(visited) == [index for index in range(40) if index not in (7, 31)]
    assert press(qtbot, window, Qt.Key.Key_N) == 31, "all have been suggested once"


def test_n_leaves_accepted_frames_out_and_says_when_none_is_left(qtbot: QtBot, window: MainWindow) -> None:
    set_states(window, {index: FrameState.ACCEPTED for index in range(40) if index != 12})
    assert press(qtbot, window, Qt.Key.Key_N) == 12
    assert said(window) == ""
    assert press(qtbot, window, Qt.Key.Key_N) == 12
    assert "no frame to suggest" in said(window)


def test_n_takes_a_frame_that_needs_work_first(qtbot: QtBot, window: MainWindow) -> None:
    set_states(window, {20: FrameState.NEEDS_WORK, 31: FrameState.ACCEPTED})
    assert [press(qtbot, window, Qt.Key.Key_N) for _ in range(2)] == [20, 7]


def test_flicker_counts_for_n(qtbot: QtBot, window: MainWindow) -> None:
    window.inference.store.confidence[:] = 0.8
    window.flicker.values = np.zeros(40, np.float32)
    window.flicker.values[23] = 0.09
    assert press(qtbot, window, Qt.Key.Key_N) == 23


def test_alt_and_arrows_go_over_accepted_frames(qtbot: QtBot, window: MainWindow) -> None:
    accepted = dict.fromkeys([*range(3), *range(5, 20), *range(22, 40)], FrameState.ACCEPTED)
    set_states(window, accepted | {21: FrameState.NEEDS_WORK})
    way = [press(qtbot, window, Qt.Key.Key_Right, ALT) for _ in range(5)]
    assert way == [3, 4, 20, 21, 21]
    assert said(window) == "Every frame after this one is accepted."
    window.banner.dismiss()
    assert [press(qtbot, window, Qt.Key.Key_Left, ALT) for _ in range(4)] == [20, 4, 3, 3]
    assert said(window) == "Every frame before this one is accepted."


def test_the_strip_shows_what_the_project_knows(qtbot: QtBot, window: MainWindow) -> None:
    set_states(window, {4: FrameState.ACCEPTED, 5: FrameState.CORRECTED})
    statuses = window.timeline.strip.content.statuses
    qtbot.waitUntil(lambda: window.timeline.strip.content.statuses[4] == FrameStatus.ACCEPTED)
    assert statuses[4] == FrameStatus.PREDICTED, "arrays that were shown are not written to"
    assert window.timeline.strip.content.statuses[5] == FrameStatus.CORRECTED
    assert window.timeline.transport.legend.keys == [
        FrameStatus.PREDICTED, FrameStatus.CORRECTED, FrameStatus.ACCEPTED, "score",
    ]  # fmt: skip


def test_a_kept_change_reaches_the_strip(qtbot: QtBot, window: MainWindow) -> None:
    mask = np.zeros((96, 160), np.uint8)
    mask[10:40, 20:70] = 255
    window.project.change(lambda project, clip: project.accept(clip, 9, mask), frames=[9], name="Accept")
    strip = window.timeline.strip
    qtbot.waitUntil(lambda: strip.content.statuses[9] == FrameStatus.ACCEPTED, timeout=20_000)
    assert np.flatnonzero(strip.content.statuses == FrameStatus.ACCEPTED).tolist() == [9]
    assert "accepted" in strip.content.describe(9)


def test_the_range_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    told: list[range | None] = []
    window.timeline.range_changed.connect(told.append)
    window.session.go(10)
    press(qtbot, window, Qt.Key.Key_I)
    assert window.timeline.selected_range == range(10, 40), "to the end until there is another"
    window.session.go(20)
    press(qtbot, window, Qt.Key.Key_I, SHIFT)
    assert window.timeline.selected_range == range(10, 21)
    window.session.go(30)
    press(qtbot, window, Qt.Key.Key_I)
    assert window.timeline.selected_range == range(30, 40), "the end lay before it"
    window.session.go(5)
    press(qtbot, window, Qt.Key.Key_I, SHIFT)
    assert window.timeline.selected_range == range(6), "the start lay behind it"
    assert press(qtbot, window, Qt.Key.Key_I, ALT) == 0
    assert press(qtbot, window, Qt.Key.Key_I, ALT | SHIFT) == 5
    press(qtbot, window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier | ALT)
    assert window.timeline.selected_range is None
    assert told[-1] is None
    assert len(told) == 5
    press(qtbot, window, Qt.Key.Key_I, ALT)
    assert said(window).startswith("No range of frames is selected")


def test_the_range_goes_with_the_clip(qtbot: QtBot, window: MainWindow) -> None:
    window.timeline.select(range(3, 9))
    window.commands.close_clip.trigger()
    assert window.timeline.selected_range is None


def test_the_ruler_selects_in_the_window(qtbot: QtBot, window: MainWindow) -> None:
    strip, before = window.timeline.strip, window.session.index
    place = strip.scale.frame_width
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(4.5 * place), 8))
    qtbot.mouseMove(strip, QPoint(round(9.5 * place), 8))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(9.5 * place), 8))
    assert window.timeline.selected_range == range(4, 10)
    assert window.session.index == before


def test_the_legend_names_everything_and_closes_with_escape(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_F1, SHIFT)
    popup = window.timeline.findChild(LegendPopup)
    assert popup is not None
    assert popup.isVisible()
    assert set(MARK_WORDS.values()) <= {label.text() for label in popup.findChildren(QLabel)}
    assert set(FrameStatus) <= set(MARK_WORDS)
    screen = window.screen().availableGeometry()
    assert screen.contains(popup.geometry())
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.timeline.findChild(LegendPopup) is None)


@pytest.mark.parametrize("width", [720, 900, 1600])
def test_the_legend_row_is_whole_or_not_there(qtbot: QtBot, window: MainWindow, width: int) -> None:
    transport = window.timeline.transport
    window.resize(width, 600)
    qtbot.wait(10)
    assert window.width() == width
    assert transport.legend_button.isVisible()
    assert transport.legend_button.geometry().right() <= transport.width()
    if transport.legend.isVisible():
        assert transport.legend.width() >= transport.legend.sizeHint().width()
        assert transport.legend.x() >= transport._time.geometry().right()
    else:
        assert width < 1600
