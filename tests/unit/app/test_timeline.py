"""The timeline's strip and its transport row."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from app.actions import Actions
from app.theme import Theme
from app.timeline.content import StripContent
from app.timeline.curves import height_of
from app.timeline.states_painter import FLAG
from app.timeline.strip import TimelineStrip
from app.timeline.strip_painter import CACHED, STATES, curves_row
from app.timeline.transport import Transport
from core.review import FrameStatus

PTS = np.arange(100) / 25


@pytest.fixture
def strip(qtbot: QtBot, theme: Theme) -> TimelineStrip:
    strip = TimelineStrip(theme)
    qtbot.addWidget(strip)
    strip.resize(800, 76)
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


def content(pts: np.ndarray, **known: np.ndarray) -> StripContent:
    return replace(StripContent.of_clip(pts), **known)


def column(strip: TimelineStrip, frame: int) -> tuple[str, ...]:
    """The colours of a frame from the curves' lower edge to the end of the row of states."""
    picture = strip.grab().toImage()
    x = int(strip.scale.left_of(frame + 0.5))
    bottom = strip.height() - round(CACHED) - 2
    return tuple(picture.pixelColor(x, y).name() for y in range(bottom - round(STATES + FLAG), bottom))


@pytest.mark.parametrize("name", ["dark", "light"])
@pytest.mark.parametrize("width", [800, 30])
def test_every_state_has_a_colour_and_a_shape_of_its_own(
    strip: TimelineStrip, theme: Theme, name: str, width: int
) -> None:
    theme.choose(name)
    strip.resize(width, 76)
    strip.show_clip(np.arange(30) / 25)
    strip.show_index(29)
    statuses = np.repeat(np.array(list(FrameStatus), np.uint8), 5)
    strip.show_content(content(np.arange(30) / 25, statuses=statuses))
    columns = {status: column(strip, int(status) * 5 + 1) for status in FrameStatus}
    shown = [status for status in FrameStatus if status is not FrameStatus.NO_PREDICTION]
    colours = {getattr(theme.tokens, status.name.lower()) for status in shown}
    assert len(colours) == len(shown)
    shapes = set()
    for status in shown:
        colour = getattr(theme.tokens, status.name.lower())
        shapes.add(tuple(pixel == colour for pixel in columns[status]))
        assert colour in columns[status]
    assert len(shapes) == len(shown), "told apart without colour"
    assert not set(columns[FrameStatus.NO_PREDICTION]) & colours


def test_frames_without_prediction_are_hatched(strip: TimelineStrip) -> None:
    picture = strip.grab().toImage()
    row = strip.height() - 10
    assert len({picture.pixelColor(x, row).name() for x in range(600, 620)}) > 1


def test_one_frame_that_needs_work_is_seen_among_ten_thousand(strip: TimelineStrip, theme: Theme) -> None:
    pts = np.arange(10_000) / 25
    strip.show_clip(pts)
    statuses = np.full(10_000, FrameStatus.ACCEPTED, np.uint8)
    statuses[6003] = FrameStatus.NEEDS_WORK
    strip.show_content(content(pts, statuses=statuses))
    assert theme.tokens.needs_work in column(strip, 6003)
    assert theme.tokens.accepted in column(strip, 3000)
    assert theme.tokens.needs_work not in column(strip, 3000)


def test_both_curves_appear_with_their_values(strip: TimelineStrip) -> None:
    values = np.linspace(0.1, 0.9, 100, dtype=np.float32)
    nothing = strip.grab().toImage()
    strip.show_content(content(PTS, scores=values))
    scores = strip.grab().toImage()
    strip.show_content(content(PTS, scores=values, flicker=values / 5))
    both = strip.grab().toImage()
    assert nothing != scores
    assert scores != both


def test_a_lone_dip_and_a_lone_peak_survive_ten_frames_a_pixel(strip: TimelineStrip, theme: Theme) -> None:
    pts = np.arange(10_000) / 25
    scores, flicker = np.full((2, 10_000), 0.0, np.float32)
    scores[:] = 0.9
    scores[2503], flicker[7507] = 0.1, 1.0
    strip.show_clip(pts)
    strip.show_content(content(pts, scores=scores, flicker=flicker))
    row = curves_row(float(strip.width()), float(strip.height()))
    picture = strip.grab().toImage()
    for frame, value, colour in ((2503, 0.3, theme.tokens.accent), (7507, 0.6, theme.tokens.flicker)):
        x, y = round(strip.scale.left_of(frame)), round(height_of(value, row))
        near = {picture.pixelColor(x + dx, y + dy).name() for dx in range(-2, 3) for dy in range(-4, 5)}
        assert colour in near


@pytest.mark.parametrize("count", [1, 2, 100_000])
def test_clips_of_any_length_are_drawn(strip: TimelineStrip, count: int) -> None:
    pts = np.arange(count) / 30
    strip.show_clip(pts)
    scores = np.where(np.arange(count) % 3 == 0, np.nan, 0.5).astype(np.float32)
    statuses = (np.arange(count) % len(FrameStatus)).astype(np.uint8)
    strip.show_content(
        content(pts, statuses=statuses, scores=scores, flicker=scores / 4, cached=np.zeros(1, np.int64))
    )
    first = strip.grab().toImage()
    assert not first.isNull()
    strip.zoom_by(50.0)
    strip.show_index(count - 1)
    assert (strip.grab().toImage() != first) == (count > 1), "the playhead has moved"


def test_a_frame_in_words(strip: TimelineStrip) -> None:
    scores, flicker = np.full((2, 100), np.nan, np.float32)
    scores[50], flicker[50] = 0.78, 0.031
    statuses = np.full(100, FrameStatus.NEEDS_WORK, np.uint8)
    strip.show_content(content(PTS, statuses=statuses, scores=scores, flicker=flicker))
    strip.show_index(50)
    assert strip.accessibleDescription() == "Frame 50, 0:02.00, needs work, mean score .78, flicker .031"
    strip.show_index(51)
    assert strip.accessibleDescription() == "Frame 51, 0:02.04, needs work"


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
