"""The file itself: killed writers, second openers, damage, other versions, moved clips."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import project_material
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from project_material import FRAMES, clip_info, mask, paint

from core.errors import OutputError, ProjectError
from core.project import Project, recover
from core.project.map_codec import decode_map, encode_map
from core.project.migrations import migrate
from core.project.pages import raw_rows
from core.video import open_clip
from core.video.png_writer import PngSequenceWriter

CLIP = 1
KILLS = 20


def serious(project: Project) -> list[str]:
    return [finding.text for finding in project.check() if finding.serious]


def commit_until_killed(path: Path, seconds: float) -> list[int]:
    """Run a child that commits strokes, kill it after some time. Returns: the numbers it said were committed."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[4])}
    command = [sys.executable, project_material.__file__, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read()
    whole_lines = said[: said.rfind("\n") + 1]
    return [int(line) for line in whole_lines.split()]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.timeout(300)
def test_kill_minus_nine_loses_no_committed_stroke(project: Project, path: Path) -> None:
    project.close()
    chance = random.Random(5)
    committed = 0
    for _ in range(KILLS):
        committed = max(
            [committed, *(number + 1 for number in commit_until_killed(path, chance.uniform(0.0, 0.15)))]
        )
        with Project.open(path) as again:
            assert not again.read_only
            assert serious(again) == []
            there = sum(len(again.history(CLIP, frame)) for frame in range(FRAMES))
            assert there in (committed, committed + 1)  # the last one may have been committed but not told
            committed = there
    assert committed > KILLS
    with Project.open(path) as again:
        for frame in range(FRAMES):
            while again.undo(CLIP, frame):
                pass
            assert not again.layer(CLIP, frame).any()


def test_the_second_opener_reads_only_and_is_told(project: Project, path: Path) -> None:
    paint(project, CLIP, 0, 1)
    with Project.open(path) as second:
        assert second.read_only
        assert second.notice is not None
        assert f"process {os.getpid()}" in second.notice
        assert np.array_equal(second.layer(CLIP, 0), project.layer(CLIP, 0))
        with pytest.raises(ProjectError, match="open for reading alone"):
            paint(second, CLIP, 0, 2)
        paint(project, CLIP, 1, 3)
        assert second.layer(CLIP, 1).any()
    project.close()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    with Project.open(path, read_only=True) as reader:
        assert reader.layer(CLIP, 0).any()
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    with Project.open(path) as third:
        assert not third.read_only


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs permissions that bind")
def test_a_file_that_cannot_be_written_is_read(project: Project, path: Path) -> None:
    paint(project, CLIP, 0, 1)
    project.close()
    path.chmod(0o400)
    path.parent.chmod(0o500)
    try:
        with Project.open(path) as again:
            assert again.read_only
            assert again.layer(CLIP, 0).any()
    finally:
        path.parent.chmod(0o700)


def test_create_refuses_what_is_there_and_open_what_is_not(
    project: Project, path: Path, tmp_path: Path
) -> None:
    with pytest.raises(OutputError, match="is there already"):
        Project.create(path)
    with pytest.raises(ProjectError, match="does not exist"):
        Project.open(tmp_path / "none.cagdde")
    assert not (tmp_path / "none.cagdde").exists()
    foreign = tmp_path / "foreign.cagdde"
    with closing(sqlite3.connect(foreign)) as other:
        other.execute("CREATE TABLE t (a)")
    with pytest.raises(ProjectError, match="another program"):
        Project.open(foreign)
    for content in (b"", b"not a project at all"):
        foreign.write_bytes(content)
        with pytest.raises(ProjectError, match=r"foreign\.cagdde is damaged"):
            Project.open(foreign)
        assert foreign.read_bytes() == content


@pytest.fixture
def rich(project: Project, path: Path) -> Path:
    """A closed project with strokes, acceptances and a note."""
    for number in range(60):
        paint(project, CLIP, number % 4, number)
    project.accept(CLIP, 5, mask(5))
    project.add_note("keep me", CLIP, 2)
    project.close()
    return path


def contents(path: Path) -> dict[str, object]:
    with Project.open(path, read_only=True) as project:
        return {
            "layers": [project.layer(CLIP, frame).tobytes() for frame in range(FRAMES)],
            "steps": [[entry.name for entry in project.history(CLIP, frame)] for frame in range(FRAMES)],
            "accepted": project.accepted_mask(CLIP, 5).tobytes(),  # pyright: ignore[reportOptionalMemberAccess]
            "notes": [note.text for note in project.notes()],
        }


def test_recovering_a_sound_project_copies_all_of_it(rich: Path, tmp_path: Path) -> None:
    report = recover(rich, tmp_path / "new.cagdde")
    assert report.lost == ()
    assert (report.clips, report.frames, report.accepted, report.steps) == (1, 5, 1, 61)
    assert contents(tmp_path / "new.cagdde") == contents(rich)
    with pytest.raises(OutputError, match="is there already"):
        recover(rich, tmp_path / "new.cagdde")


@pytest.mark.parametrize("header", [True, False])
def test_the_pages_alone_give_every_row(rich: Path, tmp_path: Path, header: bool) -> None:
    """Without SQLite's directory, and without the header too."""
    content = bytearray(rich.read_bytes())
    before = contents(rich)
    content[100 if header else 0 : 4096] = bytes(4096 - (100 if header else 0))
    rich.write_bytes(content)
    with pytest.raises(ProjectError, match="recover"):
        Project.open(rich)
    report = recover(rich, tmp_path / "new.cagdde")
    assert report.clips == 1
    assert contents(tmp_path / "new.cagdde") == before
    assert rich.read_bytes() == content


@pytest.mark.parametrize("share", [0.9, 0.6, 0.3])
def test_a_truncated_project_is_refused_and_recovered(rich: Path, tmp_path: Path, share: float) -> None:
    content = rich.read_bytes()
    rich.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ProjectError, match=r"walk\.cagdde is damaged"):
        Project.open(rich)
    report = recover(rich, tmp_path / "new.cagdde")
    assert report.lost
    with Project.open(tmp_path / "new.cagdde") as again:
        assert serious(again) == []
        assert len(again.clips()) == report.clips


def refusal(path: Path) -> str | None:
    try:
        contents(path)
    except ProjectError as error:
        return str(error)
    return None


def test_damage_anywhere_is_refused_or_harmless_and_what_is_recovered_is_sound(
    rich: Path, tmp_path: Path
) -> None:
    chance = random.Random(3)
    content = rich.read_bytes()
    before = contents(rich)
    refused = 0
    for number in range(250):  # how much of the file is unused differs with its paths and times
        if number >= 25 and refused > 5:
            break
        damaged = bytearray(content)
        at = chance.randrange(len(content))
        damaged[at : at + 16] = chance.randbytes(len(damaged[at : at + 16]))
        rich.write_bytes(damaged)
        sentence = refusal(rich)
        if sentence is None:
            assert contents(rich) == before  # the damage lies in unused bytes
            continue
        assert str(rich) in sentence
        refused += 1
        target = tmp_path / f"new-{number}.cagdde"
        recover(rich, target)
        with Project.open(target) as again:
            assert serious(again) == []
            for clip in again.clips():
                for frame in again.frames(clip.id):
                    while again.undo(clip.id, frame):
                        pass
    assert refused > 5


def test_nothing_recoverable_is_said(tmp_path: Path) -> None:
    junk = tmp_path / "junk.cagdde"
    junk.write_bytes(bytes(9000))
    with pytest.raises(ProjectError, match="nothing that can be recovered"):
        recover(junk, tmp_path / "new.cagdde")
    assert not (tmp_path / "new.cagdde").exists()


def test_raw_rows_read_the_log_and_long_rows(project: Project, path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 2, (24, 40)).astype(np.uint8) * np.uint8(255)
    project.accept(CLIP, 1, noise)
    text = "long " * 5000
    project.add_note(text)
    log = path.with_name(path.name + "-wal").read_bytes()
    assert any(text in values for _, values in raw_rows(path.read_bytes(), log))


def test_migrations_keep_a_copy_or_change_nothing(project: Project, path: Path) -> None:
    project.close()
    old = path.read_bytes()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(ZeroDivisionError):
            migrate(path, connection, {1: lambda c: c.execute("CREATE TABLE x (a)") and 1 / 0}, 2)  # type: ignore[arg-type]
        assert connection.execute("SELECT * FROM sqlite_master WHERE name = 'x'").fetchall() == []
        kept = migrate(path, connection, {1: lambda c: c.execute("CREATE TABLE x (a)") and None}, 2)
        assert migrate(path, connection, {}, 2) is None
    assert kept is not None
    assert kept.name == "walk.version-1-2.cagdde"  # the failed attempt kept one as well
    with Project.open(kept) as before:
        assert before.clips()[0].name == "walk"
    with pytest.raises(ProjectError, match="newer version of this program"):
        Project.open(path)
    assert len(old) == len(kept.read_bytes())


def test_a_moved_clip_is_found_and_a_changed_one_noticed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    writer = PngSequenceWriter(home / "walk")
    for value in (10, 20, 30):
        writer.write(np.full((8, 12), value, np.uint8))
    with open_clip(home / "walk") as reader:
        info = reader.info
    with Project.create(home / "p.cagdde") as project:
        clip = project.add_clip(info)
        assert project.add_clip(info).id == clip.id
        assert (clip.name, clip.frame_count, clip.size_hw) == ("walk", 3, (8, 12))
        assert project.find_clip(clip.id).status == "found"
        assert project.check() == []
    shutil.move(home, tmp_path / "elsewhere")
    with Project.open(tmp_path / "elsewhere" / "p.cagdde") as project:
        place = project.find_clip(clip.id)
        assert (place.status, place.path) == ("moved", tmp_path / "elsewhere" / "walk")
        shutil.move(tmp_path / "elsewhere" / "walk", tmp_path / "archive" / "other name")
        assert project.find_clip(clip.id).status == "missing"
        assert [finding.serious for finding in project.check()] == [False]
        place = project.find_clip(clip.id, [tmp_path / "archive"])
        assert place.path is not None
        assert place.path == tmp_path / "archive" / "other name"
        with open_clip(place.path) as reader:
            project.relink(clip.id, reader.info)
        assert project.find_clip(clip.id).status == "found"
        project.accept(clip.id, 2, np.full((8, 12), 255, np.uint8))
        PngSequenceWriter(place.path).write(np.zeros((8, 12), np.uint8), 1)
        assert project.find_clip(clip.id).status == "changed"
        with open_clip(place.path) as reader, pytest.raises(ProjectError, match="content differs"):
            project.relink(clip.id, reader.info)
        with open_clip(place.path) as reader:
            project.relink(clip.id, reader.info, accept_changed=True)
        assert project.check() == []
        with pytest.raises(ProjectError, match="does not fit the masks"):
            project.relink(clip.id, clip_info(tmp_path / "x.mp4"), accept_changed=True)


@given(
    hnp.arrays(
        np.uint8, st.tuples(st.integers(0, 20), st.integers(0, 20)), elements=st.sampled_from([0, 1, 2, 255])
    )
)
def test_maps_are_exact(values: np.ndarray) -> None:
    assert np.array_equal(decode_map(encode_map(values)), values)


def test_maps_are_small_and_damage_is_noticed() -> None:
    layer = np.zeros((1080, 1920), np.uint8)
    layer[100:200, 300:900] = 1
    data = encode_map(layer)
    assert len(data) < 1000
    for damaged in (data[:-1], data[:10], b"", data[:30] + b"x" + data[31:], b"XXXX" + data[4:]):
        with pytest.raises(ValueError, match=r"map"):
            decode_map(damaged)
