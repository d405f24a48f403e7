"""Corrections, undo, acceptance: nothing is lost, nothing changes where it should not."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from project_material import FRAMES, SIZE_HW, clip_info, mask, paint, stroke

from core.errors import OutputError, ProjectError
from core.masks.patch import make_patch
from core.project import FrameState, Project
from core.project.frames import Frames
from core.project.journal import Change, Journal

CLIP = 1


def states(project: Project) -> list[str]:
    return [project.frame(CLIP, frame).state.value for frame in range(FRAMES)]


def test_strokes_come_back_after_reopening_with_undo_and_redo(project: Project, path: Path) -> None:
    layers = [project.layer(CLIP, 2)]
    for number in range(5):
        paint(project, CLIP, 2, number, f"stroke {number}")
        layers.append(project.layer(CLIP, 2))
    project.undo(CLIP, 2)
    project.close()
    with Project.open(path) as again:
        assert not again.read_only
        assert [entry.undone for entry in again.history(CLIP, 2)] == [False] * 4 + [True]
        for number in (3, 2, 1, 0):
            result = again.undo(CLIP, 2)
            assert result is not None
            assert (result.name, result.changed) == (f"stroke {number}", (2,))
            assert np.array_equal(again.layer(CLIP, 2), layers[number])
        assert again.undo(CLIP, 2) is None
        assert again.frame(CLIP, 2).state is FrameState.PREDICTED
        for number in range(5):
            assert again.redo(CLIP, 2) is not None
            assert np.array_equal(again.layer(CLIP, 2), layers[number + 1])
        assert again.redo(CLIP, 2) is None
        assert [finding for finding in again.check() if finding.serious] == []


def test_a_new_stroke_ends_what_could_be_redone(project: Project) -> None:
    paint(project, CLIP, 0, 1, "first")
    project.undo(CLIP, 0)
    paint(project, CLIP, 0, 2, "second")
    assert [entry.name for entry in project.history(CLIP, 0)] == ["second"]
    assert project.redo(CLIP, 0) is None


def test_undo_is_per_frame(project: Project) -> None:
    for frame in (1, 2, 1):
        paint(project, CLIP, frame, 10 + frame)
    before = project.layer(CLIP, 2)
    assert project.undo(CLIP, 1) is not None
    assert np.array_equal(project.layer(CLIP, 2), before)
    assert project.undo(CLIP, 0) is None


def test_a_batch_is_one_step_and_spares_what_is_newer(project: Project) -> None:
    items = [(frame, stroke(project.layer(CLIP, frame), frame)) for frame in (1, 2, 3)]
    project.commit_batch(CLIP, "Propagate", items, FrameState.PROPAGATED)
    assert states(project)[1:4] == ["propagated"] * 3
    assert [entry.frames for entry in project.history(CLIP, 2)] == [3]
    paint(project, CLIP, 3, 9)
    result = project.undo(CLIP, 2)
    assert result is not None
    assert (result.name, result.changed, result.kept) == ("Propagate", (1, 2), (3,))
    assert set(result.rectangles) == {1, 2}
    assert states(project) == ["predicted"] * 3 + ["corrected"] + ["predicted"] * 2
    result = project.redo(CLIP, 1)
    assert result is not None
    assert result.changed == (1, 2)
    alone = project.undo(CLIP, 1, whole_step=False)
    assert alone is not None
    assert alone.changed == (1,)
    assert states(project)[1:3] == ["predicted", "propagated"]


def test_a_batch_that_fails_half_way_changes_nothing(project: Project) -> None:
    fits = stroke(project.layer(CLIP, 1), 1)
    other = project.layer(CLIP, 2).copy()
    other[0, 0] = 1
    after = other.copy()
    after[0, 0] = 2
    misfit = make_patch(other, after)
    assert misfit is not None
    with pytest.raises(ValueError, match="another state"):
        project.commit_batch(CLIP, "Grow", [(1, fits), (2, misfit)])
    assert project.frames(CLIP) == {}
    assert not project.layer(CLIP, 1).any()
    assert project.history(CLIP, 1) == []
    paint(project, CLIP, 1, 1)


def test_acceptance_freezes_and_can_be_taken_back(project: Project) -> None:
    paint(project, CLIP, 4, 1)
    project.accept(CLIP, 4, mask(3))
    record = project.frame(CLIP, 4)
    assert record.state is FrameState.ACCEPTED
    assert record.pts_seconds == project.clip(CLIP).pts_seconds[4]
    found = project.accepted_mask(CLIP, 4)
    assert found is not None
    assert np.array_equal(found, mask(3))
    for change in (
        lambda: paint(project, CLIP, 4, 2),
        lambda: project.set_threshold(CLIP, [3, 4], 0.4),
        lambda: project.accept(CLIP, 4, mask(5)),
    ):
        with pytest.raises(ProjectError, match="frame 4 is accepted"):
            change()
    assert project.frame(CLIP, 3).threshold == 0.5
    project.unaccept(CLIP, 4)
    assert project.frame(CLIP, 4).state is FrameState.CORRECTED
    assert project.accepted_mask(CLIP, 4) is None
    assert project.undo(CLIP, 4) is not None  # the ground truth is not lost by it
    again = project.accepted_mask(CLIP, 4)
    assert again is not None
    assert np.array_equal(again, mask(3))
    assert project.undo(CLIP, 4) is not None
    assert states(project)[4] == "corrected"


def test_threshold_and_needs_work_are_steps(project: Project) -> None:
    project.set_threshold(CLIP, [0, 1], 0.25, "Threshold of a range")
    project.needs_work(CLIP, 1)
    assert project.frame(CLIP, 1).threshold == 0.25
    assert states(project)[:2] == ["predicted", "needs_work"]
    assert project.undo(CLIP, 1) is not None
    result = project.undo(CLIP, 1)
    assert result is not None
    assert (result.changed, result.rectangles) == ((0, 1), {})
    assert project.frame(CLIP, 0).threshold == 0.5


def test_wrong_frames_and_masks_are_refused(project: Project) -> None:
    with pytest.raises(IndexError, match=f"frames 0 to {FRAMES - 1}, not {FRAMES}"):
        project.undo(CLIP, FRAMES)
    with pytest.raises(ProjectError, match="no clip 7"):
        project.layer(7, 0)
    with pytest.raises(ValueError, match="0 or 255"):
        project.accept(CLIP, 0, np.ones(SIZE_HW, np.uint8))
    with pytest.raises(ValueError, match="uint8 of"):
        project.accept(CLIP, 0, np.zeros((3, 3), np.uint8))
    with pytest.raises(ValueError, match="between 0 and 1"):
        project.set_threshold(CLIP, [0], 2.0)


def test_two_hundred_steps_stay_and_the_limits_drop_the_oldest(project: Project) -> None:
    for number in range(205):
        paint(project, CLIP, 0, number)
    assert len(project.history(CLIP, 0)) == 205
    frames = Frames(project._store, project._clips)
    for limits, kept in (((3, 1 << 20), 3), ((1000, 10), 1)):
        journal = Journal(project._store, frames, *limits)
        journal.commit(CLIP, "last", [journal_change(project)])
        assert len(project.history(CLIP, 0)) == kept
    assert project._store.query("SELECT count(*) FROM steps") == [(1,)]


def journal_change(project: Project) -> Change:
    with Project.open(project.path, read_only=True) as fresh:
        return Change(0, stroke(fresh.layer(CLIP, 0), 99), FrameState.CORRECTED)


def accept_much(project: Project) -> None:
    for number in range(200):
        project.accept(CLIP, 1 + number % 5, mask(number))
        project.unaccept(CLIP, 1 + number % 5)


def test_a_full_disk_is_a_sentence_and_changes_nothing(project: Project) -> None:
    paint(project, CLIP, 0, 1)
    before = project.layer(CLIP, 0)
    pages = project._store.query("PRAGMA page_count")[0][0]
    project._store.query(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OutputError, match=r"walk\.cagdde cannot be written: the disk is full"):
        accept_much(project)
    project._store.query("PRAGMA max_page_count = 1000000")
    assert np.array_equal(project.layer(CLIP, 0), before)
    paint(project, CLIP, 0, 2)
    assert [finding for finding in project.check() if finding.serious] == []


def test_notes_and_runs(project: Project) -> None:
    project.add_note("look at the shadow", CLIP, 3)
    dropped = project.add_note("wrong")
    project.remove_note(dropped)
    assert [(note.clip, note.frame, note.text) for note in project.notes()] == [
        (CLIP, 3, "look at the shadow")
    ]
    project.add_run("finetune", {"iterations": 200, "frames": [1, 2]})
    assert [(run.kind, run.facts["frames"]) for run in project.runs()] == [("finetune", [1, 2])]


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["paint", "undo", "redo", "accept", "unaccept", "batch", "threshold"]),
        st.integers(0, 2),
    ),
    max_size=25,
)


@given(actions=ACTIONS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_can_be_undone_to_the_start(
    tmp_path_factory: pytest.TempPathFactory, actions: list
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with Project.create(folder / "any.cagdde") as project:
        project.add_clip(clip_info(folder / "any.mp4"))
        for number, (action, frame) in enumerate(actions):
            accepted = {f: r.state is FrameState.ACCEPTED for f, r in project.frames(CLIP).items()}
            free = [f for f in range(3) if not accepted.get(f)]
            if action == "paint" and frame in free:
                paint(project, CLIP, frame, number)
            elif action == "batch" and free:
                items = [(f, stroke(project.layer(CLIP, f), number)) for f in free]
                project.commit_batch(CLIP, "batch", items, FrameState.PROPAGATED)
            elif action == "threshold" and frame in free:
                project.set_threshold(CLIP, [frame], number / 25)
            elif action == "accept" and frame in free:
                project.accept(CLIP, frame, mask(number))
            elif action == "unaccept" and frame not in free:
                project.unaccept(CLIP, frame)
            elif action in ("undo", "redo"):
                getattr(project, action)(CLIP, frame)
        assert [finding for finding in project.check() if finding.serious] == []
        ends = [project.layer(CLIP, frame) for frame in range(3)]
        counts = []
        for frame in range(3):
            counts.append(0)
            while project.undo(CLIP, frame, whole_step=False):
                counts[-1] += 1
            assert not project.layer(CLIP, frame).any()
            assert project.frame(CLIP, frame).state is FrameState.PREDICTED
            assert project.frame(CLIP, frame).threshold == 0.5
            for _ in range(counts[-1]):
                project.redo(CLIP, frame, whole_step=False)
            assert np.array_equal(project.layer(CLIP, frame), ends[frame])
