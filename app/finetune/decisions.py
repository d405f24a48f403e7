"""What follows a finetuning: promoted or discarded, remembered by its project; what an earlier start has left.

Runs in a queue's thread, Qt-free. Jobs and registry are core's.
"""

import contextlib
import logging
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from app.finetune.records import BrokenRun, FinishedRun, PastRun
from core.errors import StudioError

if TYPE_CHECKING:
    from core.finetune.ending import FinetuneEnding
    from core.project import Project, Run
    from core.registry import ModelRecord

PROMOTED, DISCARDED, KEPT_OLD = "promoted", "discarded", "kept the old model"
_log = logging.getLogger(__name__)


def promote(folder: Path, project: "Project | None") -> "ModelRecord":
    """Keep a job's new weights as a model and make it the default.

    Args:
        project: the open one; the file of the job's project is opened where that is another.

    Raises: StudioError: the registry cannot be written, or the weights are damaged.
    """
    from core.finetune import history

    record = history.promote(folder)
    _remember(folder, project, PROMOTED, record.id)
    return record


def discard(folder: Path, project: "Project | None") -> None:
    """Remember that the result was not wanted, and remove it. Raises: StudioError."""
    from core.finetune import history

    _remember(folder, project, DISCARDED)
    history.discard(folder)


def keep_old(folder: Path, project: "Project | None") -> None:
    """Remember that the old model was kept; the report stays."""
    _remember(folder, project, KEPT_OLD)


def _remember(folder: Path, project: "Project | None", decision: str, model: str = "") -> None:
    """Add the run to its project. A project that cannot be written to does not hold the decision up."""
    from core.finetune.history import RUN_KIND, run_facts
    from core.finetune.job import read_job
    from core.finetune.outcome import read_result
    from core.project import Project

    job = read_job(folder)
    facts = {**run_facts(folder, read_result(folder)), "decision": decision, "model": model}
    try:
        moved = not Path(job.project).exists()  # a draft that was given its place
        if project is not None and (moved or project.path == Path(job.project)):
            project.add_run(RUN_KIND, facts)
        else:
            with Project.open(job.project) as opened:
                opened.add_run(RUN_KIND, facts)
    except StudioError as error:
        _log.warning("the run is not noted in its project: %s", error)


def page_of(folder: Path) -> Path:
    """The job's report as a page for the browser, written when it is first asked for. Raises: StudioError."""
    from core.finetune.report import PAGE_NAME, write_page

    page = folder / PAGE_NAME
    return page if page.is_file() else write_page(folder)


# Runs that broke off, and results that wait


def read_finished(folder: Path) -> FinishedRun:
    """The result of a job. Raises: InputError."""
    from core.finetune.outcome import read_report

    return FinishedRun(folder, read_report(folder))


def broken_run(folder: Path, ending: "FinetuneEnding") -> BrokenRun:
    """How a run broke off, and where it would go on."""
    return BrokenRun(folder, ending.reason + _goes_on(folder, ending.resumable), ending.resumable)


def left_over(project: Path) -> BrokenRun | FinishedRun | None:
    """The latest job of a project, if it is not finished or its result is not decided on."""
    if not _any_jobs():
        return None
    from core.finetune import history

    runs = history.past_runs(project)
    if not runs:
        return None
    run = runs[0]
    if run.resumable:
        what = f"{len(run.job.accepted)} frames of {run.job.clips[0].name}"
        more = len(run.job.clips) - 1
        what += f" and {more} more clip{'' if more == 1 else 's'}" if more else ""
        sentence = f"A finetuning on {what} was not finished." + _goes_on(run.folder, True)
        return BrokenRun(run.folder, sentence, True)
    waits = run.result is not None and run.result.weights is not None and run.model is None
    with contextlib.suppress(StudioError):
        return read_finished(run.folder) if waits else None
    return None


def remove(folder: Path) -> None:
    """Remove a job with everything that it has written, also one whose preparation was cancelled."""
    shutil.rmtree(folder, ignore_errors=True)


def _goes_on(folder: Path, resumable: bool) -> str:
    if not resumable:
        return ""
    iteration = _saved_iteration(folder)
    if iteration:
        return f" Resume goes on from iteration {iteration}."
    return " Resume begins again with the same frames."


def _saved_iteration(folder: Path) -> int | None:
    from core.finetune.job import REFIT_STATE_NAME, STATE_NAME
    from core.training.state import load_state

    states = [folder / name for name in (STATE_NAME, REFIT_STATE_NAME) if (folder / name).is_file()]
    try:
        return sum(int(load_state(state)["progress"]["iteration"]) for state in states) or None
    except (StudioError, KeyError, TypeError, ValueError):
        return None


def _any_jobs() -> bool:
    """Whether there may be a job at all: without one nothing heavy is loaded when a clip opens."""
    return any(Path(platformdirs.user_data_dir("cagdde-studio", appauthor=False)).glob("finetunings/*"))


# History


def past_runs(project: "Project | None") -> tuple[PastRun, ...]:
    """The finetunings that a project remembers, newest first."""
    runs = [] if project is None else project.runs()
    if not runs:
        return ()
    from core.finetune import history
    from core.registry import ModelRegistry

    runs = [run for run in runs if run.kind == history.RUN_KIND]
    models = {record.id: record for record in ModelRegistry().models()}
    became = {str(run.folder): run.model for run in history.past_runs()}
    return tuple(_past_run(run, models, became) for run in reversed(runs))


def _past_run(run: "Run", models: "dict[str, ModelRecord]", became: dict[str, str | None]) -> PastRun:
    facts = run.facts
    model = str(facts.get("model") or became.get(str(facts.get("folder"))) or "")
    standing = "" if not model else "deleted"
    if model in models:
        standing = "default" if models[model].is_default else "listed"
    before, after = facts.get("j_before"), facts.get("j_after")
    measured = before is not None and after is not None
    names = {record.facts.sha256: record.name for record in models.values()}
    decision = str(facts.get("decision", "")) or (PROMOTED if model else "")
    if facts.get("kept_old"):
        decision = KEPT_OLD
    return PastRun(
        run.id,
        run.made_at,
        decision,
        str(facts.get("reason", "")),
        f"J {before:.3f} → {after:.3f}" if measured else "not measured",
        f"{facts.get('accepted_frames', 0)} accepted frames",
        names.get(str(facts.get("base_sha256")), Path(str(facts.get("base", ""))).stem),
        model,
        standing,
    )
