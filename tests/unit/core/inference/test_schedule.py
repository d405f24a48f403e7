"""The order of work follows what is on screen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.inference.schedule import FrameScheduler


def test_starts_at_the_focus_and_wraps_around() -> None:
    scheduler = FrameScheduler(6)
    scheduler.focus(4)
    assert scheduler.upcoming(10) == [4, 5, 0, 1, 2, 3]


def test_latest_focus_wins() -> None:
    scheduler = FrameScheduler(6)
    scheduler.focus(4)
    scheduler.focus(1)
    assert scheduler.upcoming(2) == [1, 2]


def test_finished_frames_are_skipped_and_reopened_ones_return() -> None:
    scheduler = FrameScheduler(4, finished=[0, 2])
    assert scheduler.upcoming(4) == [1, 3]
    scheduler.finish(1)
    scheduler.finish(1)
    assert scheduler.finished_count == 3
    scheduler.reopen(0)
    assert scheduler.upcoming(4) == [0, 3]
    assert scheduler.finished() == {1, 2}


def test_lead_starts_ahead_and_leaves_the_passed_frames_for_last() -> None:
    scheduler = FrameScheduler(6)
    scheduler.focus(1, lead=2)
    assert scheduler.upcoming(6) == [3, 4, 5, 0, 1, 2]
    scheduler.focus(5, lead=3)
    assert scheduler.upcoming(1) == [5]


def test_focus_outside_the_clip_is_clamped() -> None:
    scheduler = FrameScheduler(3)
    scheduler.focus(99)
    assert scheduler.upcoming(1) == [2]
    scheduler.focus(-5)
    assert scheduler.upcoming(1) == [0]


def test_a_cache_of_another_length_does_no_harm() -> None:
    assert FrameScheduler(2, finished=[1, 7, -1]).upcoming(3) == [0]


@pytest.mark.parametrize("count", [0, 1])
def test_smallest_clips(count: int) -> None:
    assert FrameScheduler(count).upcoming(3) == list(range(count))


@given(
    count=st.integers(1, 40),
    steps=st.lists(st.tuples(st.sampled_from(["focus", "finish", "reopen"]), st.integers(0, 39))),
)
def test_always_offers_exactly_the_unfinished_frames(count: int, steps: list[tuple[str, int]]) -> None:
    scheduler, finished = FrameScheduler(count), set[int]()
    for action, index in steps:
        index %= count
        getattr(scheduler, action)(index)
        if action == "finish":
            finished.add(index)
        elif action == "reopen":
            finished.discard(index)
        assert sorted(scheduler.upcoming(count + 1)) == sorted(set(range(count)) - finished)
        assert scheduler.finished_count == len(finished)
