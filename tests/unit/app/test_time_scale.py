"""Frames to pixels of the timeline, its zoom, and the typed jump."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.timeline.jump import clock, parse_jump
from app.timeline.scale import TimeScale

PTS = np.arange(250) / 25


@given(st.integers(1, 100_000), st.floats(50, 3000), st.data())
def test_every_frame_is_found_where_it_is_drawn(count: int, width: float, data: st.DataObject) -> None:
    frame = data.draw(st.integers(0, count - 1))
    scale = TimeScale.whole(count, width)
    assert scale.frame_at(scale.left_of(frame + 0.5)) == frame


@given(st.integers(2, 5000), st.lists(st.tuples(st.floats(0, 800), st.floats(0.3, 3)), max_size=6))
def test_zoom_stays_within_the_clip(count: int, moves: list[tuple[float, float]]) -> None:
    scale = TimeScale.whole(count, 800)
    for x, factor in moves:
        scale = scale.zoomed_at(x, factor)
        assert scale.start >= -1e-6
        assert scale.start + scale.span <= count + 1e-6


def test_zoom_holds_the_frame_under_the_pointer() -> None:
    scale = TimeScale.whole(1000, 500)
    assert scale.zoomed_at(250, 4).frame_at(250) == scale.frame_at(250) == 500


def test_the_playhead_stays_in_sight() -> None:
    scale = TimeScale.whole(1000, 500).zoomed_at(0, 10)
    assert scale.showing(50) is scale
    moved = scale.showing(500)
    assert moved.start <= 500 < moved.start + moved.span


@pytest.mark.parametrize(
    ("typed", "frame"),
    [
        ("0", 0),
        (" 17 ", 17),
        ("9999", 249),
        ("0:02", 50),
        ("0:02.5", 62),
        ("2,0", 50),
        ("2s", 50),
        ("3.2", 80),
        ("0:00:01", 25),
        ("1:00", 249),
    ],
)
def test_numbers_and_times(typed: str, frame: int) -> None:
    assert parse_jump(typed, PTS) == frame


@pytest.mark.parametrize("typed", ["", "abc", "-1", "1:2:3:4", "1:", "1e3", "²"])
def test_what_is_neither_number_nor_time(typed: str) -> None:
    assert parse_jump(typed, PTS) is None


@pytest.mark.parametrize("rate", [23.976, 25, 29.97, 60])
def test_the_shown_time_leads_back_to_its_frame(rate: float) -> None:
    pts = np.arange(500) / rate
    for frame in (0, 1, 7, 123, 499):
        assert parse_jump(clock(float(pts[frame])), pts) == frame


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00.00"), (59.999, "1:00.00"), (3723.5, "1:02:03.50")])
def test_clock(seconds: float, words: str) -> None:
    assert clock(seconds) == words
