"""Copies of a project at another path, and clips that are taken out of one."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from project_material import FRAMES, clip_info, mask, paint

from core.errors import OutputError, ProjectError, StudioError
from core.project import FrameState, Project, migrations
from core.project.pages import raw_rows
from core.video import open_clip
from core.video.png_writer import PngSequenceWriter

CLIP = 1


def serious(project: Project) -> list[str]:
    return [finding.text for finding in project.check() if finding.serious]


def layers(project: Project) -> list[bytes]:
    return [project.layer(CLIP, frame).tobytes() for frame in range(FRAMES)]


def test_a_copy_holds_everything_and_the_project_goes_on(project: Project, tmp_path: Path) -> None:
    for number in range(30):
        paint(project, CLIP, number % 4, number)
    project.undo(CLIP, 1)
    project.accept(CLIP, 5, mask(5))
    project.add_note("keep me", CLIP, 2)
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    before = layers(project)
    project.save_copy(folder / "copy.cagdde")
    paint(project, CLIP, 0, 99)
    assert [entry.name for entry in folder.iterdir()] == ["copy.cagdde"]
    with Project.open(folder / "copy.cagdde") as copy:
        assert serious(copy) == []
        assert layers(copy) == before
        assert len(copy.history(CLIP, 0)) == len(project.history(CLIP, 0)) - 1
        assert copy.redo(CLIP, 1) is not None
        assert copy.notes()[0].text == "keep me"
        mask_there = copy.accepted_mask(CLIP, 5)
        assert mask_there is not None
        assert np.array_equal(mask_there, mask(5))
        paint(copy, CLIP, 3, 7)  # it is a project of its own
    assert serious(project) == []


def test_a_copy_finds_the_clips_from_its_own_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    writer = PngSequenceWriter(home / "walk")
    for value in (10, 20):
        writer.write(np.full((8, 12), value, np.uint8))
    with Project.create(home / "p.cagdde") as made, open_clip(home / "walk") as reader:
        made.add_clip(reader.info)
    shutil.move(home, tmp_path / "moved")  # only the relative way is right now
    deep = tmp_path / "moved" / "a" / "b"
    deep.mkdir(parents=True)
    with Project.open(tmp_path / "moved" / "p.cagdde") as project:
        project.save_copy(deep / "copy.cagdde")
    with Project.open(deep / "copy.cagdde") as copy:
        record = copy.clip(CLIP)
        assert record.relative == Path("../../walk")
        assert record.path == tmp_path / "moved" / "walk"
        assert copy.find_clip(CLIP).status == "found"
    shutil.move(tmp_path / "moved", tmp_path / "again")
    with Project.open(tmp_path / "again" / "a" / "b" / "copy.cagdde") as copy:
        assert copy.find_clip(CLIP).path == tmp_path / "again" / "walk"


def test_a_copy_is_whole_or_not_at_all(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "target.cagdde"
    project.save_copy(target)
    old = target.read_bytes()
    paint(project, CLIP, 0, 1)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        with pytest.raises(OutputError, match=r"target\.cagdde cannot be written: the disk is full"):
            project.save_copy(target)
    assert target.read_bytes() == old
    assert sorted(p.name for p in tmp_path.iterdir() if "target" in p.name) == ["target.cagdde"]
    with pytest.raises(OutputError, match="folder does not exist"):
        project.save_copy(tmp_path / "none" / "x.cagdde")
    with pytest.raises(ProjectError, match="is this project itself"):
        project.save_copy(project.path)
    assert target.read_bytes() == old
    with Project.open(target) as other:
        with pytest.raises(ProjectError, match="is open in another window"):
            project.save_copy(target)
        assert layers(other) != layers(project)


def test_a_copy_replaces_a_project_with_its_log(project: Project, tmp_path: Path) -> None:
    """A log of the replaced project that a killed program left must not be read as a part of the new one."""
    other = tmp_path / "other.cagdde"
    with Project.create(other) as killed:
        killed.add_clip(clip_info(tmp_path / "other.mp4", "e" * 32))
        log = other.with_name("other.cagdde-wal")
        left = log.read_bytes()
    log.write_bytes(left)
    paint(project, CLIP, 2, 3)
    project.save_copy(other)
    assert not log.exists()
    with Project.open(other) as copy:
        assert [clip.name for clip in copy.clips()] == ["walk"]
        assert layers(copy) == layers(project)


def test_a_read_only_project_can_be_copied(project: Project, tmp_path: Path) -> None:
    paint(project, CLIP, 0, 1)
    with Project.open(project.path) as second:
        assert second.read_only
        second.save_copy(tmp_path / "mine.cagdde")
        with pytest.raises(ProjectError, match="open for reading alone"):
            second.remove_clip(CLIP, with_corrections=True)
    with Project.open(tmp_path / "mine.cagdde") as mine:
        assert not mine.read_only
        assert layers(mine) == layers(project)


def test_removing_a_clip_takes_all_of_it_and_nothing_else(project: Project, tmp_path: Path) -> None:
    other = project.add_clip(clip_info(tmp_path / "other.mp4", "e" * 32)).id
    for number in range(12):
        paint(project, CLIP, number % 3, number, "secret stroke")
        paint(project, other, number % 3, number)
    project.add_note("secret note", CLIP, 1)
    project.add_note("other note", other, 1)
    kept = project.layer(other, 1).tobytes()
    with pytest.raises(ProjectError, match="has corrections, which would be lost"):
        project.remove_clip(CLIP)
    assert [clip.id for clip in project.clips()] == [CLIP, other]
    project.remove_clip(CLIP, with_corrections=True)
    assert [clip.id for clip in project.clips()] == [other]
    assert project.layer(other, 1).tobytes() == kept
    assert [note.text for note in project.notes()] == ["other note"]
    assert len(project.history(other, 0)) == 4
    assert serious(project) == []
    with pytest.raises(ProjectError, match="has no clip 1"):
        project.layer(CLIP, 0)
    project.close()
    rows = [values for _, values in raw_rows(project.path.read_bytes(), b"")]
    assert any("other note" in values for values in rows)
    assert not any("secret note" in values or "secret stroke" in values for values in rows)


def test_a_clip_without_work_is_removed_without_asking(project: Project) -> None:
    assert not project.has_work(CLIP)
    paint(project, CLIP, 0, 1)
    assert project.has_work(CLIP)
    project.undo(CLIP, 0)
    assert not project.has_work(CLIP)
    note = project.add_note("look again", CLIP)
    assert project.has_work(CLIP)
    project.remove_note(note)
    project.set_threshold(CLIP, [2], 0.4)
    assert project.has_work(CLIP)
    project.undo(CLIP, 2)
    project.remove_clip(CLIP)
    assert project.clips() == []
    with pytest.raises(StudioError, match="has no clip"):
        project.remove_clip(CLIP)


def test_states_are_counted_by_clip(project: Project, tmp_path: Path) -> None:
    assert project.state_counts() == {}
    other = project.add_clip(clip_info(tmp_path / "other.mp4", "e" * 32)).id
    paint(project, CLIP, 0, 1)
    paint(project, CLIP, 1, 2)
    project.accept(CLIP, 5, mask(5))
    project.needs_work(other, 0)
    assert project.state_counts() == {
        CLIP: {FrameState.CORRECTED: 2, FrameState.ACCEPTED: 1},
        other: {FrameState.NEEDS_WORK: 1},
    }


def test_bringing_a_project_up_to_date_is_said(
    project: Project, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 0")
    monkeypatch.setitem(migrations.MIGRATIONS, 0, lambda connection: None)
    with Project.open(path) as opened:
        assert not opened.read_only
        assert opened.notice is not None
        assert "was brought up to date; the file as it was is kept as walk.version-0.cagdde" in opened.notice
