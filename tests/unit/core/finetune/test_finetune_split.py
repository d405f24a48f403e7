"""The hold-out: every frame has a part, and no two parts come near each other in a clip."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ProjectError
from core.finetune.split import GAP_FRAMES, Assignment, describe, hold_out, split_clip

INDICES = st.lists(st.integers(0, 400), min_size=1, max_size=40, unique=True)


def parts_of(assignments: list[Assignment]) -> set[str]:
    return {a.part for a in assignments}


@given(st.dictionaries(st.integers(1, 6), INDICES, min_size=1, max_size=6))
def test_every_frame_is_assigned_once_and_parts_lie_apart(accepted: dict[int, list[int]]) -> None:
    try:
        assignments = hold_out(accepted)
    except ProjectError:
        return
    assert [(a.clip, a.index) for a in assignments] == sorted(
        (clip, index) for clip, indices in accepted.items() for index in indices
    )
    assert all(a.reason for a in assignments)
    used = [a for a in assignments if a.part != "gap"]
    for a in used:
        for b in used:
            if a.clip == b.clip and a.part != b.part:
                assert abs(a.index - b.index) > GAP_FRAMES
    assert {"train", "selection"} <= parts_of(assignments)


@given(INDICES)
def test_blocks_are_contiguous_among_the_used_frames(indices: list[int]) -> None:
    blocks = split_clip(sorted(indices))
    order = [blocks[index] for index in sorted(indices) if blocks[index] != "gap"]
    changes = sum(a != b for a, b in itertools.pairwise(order))
    assert changes == len(set(order)) - 1


def test_forty_frames_of_one_clip_give_three_parts() -> None:
    assignments = hold_out({1: list(range(0, 200, 5))})
    assert parts_of(assignments) >= {"train", "selection", "report"}
    assert sum(a.part == "train" for a in assignments) >= 20


def test_three_clips_are_split_by_clip_and_the_largest_train() -> None:
    assignments = hold_out({1: [1, 2, 3, 4], 2: [5], 3: [6, 7], 4: [1, 2, 3]})
    parts = {clip: {a.part for a in assignments if a.clip == clip} for clip in (1, 2, 3, 4)}
    assert parts == {1: {"train"}, 2: {"selection"}, 3: {"report"}, 4: {"train"}}


def test_two_short_clips_train_and_choose() -> None:
    assignments = hold_out({1: [1, 2, 3], 2: [1, 2]})
    assert [a.part for a in assignments] == ["train"] * 3 + ["selection"] * 2


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_frames_are_refused_with_how_many_more(count: int) -> None:
    with pytest.raises(ProjectError, match=f"accept {4 - count} more"):
        hold_out({1: [20 * i for i in range(count)]})


def test_frames_too_close_to_judge_by_are_refused() -> None:
    with pytest.raises(ProjectError, match="at least 16 frames away"):
        hold_out({1: [1, 2, 3, 4, 5, 16]})


def test_the_sentences_count_every_part() -> None:
    words = describe(hold_out({1: list(range(0, 200, 5))}), {1: "dog"})
    assert words[0].startswith("24 of 40 accepted frames train") or " of 40 accepted frames train" in words[0]
    assert any(sentence.startswith("dog: frames ") for sentence in words)
    single = " ".join(describe(hold_out({1: [0, 4, 8, 29, 50]}), {1: "dog"}))
    assert "1 chooses the result, 1 is kept for the report" in single
    assert "frame 29 chooses; frame 50 reports" in single
    assert "the frame that chose it trains too" in single
    short = describe(hold_out({1: [0, 5, 10, 30]}), {1: "dog"})
    assert "No frames are kept for the report" in short[-1]
