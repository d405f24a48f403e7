"""The finetunings of this user: where their folders are, which there were, promotion and discarding. No training."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import platformdirs

from core.errors import InputError, OutputError, StudioError
from core.finetune.job import JOB_NAME, STATE_NAME, TUNED_NAME, FinetuneJob, read_job
from core.finetune.outcome import REPORT_NAME, RESULT_NAME, FinetuneResult, read_result
from core.finetune.report import PAGE_NAME, write_page
from core.network import file_hash
from core.registry import ModelRecord, ModelRegistry

RUN_KIND = "finetune"
"""Of the entries in a project's list of runs."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """One job folder. result: None while it has not finished. model: id of the model it became, if it was promoted."""

    folder: Path
    job: FinetuneJob
    result: FinetuneResult | None
    model: str | None

    @property
    def resumable(self) -> bool:
        return self.result is None

    @property
    def begun(self) -> bool:
        """Whether there is a state to go on from."""
        return (self.folder / STATE_NAME).is_file()


def runs_folder() -> Path:
    """Where jobs are made when nobody names a folder."""
    return Path(platformdirs.user_data_dir("cagdde-studio", appauthor=False)) / "finetunings"


def new_run_folder(project: Path, parent: Path | None = None) -> Path:
    """A folder that does not exist yet, named after the project and the time."""
    stem = re.sub(r"[^\w-]+", "-", project.stem).strip("-")[:40] or "project"
    base = (parent or runs_folder()) / f"{stem}-{datetime.now():%Y%m%d-%H%M%S}"
    folder, number = base, 1
    while folder.exists():
        number += 1
        folder = base.with_name(f"{base.name}-{number}")
    return folder


def past_runs(
    project: Path | None = None, parent: Path | None = None, registry: ModelRegistry | None = None
) -> list[PastRun]:
    """The jobs there are, newest first; folders that hold none, or a damaged one, are left out.

    Args:
        project: only those of this file, and of the draft that it was before it got its place.
    """
    promoted = {
        str(record.facts.lineage.get("job_sha256")): record.id
        for record in (registry or ModelRegistry()).models()
        if record.facts.lineage
    }
    runs = [_past_run(file.parent, promoted) for file in (parent or runs_folder()).glob(f"*/{JOB_NAME}")]
    found = [run for run in runs if run is not None]
    if project is not None:
        moved = any(not Path(run.job.project).exists() for run in found)
        clips = _fingerprints(project) if moved else set[str]()
        found = [run for run in found if _is_of(run.job, project, clips)]
    return sorted(found, key=lambda run: run.job.made_at, reverse=True)


def _past_run(folder: Path, promoted: Mapping[str, str]) -> PastRun | None:
    try:
        job = read_job(folder)
        result = read_result(folder) if (folder / RESULT_NAME).is_file() else None
        return PastRun(folder, job, result, promoted.get(file_hash(folder / JOB_NAME)))
    except InputError:
        return None


def _fingerprints(project: Path) -> set[str]:
    """Of a project's clips; none where it cannot be read."""
    from core.project import Project

    try:
        with Project.open(project, read_only=True) as opened:
            return {clip.fingerprint for clip in opened.clips()}
    except StudioError:
        return set()


def _is_of(job: FinetuneJob, project: Path, clips: set[str]) -> bool:
    """By its path; a draft's path is gone once it was saved as a project, then by the clips."""
    there = Path(job.project)
    if there.exists():
        return there.resolve() == project.resolve()
    return {clip.fingerprint for clip in job.clips} <= clips


def promote(folder: Path, name: str | None = None, registry: ModelRegistry | None = None) -> ModelRecord:
    """Make the chosen weights of a finished job a model and the default; rolling back returns to the one before.

    Args:
        name: what to call it; None is as `model_name`.

    Raises: InputError: the job has no new weights. CheckpointError, OutputError: as ModelRegistry.
    """
    result = read_result(folder)
    if result.weights is None:
        raise InputError(f"{folder}: there is no new model to promote, the old one was kept. {result.reason}")
    page = folder / PAGE_NAME
    if not page.is_file() and (folder / REPORT_NAME).is_file():
        write_page(folder)
    documents = {file.name: file for file in (page, folder / REPORT_NAME) if file.is_file()}
    lineage = {**asdict(result.lineage), **run_facts(folder, result)}
    registry = registry or ModelRegistry()
    record = registry.add_finetuned(
        folder / TUNED_NAME,
        name or model_name(read_job(folder)),
        lineage,
        documents,
    )
    return registry.set_default(record.id)


def model_name(job: FinetuneJob) -> str:
    """After its clip, or its project where there are several (a draft has no name that says anything), and the time."""
    what = job.clips[0].name if len(job.clips) == 1 else Path(job.project).stem
    return f"{what} {datetime.fromtimestamp(job.made_at):%Y-%m-%d %H:%M}"


def run_facts(folder: Path, result: FinetuneResult) -> dict[str, Any]:
    """What a project's list of runs and a model's lineage remember of a finetuning, JSON-able."""
    job = read_job(folder)
    before, after = (None, None)
    if result.overall is not None:
        before, after = result.overall.before.j, result.overall.after.j
    return {
        "folder": str(folder),
        "outcome": result.outcome,
        "reason": result.reason,
        "preset": job.settings.preset,
        "base": job.base,
        "base_sha256": job.base_sha256,
        "chosen_a": result.chosen_a,
        "kept_old": result.kept_old,
        "accepted_frames": result.lineage.accepted_frames,
        "j_before": before,
        "j_after": after,
        "gain": result.interval.words if result.interval else "not measured",
    }


def discard(folder: Path) -> None:
    """Delete a job and all that it made; a model that it became stays. Raises InputError, OutputError."""
    if not (folder / JOB_NAME).is_file():
        raise InputError(f"{folder}: is not the folder of a finetuning.")
    try:
        (folder / JOB_NAME).unlink()  # first: what is left of a folder that is half deleted is no job
        shutil.rmtree(folder)
    except OSError as error:
        raise OutputError(f"{folder} cannot be deleted ({error.strerror}): close what uses it.") from error
