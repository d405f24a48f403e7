"""The timeline's strip and its transport row."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from app.actions import Actions
from app.theme import Theme
from app.timeline.strip import TimelineStrip
from app.timeline.transport import Transport

PTS = np.arange(100) / 25


@pytest.fixture
def strip(qtbot: QtBot, theme: Theme) -> TimelineStrip:
    strip = TimelineStrip(theme)
    qtbot.addWidget(strip)
    strip.resize(800, 66)
    strip.show_clip(PTS)
    strip.show()
    return strip


def test_dragging_scrubs(qtbot: QtBot, strip: TimelineStrip) -> None:
    frames: list[int] = []
    strip.scrubbed.connect(frames.append)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(84, 40))
    qtbot.mouseMove(strip, QPoint(404, 40))
    qtbot.mouseMove(strip, QPoint(5000, 40))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(5000, 40))
    qtbot.mouseMove(strip, QPoint(100, 40))
    assert frames == [10, 50, 99]


def test_the_playhead_follows_without_answering(strip: TimelineStrip) -> None:
    frames: list[int] = []
    strip.scrubbed.connect(frames.append)
    strip.show_index(30)
    assert strip.value() == 30
    assert frames == []


def test_the_slider_keys_and_screen_readers_move_it(qtbot: QtBot, strip: TimelineStrip) -> None:
    frames: list[int] = []
    strip.scrubbed.connect(frames.append)
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_PageUp)
    assert frames == [10]
    strip.setValue(42)
    assert frames == [10, 42]


def test_states_differ_in_the_picture(strip: TimelineStrip) -> None:
    predicted = np.zeros(100, np.bool_)
    predicted[:50] = True
    scores = np.full(100, np.nan, np.float32)
    strip.show_states(predicted, scores)
    picture = strip.grab().toImage()
    row = strip.height() - 10
    left = {picture.pixelColor(x, row).name() for x in range(100, 120)}
    right = {picture.pixelColor(x, row).name() for x in range(600, 620)}
    assert len(left) == 1
    assert len(right) > 1  # hatched
    assert not left & right


def test_the_curve_appears_with_the_scores(strip: TimelineStrip) -> None:
    before = strip.grab().toImage()
    strip.show_states(np.ones(100, np.bool_), np.linspace(0, 1, 100, dtype=np.float32))
    assert strip.grab().toImage() != before


@pytest.mark.parametrize("count", [1, 2, 100_000])
def test_clips_of_any_length_are_drawn(strip: TimelineStrip, count: int) -> None:
    strip.show_clip(np.arange(count) / 30)
    scores = np.where(np.arange(count) % 3 == 0, np.nan, 0.5).astype(np.float32)
    strip.show_states(np.arange(count) % 2 == 0, scores)
    strip.show_cached((0,))
    first = strip.grab().toImage()
    assert not first.isNull()
    strip.zoom_by(50.0)
    strip.show_index(count - 1)
    assert (strip.grab().toImage() != first) == (count > 1), "the playhead has moved"


@pytest.fixture
def transport(qtbot: QtBot, theme: Theme) -> Iterator[Transport]:
    window = QMainWindow()
    qtbot.addWidget(window)
    transport = Transport(Actions(window, theme), theme)
    window.setCentralWidget(transport)
    transport.show_clip(PTS)
    transport.show_index(0)
    window.show()
    yield transport
    window.close()


@pytest.mark.parametrize(("typed", "frame"), [("12", 12), ("0:02", 50), ("500", 99)])
def test_typed_jumps(qtbot: QtBot, transport: Transport, typed: str, frame: int) -> None:
    transport.begin_typing()
    qtbot.keyClicks(transport.field, typed)
    with qtbot.waitSignal(transport.jumped) as jumped:
        qtbot.keyClick(transport.field, Qt.Key.Key_Return)
    assert jumped.args == [frame]
    assert transport.field.text() == str(frame)


def test_leaving_the_field_forgets_what_was_typed(qtbot: QtBot, transport: Transport) -> None:
    transport.show_index(5)
    transport.field.setFocus()
    transport.field.selectAll()
    qtbot.keyClicks(transport.field, "soon")
    qtbot.keyClick(transport.field, Qt.Key.Key_Return)
    assert transport.field.property("wrong") is True
    transport.field.clearFocus()
    assert transport.field.text() == "5"
    assert transport.field.property("wrong") is False


def test_a_jump_to_nowhere_is_marked(qtbot: QtBot, transport: Transport) -> None:
    transport.begin_typing()
    qtbot.keyClicks(transport.field, "soon")
    with qtbot.assertNotEmitted(transport.jumped):
        qtbot.keyClick(transport.field, Qt.Key.Key_Return)
    assert transport.field.property("wrong") is True
    qtbot.keyClick(transport.field, Qt.Key.Key_Backspace)
    assert transport.field.property("wrong") is False


def test_typing_is_not_disturbed_by_playback(qtbot: QtBot, transport: Transport) -> None:
    transport.begin_typing()
    qtbot.keyClicks(transport.field, "7")
    transport.show_index(33)
    assert transport.field.text() == "7"
