"""The snapshot: what is written, that later changes of the project do not reach it, and what is refused."""

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from finetune_clip import ACCEPTED, make_project, small_settings, square_mask

from core.datasets.sample import load_sample
from core.errors import Cancelled, InputError, OutputError, ProjectError
from core.finetune.frames import load_frame
from core.finetune.job import JOB_NAME, SAMPLES_NAME, read_job
from core.finetune.outcome import write_document
from core.finetune.replay import ReplaySet, read_replay, replay_folder
from core.finetune.snapshot import snapshot
from core.network import file_hash, load_checkpoint, save_checkpoint
from core.project import Project
from core.video import open_clip

MakeJob = Callable[..., Path]


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_accepted_frame_is_listed_with_its_mask(make_job: MakeJob, base_model: Path) -> None:
    folder = make_job()
    job = read_job(folder)
    assert tuple(frame.index for frame in job.accepted) == ACCEPTED
    for frame in job.accepted:
        assert frame.mask_sha256 == hashlib.sha256(square_mask(frame.index).tobytes()).hexdigest()
    assert {frame.part for frame in job.accepted} == {"train", "selection", "report"}
    assert job.base_sha256 == file_hash(base_model)
    assert job.settings == small_settings()
    for frame in job.accepted:
        assert bool(frame.training) == (frame.part != "report"), "the report's frames are never trained on"
        assert bool(frame.measured) == (frame.part in ("selection", "report"))
    first = job.of_part("train")[0]
    sample = load_sample(folder / SAMPLES_NAME / first.training)
    assert sample.ground_truth is not None
    assert np.array_equal(sample.ground_truth, square_mask(first.index))
    assert sample.flow is not None


def test_the_report_has_the_frame_before_for_its_flicker(make_job: MakeJob) -> None:
    folder = make_job()
    for frame in read_job(folder).of_part("report"):
        loaded = load_frame(folder / SAMPLES_NAME / frame.measured)
        assert loaded.before is not None
        assert np.array_equal(loaded.truth, square_mask(frame.index))


def test_later_changes_of_the_project_and_its_clip_do_not_reach_it(
    tmp_path: Path, clip_folder: Path, base_model: Path
) -> None:
    clip = tmp_path / "moving"
    shutil.copytree(clip_folder, clip)
    make_project(tmp_path / "p.cagdde", clip)
    with Project.open(tmp_path / "p.cagdde") as project:
        snapshot(project, base_model, small_settings(), tmp_path / "job")
        before = contents(tmp_path / "job")
        number = project.clips()[0].id
        project.unaccept(number, ACCEPTED[0])
        project.accept(number, ACCEPTED[0], 255 - square_mask(0))
        project.accept(number, 20, square_mask(20))
    (tmp_path / "p.cagdde").unlink()
    shutil.rmtree(clip)
    assert contents(tmp_path / "job") == before
    assert read_job(tmp_path / "job").accepted[0].mask_sha256 != hashlib.sha256(b"").hexdigest()


def test_clips_of_one_name_keep_apart(tmp_path: Path, clip_folder: Path, base_model: Path) -> None:
    other = tmp_path / clip_folder.name
    shutil.copytree(clip_folder, other)
    (other / "00059.png").unlink()  # another content
    make_project(tmp_path / "p.cagdde", clip_folder)
    with Project.open(tmp_path / "p.cagdde") as project:
        with open_clip(other) as reader:
            number = project.add_clip(reader.info).id
        project.accept(number, 3, square_mask(3))
        job = snapshot(project, base_model, small_settings(), tmp_path / "job")
    assert [clip.name for clip in job.clips] == ["square", "square (2)"]


def test_the_flow_is_what_the_base_model_was_trained_with(
    make_job: MakeJob, project_path: Path, base_model: Path, tmp_path: Path
) -> None:
    assert read_job(make_job()).flow["method"] == "dis"
    model, metadata = load_checkpoint(base_model)
    raft = tmp_path / "raft.safetensors"
    with Project.open(project_path) as project:
        save_checkpoint(raft, model, replace(metadata, flow={"method": "raft-small"}))
        with pytest.raises(InputError, match="trained with raft-small flow and is finetuned on it"):
            snapshot(project, raft, small_settings(), tmp_path / "refused")
        save_checkpoint(raft, model, replace(metadata, flow={"method": "raft", "timing": "t-1->t"}))
        job = snapshot(project, raft, small_settings(), tmp_path / "published")
    assert job.flow["method"] == "dis"
    assert job.flow["timing"] == "t->t+1"
    assert "DIS flow is used" in job.split[-1]


def test_masks_are_carried_to_frames_around_that_no_other_part_is_near(make_job: MakeJob) -> None:
    job = read_job(make_job(neighbours=3))
    carried = [frame.index for frame in job.extra if frame.role == "neighbour"]
    held = [frame.index for frame in job.accepted if frame.part in ("selection", "report")]
    assert carried
    assert not set(carried) & set(ACCEPTED)
    assert all(abs(a - b) > 15 for a in carried for b in held)


def test_without_a_bundled_set_the_projects_other_frames_are_replayed(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.finetune import sampling
    from core.finetune.run import run_finetune

    monkeypatch.setattr(sampling, "read_replay", lambda folder: ReplaySet())  # pyright: ignore
    folder = make_job(replay_frames=6)
    extra = read_job(folder).extra
    assert [frame.role for frame in extra] == ["replay", "regression"] * 3
    assert not {frame.index for frame in extra} & set(ACCEPTED)
    result = run_finetune(folder)
    assert result.candidates[0].regression_j == 1.0, "the base model's own masks are the truth there"


@pytest.mark.parametrize(("accepted", "words"), [((1, 2), "accept 2 more"), ((1, 2, 3, 4), "16 frames away")])
def test_too_little_to_finetune_is_refused(
    accepted: tuple[int, ...], words: str, tmp_path: Path, clip_folder: Path, base_model: Path
) -> None:
    make_project(tmp_path / "p.cagdde", clip_folder, accepted)
    with Project.open(tmp_path / "p.cagdde") as project, pytest.raises(ProjectError, match=words):
        snapshot(project, base_model, small_settings(), tmp_path / "job")
    assert not (tmp_path / "job").exists()


def test_cancelled_leaves_neither_job_nor_samples(
    project_path: Path, base_model: Path, tmp_path: Path
) -> None:
    seen: list[int] = []
    with Project.open(project_path) as project, pytest.raises(Cancelled):
        snapshot(
            project,
            base_model,
            small_settings(),
            tmp_path / "job",
            lambda: len(seen) > 2,
            lambda done, total: seen.append(done),
        )
    assert not (tmp_path / "job" / JOB_NAME).exists()
    assert not (tmp_path / "job" / SAMPLES_NAME).exists()


def test_a_folder_with_a_job_and_a_missing_clip_are_refused(
    make_job: MakeJob, tmp_path: Path, clip_folder: Path, base_model: Path
) -> None:
    make_job("job")
    with pytest.raises(OutputError, match="holds a job already"):
        make_job("job")
    clip = tmp_path / "gone"
    shutil.copytree(clip_folder, clip)
    make_project(tmp_path / "q.cagdde", clip)
    shutil.rmtree(clip)
    with Project.open(tmp_path / "q.cagdde") as project, pytest.raises(InputError, match="gone"):
        snapshot(project, base_model, small_settings(), tmp_path / "other")


def test_a_damaged_job_is_refused_by_name(make_job: MakeJob) -> None:
    folder = make_job()
    path = folder / JOB_NAME
    whole = path.read_text()
    for text, words in (("", "damaged"), ("[]", "damaged"), (whole.replace('"index"', '"place"'), "place")):
        path.write_text(text)
        with pytest.raises(InputError, match=words):
            read_job(folder)


def test_a_document_that_cannot_be_written_leaves_the_old_one(make_job: MakeJob) -> None:
    folder = make_job()
    before = (folder / JOB_NAME).read_bytes()
    (folder / f".{JOB_NAME}.partial").mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_document(folder / JOB_NAME, read_job(folder))
    assert (folder / JOB_NAME).read_bytes() == before


def test_the_bundled_replay_set_is_whole_and_small() -> None:
    replay = read_replay(replay_folder())
    assert len(replay.trained) >= 24
    groups = Counter(pair.group for pair in replay.measured)
    assert len(groups) >= 4
    assert min(groups.values()) >= 8
    assert {pair.group for pair in replay.trained} & set(groups) == {"small"}, "no photograph is in both"
    assert all(pair.truth.any() and not pair.truth.all() for pair in (*replay.trained, *replay.measured))
    assert sum(path.stat().st_size for path in replay_folder().rglob("*.*")) < 2_000_000
