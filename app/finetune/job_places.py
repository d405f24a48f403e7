"""Where the jobs of finetunings lie, which of them belong to a project, what was decided of each. No Qt here.

A job whose result waits for a decision is kept with its pictures; a decided one is marked, and its samples are gone.
"""

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from core.errors import StudioError

if TYPE_CHECKING:
    from core.finetune.job import FinetuneJob

_DECISION = "decision.txt"
_LARGE = ("samples", "state.pt", "tuned.safetensors")
"""Of no use once a result was promoted or discarded."""


def jobs_folder() -> Path:
    """Where this user's jobs are."""
    return Path(platformdirs.user_data_dir("cagdde-studio", appauthor=False)) / "finetuning"


def new_job_folder(project: Path) -> Path:
    """A folder that is not there yet, named after the project and the time."""
    plain = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in project.stem)[:40]
    stem = f"{plain}-{time.strftime('%Y%m%d-%H%M%S')}"
    folder, number = jobs_folder() / stem, 2
    while folder.exists():
        folder, number = jobs_folder() / f"{stem}-{number}", number + 1
    return folder


def open_jobs(project: Path) -> list[Path]:
    """Jobs of a project of which nothing was decided yet, newest first; damaged ones are left out."""
    found = [
        (job.made_at, folder)
        for folder, job in _jobs()
        if Path(job.project) == project and not decision_of(folder)
    ]
    return [folder for _, folder in sorted(found, reverse=True)]


def has_result(folder: Path) -> bool:
    """Whether a job has come to its end."""
    from core.finetune.outcome import RESULT_NAME

    return (folder / RESULT_NAME).is_file()


def decision_of(folder: Path) -> str:
    """What was decided of a job's result; empty while nothing was."""
    try:
        return (folder / _DECISION).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def decide(folder: Path, decision: str) -> None:
    """Note what was decided; report and pictures stay, what only training needs goes."""
    (folder / _DECISION).write_text(decision + "\n", encoding="utf-8")
    for name in _LARGE:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def remove(folder: Path) -> None:
    """Remove a job with everything that it has written. Harmless where it is gone."""
    if folder.parent == jobs_folder():
        shutil.rmtree(folder, ignore_errors=True)


def saved_iteration(folder: Path) -> int | None:
    """The iteration that a run would go on from; None where none was saved."""
    from core.finetune.job import STATE_NAME
    from core.training.state import load_state

    if not (folder / STATE_NAME).is_file():
        return None
    try:
        return int(load_state(folder / STATE_NAME)["progress"]["iteration"])
    except (StudioError, KeyError, TypeError, ValueError):
        return None


def _jobs() -> list[tuple[Path, "FinetuneJob"]]:
    from core.finetune.job import JOB_NAME, read_job

    found: list[tuple[Path, FinetuneJob]] = []
    for path in jobs_folder().glob(f"*/{JOB_NAME}"):
        try:
            found.append((path.parent, read_job(path.parent)))
        except StudioError:
            continue
    return found
