"""Pointing at the strip: ranges, their ends, dips of the curve. By mouse and key, as a person does."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from app.theme import Theme
from app.timeline.content import StripContent
from app.timeline.curves import dip_at, height_of
from app.timeline.scale import TimeScale
from app.timeline.strip import TimelineStrip
from app.timeline.strip_painter import curves_row

PTS = np.arange(100) / 25
LEFT = Qt.MouseButton.LeftButton
RULER_Y, CURVE_Y = 8, 40


@pytest.fixture
def strip(qtbot: QtBot, theme: Theme) -> TimelineStrip:
    """Eight pixels a frame."""
    strip = TimelineStrip(theme)
    qtbot.addWidget(strip)
    strip.resize(800, 76)
    strip.show_clip(PTS)
    strip.show()
    return strip


@pytest.fixture
def told(strip: TimelineStrip) -> tuple[list[int], list[range | None]]:
    """What the strip says: frames, ranges."""
    frames: list[int] = []
    ranges: list[range | None] = []
    strip.scrubbed.connect(frames.append)
    strip.range_changed.connect(ranges.append)
    return frames, ranges


Told = tuple[list[int], list[range | None]]


def drag(
    qtbot: QtBot, strip: TimelineStrip, start: tuple[int, int], end: tuple[int, int], *, shift: bool = False
) -> None:
    held = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(strip, LEFT, held, QPoint(*start))
    qtbot.mouseMove(strip, QPoint((start[0] + end[0]) // 2, end[1]))
    qtbot.mouseMove(strip, QPoint(*end))
    qtbot.mouseRelease(strip, LEFT, held, QPoint(*end))


def test_dragging_the_ruler_selects(qtbot: QtBot, strip: TimelineStrip, told: Told) -> None:
    drag(qtbot, strip, (84, RULER_Y), (404, RULER_Y))
    assert strip.selected == range(10, 51)
    assert told == ([], [range(10, 31), range(10, 51)])
    drag(qtbot, strip, (604, RULER_Y), (564, RULER_Y))
    assert strip.selected == range(70, 76)


def test_dragging_elsewhere_scrubs_and_leaves_the_range(
    qtbot: QtBot, strip: TimelineStrip, told: Told
) -> None:
    strip.select(range(3, 9))
    drag(qtbot, strip, (84, CURVE_Y), (404, CURVE_Y))
    assert told[0] == [10, 30, 50]
    assert strip.selected == range(3, 9)


def test_shift_selects_anywhere(qtbot: QtBot, strip: TimelineStrip, told: Told) -> None:
    drag(qtbot, strip, (404, CURVE_Y), (84, CURVE_Y), shift=True)
    assert strip.selected == range(10, 51)
    assert told[0] == []


def test_a_click_on_the_ruler_goes_there(qtbot: QtBot, strip: TimelineStrip, told: Told) -> None:
    qtbot.mouseClick(strip, LEFT, pos=QPoint(84, RULER_Y))
    assert told == ([10], [])


@pytest.mark.parametrize(
    ("grabbed", "dropped", "selected"),
    [
        (160, 244, range(30, 41)),
        (328, 604, range(20, 76)),
        (328, 84, range(10, 21)),
        (160, 604, range(40, 76)),
    ],
)
def test_the_ends_of_a_range_can_be_dragged(
    qtbot: QtBot, strip: TimelineStrip, grabbed: int, dropped: int, selected: range
) -> None:
    strip.select(range(20, 41))
    drag(qtbot, strip, (grabbed, RULER_Y), (dropped, RULER_Y))
    assert strip.selected == selected


def test_grabbing_an_end_without_a_move_changes_nothing(
    qtbot: QtBot, strip: TimelineStrip, told: Told
) -> None:
    strip.select(range(20, 41))
    qtbot.mouseClick(strip, LEFT, pos=QPoint(160, RULER_Y))
    assert strip.selected == range(20, 41)
    assert told == ([], [range(20, 41)])


def test_a_range_ends_with_the_strip(qtbot: QtBot, strip: TimelineStrip) -> None:
    drag(qtbot, strip, (700, RULER_Y), (5000, RULER_Y))
    assert strip.selected == range(87, 100)
    strip.zoom_by(4.0, 0.0)
    drag(qtbot, strip, (400, RULER_Y), (5000, RULER_Y))
    assert strip.selected == range(12, 25), "what is not in sight is not selected"


def test_escape_clears_the_range(qtbot: QtBot, strip: TimelineStrip, told: Told) -> None:
    strip.select(range(20, 41))
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Escape)
    assert strip.selected is None
    assert told[1] == [range(20, 41), None]


def test_a_range_lies_within_the_clip_and_goes_with_it(strip: TimelineStrip, told: Told) -> None:
    strip.select(range(90, 400))
    assert strip.selected == range(90, 100)
    strip.select(range(100, 400))
    assert strip.selected is None
    strip.select(range(5, 9))
    strip.show_clip(PTS[:50])
    assert strip.selected is None
    assert told[1][-1] is None


def test_the_range_is_drawn_with_its_ends(strip: TimelineStrip, theme: Theme) -> None:
    before = strip.grab().toImage()
    strip.select(range(20, 41))
    after = strip.grab().toImage()
    assert after.pixelColor(161, 60).name() == after.pixelColor(327, 60).name() == theme.tokens.accent
    assert after.pixelColor(240, 30) != before.pixelColor(240, 30)
    assert after.pixelColor(500, 30) == before.pixelColor(500, 30)


def dipped() -> np.ndarray:
    scores = np.full(100, 0.8, np.float32)
    scores[48:53] = (0.7, 0.5, 0.3, 0.45, 0.7)
    return scores


@pytest.fixture
def dip_strip(strip: TimelineStrip) -> TimelineStrip:
    """A dip with its lowest place at frame 50."""
    strip.show_content(replace(StripContent.of_clip(PTS), scores=dipped()))
    return strip


def lowest(strip: TimelineStrip) -> tuple[int, int]:
    row = curves_row(strip.scale.width, float(strip.height()))
    return round(strip.scale.left_of(50.5)), round(height_of(0.3, row))


@pytest.mark.parametrize("aside", [-6, 0, 5])
def test_a_click_near_a_dip_goes_to_its_lowest_frame(
    qtbot: QtBot, dip_strip: TimelineStrip, told: Told, aside: int
) -> None:
    x, y = lowest(dip_strip)
    qtbot.mouseClick(dip_strip, LEFT, pos=QPoint(x + aside, y + 2))
    assert told[0] == [50]


@pytest.mark.parametrize(("dx", "dy"), [(-14, 0), (12, 0), (6, -20), (-6, 18)])
def test_a_click_elsewhere_goes_to_the_frame_under_it(
    qtbot: QtBot, dip_strip: TimelineStrip, told: Told, dx: int, dy: int
) -> None:
    x, y = lowest(dip_strip)
    qtbot.mouseClick(dip_strip, LEFT, pos=QPoint(x + dx, y + dy))
    assert told[0] == [dip_strip.scale.frame_at(x + dx)]
    assert told[0] != [50]


def at(scores: np.ndarray, frame: int, width: float = 800.0) -> int | None:
    """The dip at the curve's own place."""
    scale, row = TimeScale.whole(len(scores), width), curves_row(width, 76.0)
    return dip_at(scores, scale, row, scale.left_of(frame + 0.5), height_of(float(scores[frame]), row))


def test_what_is_a_dip() -> None:
    assert at(dipped(), 50) == 50
    assert at(np.full(100, 0.5, np.float32), 50) is None
    assert at(np.linspace(0, 1, 100, dtype=np.float32), 50) is None, "a slope"
    shallow = np.full(100, 0.8, np.float32)
    shallow[50] = 0.79
    assert at(shallow, 50) is None
    assert at(np.full(100, np.nan, np.float32), 50) is None
    assert at(dipped()[50:], 0) == 0, "at the clip's start one side will do"
    assert at(np.array([0.2, 0.9], np.float32), 0) == 0
    assert at(np.array([0.2], np.float32), 0) is None
    holes = dipped()
    holes[49] = np.nan
    assert at(holes, 50) == 50


def test_a_dip_is_found_among_ten_thousand_frames() -> None:
    scores = np.full(10_000, 0.8, np.float32)
    scores[5003] = 0.2
    assert at(scores, 5003) == 5003


def test_the_tooltip_names_what_a_click_does(qtbot: QtBot, dip_strip: TimelineStrip) -> None:
    x, y = lowest(dip_strip)
    qtbot.mouseMove(dip_strip, QPoint(x + 5, y))
    assert QToolTip.text() == "Dip: Frame 50, 0:02.00, no prediction, mean score .30"
    qtbot.mouseMove(dip_strip, QPoint(84, CURVE_Y))
    assert QToolTip.text() == "Frame 10, 0:00.40, no prediction, mean score .80"
    qtbot.mouseMove(dip_strip, QPoint(84, RULER_Y))
    assert "Drag here to select a range" in QToolTip.text()
    qtbot.mousePress(dip_strip, LEFT, pos=QPoint(84, RULER_Y))
    qtbot.mouseMove(dip_strip, QPoint(404, RULER_Y))
    assert QToolTip.text() == "Frames 10 to 50, 41 frames, 0:01.60"
    qtbot.mouseRelease(dip_strip, LEFT, pos=QPoint(404, RULER_Y))
    QToolTip.hideText()
