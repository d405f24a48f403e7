"""What a finetuning came to, as values that are written to and read from JSON. Nothing is computed here."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from core.errors import InputError, OutputError
from core.metrics.bootstrap import Interval
from core.training.document import from_document

RESULT_NAME = "result.json"
REPORT_NAME = "report.json"

Ending = Literal["finished", "stopped early", "cancelled"]


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of some frames, protocol `frames` for max F, S and MAE, DAVIS's for J and boundary F.

    frames: how many were measured. flicker: None where no frame had a readable predecessor.
    """

    frames: int
    max_f: float
    s_measure: float
    mae: float
    j: float
    boundary_f: float
    flicker: float | None = None


@dataclass(frozen=True, slots=True)
class ClipOutcome:
    """One clip of the report part before (base model) and after (chosen weights), and the change of J."""

    clip: str
    before: Measures
    after: Measures

    @property
    def j_gain(self) -> float:
        return self.after.j - self.before.j


@dataclass(frozen=True, slots=True)
class FrameOutcome:
    """One frame of the report part, for the wipe. The pictures' paths are relative to the job's folder.

    rgb: the frame, JPEG. truth, before, after: grey PNG of the same size: accepted mask, old map, new map.
    j_before, j_after: of the maps at 0.5.
    """

    clip: str
    index: int
    j_before: float
    j_after: float
    rgb: str
    truth: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One interpolation between the base weights (a = 0) and the tuned ones (a = 1).

    selection_j, selection_max_f: on the selection part. regression_max_f, regression_j: on the regression set.
    allowed: whether it forgets little enough. why_not: a sentence where it does not; empty otherwise.
    worst_group: of the regression set's groups the one that loses most J. group_loss: J lost there, below 0 where it
    gains.
    """

    a: float
    selection_j: float
    selection_max_f: float
    regression_max_f: float
    regression_j: float
    allowed: bool
    why_not: str = ""
    worst_group: str = ""
    group_loss: float = 0.0


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The regression set (replay frames that were never trained on) before and after, chosen weights.

    frames: how many. lost_points: points of max F lost, 100 times the difference; below 0 where it was gained.
    allowed_points: what a choice may lose. worst_group, group_loss: as of the candidate that was chosen.
    """

    frames: int
    max_f_before: float
    max_f_after: float
    j_before: float
    j_after: float
    lost_points: float
    allowed_points: float
    worst_group: str = ""
    group_loss: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well the confidence says what is reached, report part.

    of: "expected IoU" of a frame with the J of its mask, where the base model is calibrated; else "score" of a level
    and stream with the soft IoU of its side map. pairs: how many were compared. mae: their mean difference.
    error: calibration error in 10 bins of equal mass.
    """

    pairs: int
    mae_before: float
    mae_after: float
    error_before: float
    error_after: float
    of: Literal["expected IoU", "score"] = "score"

    @property
    def unit(self) -> str:
        """What is counted."""
        return "score" if self.of == "score" else "frame"


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where the weights come from. job_sha256: of job.json. project: its path when the job was made; a draft that is
    given its place later has another one. clips: names of the clips."""

    base: str
    base_sha256: str
    job_sha256: str
    project: str
    accepted_frames: int
    trained_frames: int
    clips: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FinetuneResult:
    """The whole outcome, result.json.

    outcome: how the run ended. kept_old: the old model is kept: chosen_a is 0, or the run was cancelled.
    reason: one sentence for people. candidates: every a that was compared.
    clips: report part, worst change of J first; empty where no frames could be held out for a report.
    iterations: optimiser steps done, the refit's included; planned: likewise.
    seconds: of work, pauses left out; processor_seconds: of the process, all threads.
    weights: the chosen weights, relative to the job's folder; None where the old model is kept.
    report: report.json, relative.
    """

    outcome: Ending
    kept_old: bool
    chosen_a: float
    reason: str
    lineage: Lineage
    iterations: int = 0
    planned: int = 0
    seconds: float = 0.0
    processor_seconds: float = 0.0
    candidates: tuple[Candidate, ...] = ()
    clips: tuple[ClipOutcome, ...] = ()
    overall: ClipOutcome | None = None
    forgetting: Forgetting | None = None
    calibration: Calibration | None = None
    interval: Interval | None = None
    weights: str | None = None
    report: str | None = None


@dataclass(frozen=True, slots=True)
class StepPoint:
    """One point of the training curves. terms: every term of equation 13, averaged since the last point."""

    iteration: int
    rate: float
    terms: dict[str, float]


@dataclass(frozen=True, slots=True)
class SelectionPoint:
    """One look at the selection part with the averaged weights; iteration 0 is the base model."""

    iteration: int
    j: float
    max_f: float


@dataclass(frozen=True, slots=True)
class FinetuneReport:
    """report.json: the result, the split in sentences, the curves, and the frames for the wipe, worst first."""

    result: FinetuneResult
    split: tuple[str, ...]
    steps: tuple[StepPoint, ...] = ()
    selections: tuple[SelectionPoint, ...] = ()
    frames: tuple[FrameOutcome, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict[str, Any])


Document = TypeVar("Document")


def write_document(path: Path, value: Any) -> None:
    """Write a dataclass as JSON, complete or not at all. Raises: OutputError."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(json.dumps(asdict(value), indent=1, allow_nan=False) + "\n", encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written ({error.strerror}); free space and resume.") from error


def read_document(kind: type[Document], path: Path) -> Document:
    """Read what `write_document` wrote. Raises: InputError naming the file."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is damaged ({error}); finetune again.") from error
    if not isinstance(values, dict):
        raise InputError(f"{path}: is damaged (no table); finetune again.")
    return from_document(kind, cast("dict[str, Any]", values), str(path))


def read_result(folder: Path) -> FinetuneResult:
    """The result of a job folder. Raises: InputError."""
    return read_document(FinetuneResult, folder / RESULT_NAME)


def read_report(folder: Path) -> FinetuneReport:
    """The report of a job folder. Raises: InputError."""
    return read_document(FinetuneReport, folder / REPORT_NAME)
