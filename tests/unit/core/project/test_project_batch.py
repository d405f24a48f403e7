"""Propagation and interpolation into a real project: one step, barriers, strokes that came in between, undo."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from project_material import clip_info

from core.errors import Cancelled, InputError, VideoError
from core.masks.layer import BACKGROUND, FOREGROUND, compose_mask
from core.masks.patch import make_patch
from core.opencv import cv2
from core.project import FrameState, Project
from core.project.batch import carried_masks, carry_mask, interpolate_between, keep_masks, standing_of
from core.project.batch_range import carry_range, interpolation_ends, mask_at_end
from core.project.batch_words import frames_words
from core.project.clip_work import ClipWork, LazyProject

CLIP, COUNT, SIZE = 1, 12, (96, 128)
_random = np.random.default_rng(1)
GROUND = cv2.resize(_random.integers(0, 256, (24, 32, 3), dtype=np.uint8), SIZE[::-1])
COAT = cv2.resize(_random.integers(0, 256, (12, 12, 3), dtype=np.uint8), (48, 48))


def truth(index: int) -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    mask[24:72, 20 + 2 * index : 68 + 2 * index] = 255
    return mask


def moving_square(index: int) -> np.ndarray:
    picture = np.asarray(GROUND, np.uint8).copy()
    picture[24:72, 20 + 2 * index : 68 + 2 * index] = COAT
    return picture


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "carry.cagdde") as made:
        info = replace(clip_info(tmp_path / "square.mp4", frames=COUNT), size_hw=SIZE)
        assert made.add_clip(info).id == CLIP
        yield made


def paint_row(project: Project, frame: int, row: int, value: int = FOREGROUND) -> None:
    layer = project.layer(CLIP, frame)
    after = layer.copy()
    after[row] = value
    patch = make_patch(layer, after)
    assert patch is not None
    project.commit(CLIP, frame, "Brush", patch)


def everything(project: Project) -> dict[int, tuple[bytes, str, float]]:
    return {
        index: (project.layer(CLIP, index).tobytes(), str(record.state), record.threshold)
        for index, record in project.frames(CLIP).items()
    }


def serious(project: Project) -> list[str]:
    return [finding.text for finding in project.check() if finding.serious]


def carry(project: Project, first: int, last: int, source: int = 5, **options):
    return carry_mask(project, CLIP, moving_square, source, truth(source), first, last, **options)


def test_propagation_is_one_step_that_undo_takes_back_wherever_it_is_asked_for(project: Project) -> None:
    paint_row(project, 6, 0)
    paint_row(project, 5, 3)
    before = everything(project)
    result = carry(project, 5, 9)
    assert result.changed == (6, 7, 8, 9)
    assert result.name == "Propagate forward, 4 frames"
    assert result.sentence == (
        "Carried to frames 6 to 9. Earlier corrections of frame 6 were replaced; undo brings them back."
    )
    for index in result.changed:
        mask = compose_mask(np.full(SIZE, 255, np.uint8), project.layer(CLIP, index), 0.5)
        assert np.array_equal(
            mask, compose_mask(None, project.layer(CLIP, index), 0.5)
        )  # no model's word in it
        overlap = ((mask != 0) & (truth(index) != 0)).sum() / ((mask != 0) | (truth(index) != 0)).sum()
        assert overlap > 0.8
        assert project.frame(CLIP, index).state is FrameState.PROPAGATED
    assert project.history(CLIP, 5)[-1].name == "Propagate forward, 4 frames"
    undone = project.undo(CLIP, 5)  # on the frame where it was asked for
    assert undone is not None
    assert set(undone.changed) == {5, 6, 7, 8, 9}
    after = everything(project)
    assert {index: after[index] for index in before} == before
    assert all(not any(layer) for index, (layer, _, _) in after.items() if index not in before)
    redone = project.redo(CLIP, 8)
    assert redone is not None
    assert redone.changed == undone.changed
    assert serious(project) == []


def test_accepted_frames_are_barriers_and_may_be_the_source(project: Project) -> None:
    project.accept(CLIP, 5, truth(5))
    project.accept(CLIP, 8, truth(0))
    result = carry(project, 2, 11)
    assert result.changed == (2, 3, 4, 6, 7)
    assert result.name == "Propagate both ways, 5 frames"
    assert result.sentence == "Carried to frames 2 to 4, 6 and 7; stopped at 8: it is accepted."
    frozen = project.accepted_mask(CLIP, 8)
    assert frozen is not None
    assert np.array_equal(frozen, truth(0))
    assert project.frame(CLIP, 5).state is FrameState.ACCEPTED
    assert project.undo(CLIP, 5) is not None  # the propagation, not the acceptance
    assert project.frame(CLIP, 5).state is FrameState.ACCEPTED
    assert not project.layer(CLIP, 6).any()


def test_strokes_and_acceptance_that_came_meanwhile_are_kept(project: Project) -> None:
    paint_row(project, 6, 0)
    standing = standing_of(project, CLIP, range(COUNT))
    paint_row(project, 6, 1)
    paint_row(project, 7, 2)
    project.accept(CLIP, 9, truth(9))
    before = everything(project)

    def accept_late(done: int, total: int) -> None:
        if done == 2:
            project.accept(CLIP, 4, truth(4))

    carried = carried_masks(moving_square, 5, truth(5), 3, 8, standing, progress=accept_late)
    result = keep_masks(project, CLIP, carried)
    assert result.kept == (4, 6, 7)
    assert result.changed == (3, 8)
    assert "Frames 4, 6 and 7 were changed meanwhile and were left alone." in result.sentence
    after = everything(project)
    assert all(after[index] == before[index] for index in (6, 7, 9))


@pytest.mark.parametrize("at", [0, 2])
def test_a_cancelled_propagation_changes_nothing(project: Project, at: int) -> None:
    paint_row(project, 7, 0)
    before = everything(project)
    seen: list[int] = []
    with pytest.raises(Cancelled):
        carry(
            project,
            5,
            11,
            cancelled=lambda: len(seen) >= at,
            progress=lambda done, total: seen.append(total),
        )
    assert seen == [6] * at
    assert everything(project) == before


def test_it_stops_where_a_frame_cannot_be_read_or_trusted(project: Project) -> None:
    def read(index: int) -> np.ndarray:
        if index == 7:
            raise VideoError("frame 7 is damaged")
        noise = np.random.default_rng(index).integers(0, 256, (*SIZE, 3), dtype=np.uint8)
        return moving_square(index) if index > 3 else noise

    result = carry_mask(project, CLIP, read, 5, truth(5), 0, COUNT - 1)
    assert result.changed == (4, 6)
    assert result.sentence == (
        "Carried to frames 4 and 6; stopped at 7: it cannot be read, and at 3: forward and backward flow disagree."
    )
    nothing = carry_mask(project, CLIP, read, 6, truth(6), 6, 8)
    assert nothing.step is None
    assert nothing.sentence == "Nothing was carried from frame 6; stopped at 7: it cannot be read."


def test_doing_the_same_again_is_no_step(project: Project) -> None:
    carry(project, 5, 7)
    steps = len(project.history(CLIP, 6))
    again = carry(project, 5, 7)
    assert (again.step, again.unchanged) == (None, (6, 7))
    assert again.sentence == "Frames 6 and 7 had this mask already."
    assert len(project.history(CLIP, 6)) == steps


def test_interpolation_between_two_frames_is_one_step(project: Project) -> None:
    project.accept(CLIP, 3, truth(3))
    result = interpolate_between(project, CLIP, 2, (1, truth(1)), (6, truth(6)))
    assert result.changed == (2, 4, 5)
    assert result.name == "Interpolate, 3 frames"
    assert result.sentence == "Interpolated frames 2, 4 and 5."
    for index in result.changed:
        assert np.array_equal(project.layer(CLIP, index) == FOREGROUND, truth(index) != 0)
        assert np.array_equal(project.layer(CLIP, index) == BACKGROUND, truth(index) == 0)
    project.undo(CLIP, 2)
    assert not any(project.layer(CLIP, index).any() for index in range(COUNT))
    with pytest.raises(Cancelled):
        interpolate_between(project, CLIP, 2, (1, truth(1)), (6, truth(6)), cancelled=lambda: True)
    assert not project.layer(CLIP, 2).any()


def test_a_long_step_leaves_no_old_layer_in_memory(project: Project) -> None:
    assert not any(
        project.layer(CLIP, index).any() for index in range(COUNT)
    )  # some are remembered from now on
    result = interpolate_between(project, CLIP, 5, (0, truth(0)), (COUNT - 1, truth(COUNT - 1)))
    assert len(result.changed) == COUNT - 2
    for index in result.changed:
        assert np.array_equal(project.layer(CLIP, index) == FOREGROUND, truth(index) != 0)
    project.undo(CLIP, 5)
    assert not any(project.layer(CLIP, index).any() for index in range(COUNT))
    assert serious(project) == []


@pytest.mark.parametrize(
    ("way", "source", "marked", "expected"),
    [
        ("forward", 5, None, (5, 8)),
        ("back", 5, None, (2, 5)),
        ("both", 5, None, (2, 8)),
        ("forward", 10, None, (10, 11)),
        ("forward", 5, range(4, 12), (5, 11)),
        ("both", 5, range(4, 12), (4, 11)),
    ],
)
def test_the_range_of_a_propagation(
    way, source: int, marked: range | None, expected: tuple[int, int]
) -> None:
    assert carry_range(way, source, COUNT, marked, most=3) == expected


def test_ranges_without_a_frame_are_refused_with_a_sentence() -> None:
    with pytest.raises(InputError, match="Frame 11 is the last of the clip"):
        carry_range("forward", 11, COUNT, None, 3)
    with pytest.raises(InputError, match="Frame 4 is the first of the marked range"):
        carry_range("back", 4, COUNT, range(4, 8), 3)
    with pytest.raises(InputError, match="outside the marked range, 4 to 7"):
        carry_range("both", 9, COUNT, range(4, 8), 3)


def test_the_ends_of_an_interpolation(project: Project) -> None:
    for frame in (2, 8):
        paint_row(project, frame, 0)
    project.set_threshold(CLIP, [4], 0.3)  # touched, but not corrected
    frames = project.frames(CLIP)
    assert interpolation_ends(frames, 5, None) == (2, 8)
    assert interpolation_ends(frames, 2, None) == (2, 8)
    assert interpolation_ends(frames, 8, None) == (2, 8)
    assert interpolation_ends(frames, 0, range(3, 7)) == (3, 6)
    with pytest.raises(InputError, match="between no two corrected"):
        interpolation_ends(frames, 9, None)
    with pytest.raises(InputError, match="no frame between 3 and 4"):
        interpolation_ends(frames, 3, range(3, 5))


def test_an_end_needs_its_prediction_only_where_it_follows_the_model(
    project: Project, tmp_path: Path
) -> None:
    paint_row(project, 2, 0)
    info = replace(clip_info(tmp_path / "square.mp4", frames=COUNT), size_hw=SIZE)
    work = ClipWork(LazyProject(project.path, True, project), info)
    work.attach()
    with pytest.raises(InputError, match="Frame 2 has no prediction at hand"):
        mask_at_end(work, 2, None)
    assert mask_at_end(work, 2, np.zeros((8, 8), np.uint8)).sum() == 255 * SIZE[1]
    for row in range(SIZE[0]):
        if row:
            paint_row(project, 2, row, BACKGROUND)
    assert mask_at_end(work, 2, None).sum() == 255 * SIZE[1]
    project.accept(CLIP, 2, truth(2))
    assert np.array_equal(mask_at_end(work, 2, None), truth(2))


def test_frames_in_words() -> None:
    assert frames_words([7]) == "frame 7"
    assert frames_words([3, 4]) == "frames 3 and 4"
    assert frames_words([9, 3, 4, 5, 12]) == "frames 3 to 5, 9 and 12"
    assert frames_words(range(0, 20, 2)) == "10 frames from 0 to 18"
