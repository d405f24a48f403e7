"""One finetuning from a job folder to its result: trial, choice, refit, report. Its two trainings: trainings.py."""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from core.errors import Cancelled
from core.finetune.choose import Choice, check_refit, choose, interpolated
from core.finetune.conclusion import Conclusion
from core.finetune.control import Attention, Control, Event, Uncontrolled
from core.finetune.event_log import EventLog
from core.finetune.job import JOB_NAME, TUNED_NAME, FinetuneJob, FinetuneSettings, read_job
from core.finetune.material import JobMaterial
from core.finetune.measure import FrameRunner
from core.finetune.outcome import REPORT_NAME, RESULT_NAME, FinetuneResult, Lineage
from core.finetune.progress import Progress
from core.finetune.reporting import PICTURES_NAME, ReportPart, measure_report
from core.finetune.trainer import FinetuneTrainer
from core.finetune.trainings import Trainings, follow, may_refit, tell_followers
from core.finetune.view_store import ViewStore
from core.network import CagDde, file_hash
from core.training.distributed import CANCEL, join_ranks, leave_ranks
from core.training.run import pick_device


def run_finetune(
    folder: Path, emit: Callable[[Event], None] = lambda event: None, control: Control | None = None
) -> FinetuneResult:
    """Finetune as a job says; called again on the same folder it goes on where it was.

    Args:
        folder: with job.json and samples/; gets events.jsonl, state.pt, refit.pt and views/, and when the run is
            through tuned.safetensors (the chosen weights, none where the old model is kept), result.json,
            report.json and report/; views/ is gone then.
        emit: called with every event, {"event": ..., "time": seconds since 1970, ...}; see docs/finetuning.md.
        control: asked at every step.

    Returns:
        The result; with the outcome "cancelled" only what to resume from is left in the folder.

    Raises:
        StudioError: the job, its weights, a sample or the device cannot be used.
    """

    log = EventLog(folder, emit)

    def timed(event: Event) -> None:
        log.take({"time": time.time(), **event})

    attention = Attention(control or Uncontrolled(), timed)
    run = FinetuneRun(folder, timed, attention)
    try:
        result = run.go() if run.ranks.first else run.follow()
    except Cancelled as reason:
        run.ranks.agree(CANCEL)
        result = FinetuneResult("cancelled", True, 0.0, str(reason), run.lineage)
    finally:
        leave_ranks()
    if not run.ranks.first:
        return result
    if result.outcome == "cancelled":
        run.sweep()
    timed(
        {
            "event": "finished",
            "outcome": result.outcome,
            "chosen_a": result.chosen_a,
            "kept_old": result.kept_old,
            "reason": result.reason,
        }
    )
    return result


class FinetuneRun:
    """The run of one job folder."""

    def __init__(self, folder: Path, emit: Callable[[Event], None], attention: Attention) -> None:
        self.folder, self.emit, self.attention = folder, emit, attention
        self.job: FinetuneJob = read_job(folder)
        self.settings: FinetuneSettings = self.job.settings
        self.ranks, device = join_ranks(self.settings.device)
        self.device = pick_device(device)
        if self.settings.threads is not None:
            torch.set_num_threads(self.settings.threads)
        key = file_hash(folder / JOB_NAME)
        self.views = ViewStore(folder, key)
        self.material = JobMaterial(folder, self.job, self.device, self.views)
        self.base = self.material.base
        self.planned = self.settings.iterations * (2 if may_refit(self.job) else 1)
        self.lineage = Lineage(
            self.job.base,
            self.job.base_sha256,
            key,
            self.job.project,
            len(self.job.accepted),
            len(self.job.of_part("train")),
            tuple(clip.name for clip in self.job.clips),
        )

    def go(self) -> FinetuneResult:
        """Trial, choice, refit, report."""
        started = time.monotonic(), time.process_time()
        self._announce()
        wrong = self.material.contradiction()
        if wrong is not None:
            return self._keep_old(wrong, started)
        selection = self.material.runner(self.material.frames("selection"))
        regression = self.material.runner(self.material.regression_frames())
        trainings = self._trainings(partial(self._tell, "preparing"))
        trial = trainings.trial(selection, self.attention)
        choice = self._choose(trial, selection, regression)
        tuned, done = trial.best, trial.progress.iteration
        wants_refit = may_refit(self.job) and choice.a > 0 and not trial.progress.stopped
        tell_followers(self.ranks, (done, trial.progress.best_iteration) if wants_refit else None)
        if wants_refit:
            tuned, choice = self._refit(trainings, trial, choice, selection, regression)
        elif not trial.progress.stopped:
            self.planned = done
        self.ranks.ended = True
        chosen = interpolated(self.base, tuned, choice.a)
        return self._conclude(trial.progress, chosen, choice, started)

    def _keep_old(self, reason: str, started: tuple[float, float]) -> FinetuneResult:
        """Without any training: the labels cannot be learnt from."""
        self.ranks.ended = True
        self.planned, self.lineage = 0, replace(self.lineage, trained_frames=0)
        return self._conclude(Progress(), self.base, Choice(0.0, reason), started)

    def _conclude(
        self, progress: Progress, chosen: CagDde, choice: Choice, started: tuple[float, float]
    ) -> FinetuneResult:
        part = self._report(chosen)
        conclusion = Conclusion(
            self.job,
            self.lineage,
            self.material.metadata,
            progress,
            self.planned,
            chosen,
            choice,
            part,
            time.monotonic() - started[0] - self.attention.paused_seconds,
            time.process_time() - started[1],
        )
        result = conclusion.write(self.folder)
        self.views.clear()
        return result

    def follow(self) -> FinetuneResult:
        """The part of every rank but the first: its share of the steps."""
        if self.material.contradiction() is None:
            follow(self._trainings(_unheard), self.ranks, self.attention)
        return FinetuneResult("finished", True, 0.0, "The first rank wrote the result.", self.lineage)

    def sweep(self) -> None:
        """Leave nothing but the job and the states of an unfinished run."""
        for name in (TUNED_NAME, RESULT_NAME, REPORT_NAME):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / PICTURES_NAME, ignore_errors=True)

    def _trainings(self, on_view: Callable[[int, int], None]) -> Trainings:
        return Trainings(self.folder, self.job, self.material, self.ranks, self.emit, on_view)

    def _announce(self) -> None:
        settings = self.settings
        self.emit(
            {
                "event": "started",
                "device": str(self.device),
                "threads": torch.get_num_threads(),
                "iterations": self.planned,
                "batch": settings.batch,
                "side": settings.side,
                "preset": settings.preset,
                "heads_only": settings.heads_only,
                "split": list(self.job.split),
            }
        )

    def _choose(self, trainer: FinetuneTrainer, selection: FrameRunner, regression: FrameRunner) -> Choice:
        return choose(
            self.base,
            trainer.best,
            selection,
            regression,
            self.settings,
            lambda candidate: self.emit({"event": "choosing", **asdict(candidate)}),
            self._ask,
        )

    def _refit(
        self,
        trainings: Trainings,
        trial: FinetuneTrainer,
        choice: Choice,
        selection: FrameRunner,
        regression: FrameRunner,
    ) -> tuple[dict[str, Tensor], Choice]:
        """Train again from the base with all frames but the report's, as long as proved best. See docs/adr/0011.

        Returns:
            The weights and the choice; those of the trial where the refit forgets too much or was stopped early.
        """
        done, steps = trial.progress.iteration, trial.progress.best_iteration
        self.planned = done + steps
        self.emit({"event": "refit", "after": done, "steps": steps, "iterations": self.planned})
        refit = trainings.refit(done, steps, self.attention)
        trial.progress.steps += [
            replace(point, iteration=done + point.iteration) for point in refit.progress.steps
        ]
        if refit.progress.stopped:
            trial.progress.stopped = True
            return trial.best, choice
        checked = check_refit(self.base, refit.best, choice, selection, regression, self.settings, self._ask)
        if checked is None:
            return trial.best, choice
        trained = [frame for frame in self.job.accepted if frame.training]
        self.lineage = replace(self.lineage, trained_frames=len(trained))
        return refit.best, checked

    def _report(self, chosen: CagDde) -> ReportPart:
        frames = self.material.frames("report")
        done = 0

        def on_frame() -> None:
            nonlocal done
            done += 1
            self._tell("reporting", done, 2 * len(frames))

        runner, calibration = self.material.runner(frames), self.material.metadata.calibration
        return measure_report(self.base, chosen, runner, self.folder, on_frame, calibration)

    def _tell(self, event: str, done: int, total: int) -> None:
        self.emit({"event": event, "done": done, "total": total})
        self._ask()

    def _ask(self) -> None:
        """Hear a pause or cancel where there is nothing to stop early."""
        self.attention.ask()


def _unheard(done: int, total: int) -> None:
    """The first rank alone tells how far the preparation is."""
