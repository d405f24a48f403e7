"""What stands for a frame, which frames are unreviewed, and which one is suggested next."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.project import FrameRecord, FrameState
from core.review import FrameStatus, find_unreviewed, frame_statuses, most_urgent, suggest_next
from core.review.suggestion import NEAR_SECONDS

P, A, W, N = FrameStatus.PREDICTED, FrameStatus.ACCEPTED, FrameStatus.NEEDS_WORK, FrameStatus.NO_PREDICTION


def record(index: int, state: FrameState) -> FrameRecord:
    return FrameRecord(1, index, index / 25, state, 0.5, state != FrameState.PREDICTED, False)


def test_what_a_person_did_counts_before_the_prediction() -> None:
    predicted = np.array([False, True, True, True, False, True, False])
    records = {
        2: record(2, FrameState.PROPAGATED),
        3: record(3, FrameState.CORRECTED),
        4: record(4, FrameState.ACCEPTED),
        5: record(5, FrameState.NEEDS_WORK),
    }
    statuses = frame_statuses(predicted, records)
    assert statuses.dtype == np.uint8
    assert [FrameStatus(value).name for value in statuses] == [
        "NO_PREDICTION", "PREDICTED", "PROPAGATED", "CORRECTED", "ACCEPTED", "NEEDS_WORK", "NO_PREDICTION",
    ]  # fmt: skip


def test_a_touched_frame_is_predicted_only_while_there_is_a_prediction() -> None:
    records = {index: record(index, FrameState.PREDICTED) for index in range(2)}
    assert frame_statuses(np.array([True, False]), records).tolist() == [P, N]


def test_every_state_of_a_project_has_its_status() -> None:
    for state in FrameState:
        assert FrameStatus(frame_statuses(np.array([True]), {0: record(0, state)})[0]).name == state.name


def test_records_beyond_the_clip_are_left_out() -> None:
    records = {index: record(index, FrameState.ACCEPTED) for index in (-1, 2, 9)}
    assert frame_statuses(np.ones(3, np.bool_), records).tolist() == [P, P, A]


@pytest.mark.parametrize(
    ("start", "step", "found"), [(0, 1, 2), (2, 1, 3), (3, 1, None), (3, -1, 2), (2, -1, 0), (0, -1, None)]
)
def test_unreviewed_is_all_that_is_not_accepted(start: int, step: int, found: int | None) -> None:
    statuses = np.array([P, A, W, N, A], np.uint8)
    assert find_unreviewed(statuses, start, step) == found


def suggest(
    statuses: Sequence[int], scores: Sequence[float], current: int = -1, **more: object
) -> int | None:
    count = len(statuses)
    values = {
        "flicker": np.full(count, np.nan, np.float32),
        "pts_seconds": np.arange(count) / 25,
        "passed": (),
    } | more
    return suggest_next(np.array(statuses, np.uint8), np.array(scores, np.float32), current=current, **values)  # pyright: ignore[reportArgumentType]


def test_the_lowest_score_comes_first() -> None:
    assert suggest([P] * 4, [0.9, 0.4, 0.2, 0.6]) == 2


def test_flicker_counts() -> None:
    flicker = np.array([np.nan, 0.0, 0.08, 0.01], np.float32)
    assert suggest([P] * 4, [0.7, 0.7, 0.7, 0.7], flicker=flicker) == 2
    assert suggest([P] * 4, [0.7, 0.7, 0.7, 0.1], flicker=flicker) == 3


def test_the_neighbours_of_an_accepted_frame_come_later() -> None:
    statuses, scores = [P] * 100, [0.8] * 100
    statuses[30] = A
    scores[31] = 0.75
    assert suggest(statuses, scores) == 99
    statuses[99] = A
    assert suggest(statuses, scores) in (64, 65)


def test_a_bad_frame_beside_a_reviewed_one_wins_once_it_is_far_enough_away() -> None:
    seconds = np.array([0.0, NEAR_SECONDS / 10, NEAR_SECONDS * 5])
    assert suggest([A, P, P], [0.9, 0.2, 0.7], pts_seconds=seconds) == 2
    seconds[1] = NEAR_SECONDS * 2
    assert suggest([A, P, P], [0.9, 0.2, 0.7], pts_seconds=seconds) == 1


def test_needs_work_comes_before_what_is_only_doubtful() -> None:
    assert suggest([P, W, A, P], [0.1, 0.95, 0.9, 0.1]) == 1


@pytest.mark.parametrize("statuses", [[], [A, A], [N, N], [A, N]])
def test_nothing_to_review(statuses: list[int]) -> None:
    assert suggest(statuses, [0.5] * len(statuses)) is None


def test_the_current_frame_is_never_suggested() -> None:
    assert suggest([P], [0.1], current=0) is None
    assert suggest([P, P], [0.1, 0.9], current=0) == 1
    assert suggest([W, A], [0.1, 0.9], current=0) is None


def test_all_frames_come_before_one_comes_again() -> None:
    scores = [0.2, 0.9, 0.3, 0.8, 0.25]
    seen: list[int] = []
    current = -1
    for _ in range(5):
        found = suggest([P] * 5, scores, current, passed=seen)
        assert found is not None
        seen.append(found)
        current = found
    assert sorted(seen) == [0, 1, 2, 3, 4]
    assert suggest([P] * 5, scores, current, passed=seen) == next(f for f in (0, 4) if f != current)


@given(st.data())
def test_what_is_suggested_can_be_reviewed(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 30))
    statuses = data.draw(st.lists(st.sampled_from(list(FrameStatus)), min_size=count, max_size=count))
    unknown_or_score = st.one_of(st.just(float("nan")), st.floats(0, 1))
    scores = data.draw(st.lists(unknown_or_score, min_size=count, max_size=count))
    passed = data.draw(st.sets(st.integers(-2, 40)))
    current = data.draw(st.integers(0, count - 1))
    found = suggest([int(s) for s in statuses], scores, current, passed=passed)
    open_frames = [i for i, s in enumerate(statuses) if s not in (A, N) and i != current]
    assert (found in open_frames) if open_frames else (found is None)
    assert found == suggest([int(s) for s in statuses], scores, current, passed=passed)


def test_where_room_is_short_the_most_urgent_stands_for_its_neighbours() -> None:
    statuses = np.array([A, A, A, A, P, A, P, N, P, W, N, A, FrameStatus.PROPAGATED, P], np.uint8)
    assert most_urgent(statuses, 1) is statuses
    assert most_urgent(statuses, 2).tolist() == [A, A, P, N, W, N, FrameStatus.PROPAGATED]
    assert most_urgent(statuses, 4).tolist() == [A, N, W, FrameStatus.PROPAGATED]
    assert most_urgent(statuses, 100).tolist() == [W]
    assert len(most_urgent(np.zeros(0, np.uint8), 3)) == 0
    assert {int(most_urgent(np.array([s, s], np.uint8), 2)[0]) for s in FrameStatus} == set(FrameStatus)
