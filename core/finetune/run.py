"""One finetuning from a job folder to its result: trial, choice, refit, report. The loop is in trainer."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor

from core.errors import Cancelled
from core.finetune.choose import Choice, check_refit, choose, interpolated
from core.finetune.conclusion import Conclusion
from core.finetune.control import Attention, Control, Event, Uncontrolled
from core.finetune.job import (
    JOB_NAME,
    REFIT_STATE_NAME,
    STATE_NAME,
    TUNED_NAME,
    FinetuneJob,
    FinetuneSettings,
    Part,
    read_job,
)
from core.finetune.material import JobMaterial
from core.finetune.measure import FrameRunner
from core.finetune.outcome import REPORT_NAME, RESULT_NAME, FinetuneResult, Lineage
from core.finetune.probe import ProbeResult
from core.finetune.ranks import CANCEL, join_ranks, leave_ranks
from core.finetune.reporting import PICTURES_NAME, ReportPart, measure_report
from core.finetune.trainer import FinetuneTrainer, Progress
from core.finetune.views import View
from core.network import CagDde, file_hash
from core.training.run import pick_device

_TRIAL_PARTS: tuple[Part, ...] = ("train",)
_REFIT_PARTS: tuple[Part, ...] = ("train", "gap", "selection")


def run_finetune(
    folder: Path, emit: Callable[[Event], None] = lambda event: None, control: Control | None = None
) -> FinetuneResult:
    """Finetune as a job says; called again on the same folder it goes on where it was.

    Args:
        folder: with job.json and samples/; gets state.pt and refit.pt, and when the run is through
            tuned.safetensors (the chosen weights, none where the old model is kept), result.json, report.json and
            report/.
        emit: called with every event, {"event": ..., "time": seconds since 1970, ...}.
        control: asked at every step.

    Returns:
        The result; with the outcome "cancelled" only the states are left in the folder, to resume from.

    Raises:
        StudioError: the job, its weights, a sample or the device cannot be used.
    """

    def timed(event: Event) -> None:
        emit({"time": time.time(), **event})

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
        self.material = JobMaterial(folder, self.job, self.device)
        self.base = self.material.base
        self.planned = self.settings.iterations
        self.key = file_hash(folder / JOB_NAME)
        self.lineage = Lineage(
            self.job.base,
            self.job.base_sha256,
            self.key,
            self.job.project,
            len(self.job.accepted),
            len(self.job.of_part("train")),
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
        probe = self._probe()
        replay = self.material.replay_views(probe.side, self._prepared)
        trial = self._trainer(probe, selection, replay, _TRIAL_PARTS)
        trial.run(self.attention)
        choice = self._choose(trial, selection, regression)
        tuned = trial.best
        wants_refit = self._wants_refit(trial, choice)
        self.ranks.agree(str(trial.progress.best_iteration) if wants_refit else "")
        if wants_refit:
            tuned, choice = self._refit(probe, trial, choice, selection, regression)
        self.ranks.ended = True
        chosen = interpolated(self.base, tuned, choice.a)
        return self._conclude(trial.progress, chosen, choice, started)

    def _keep_old(self, reason: str, started: tuple[float, float]) -> FinetuneResult:
        """Without any training: the labels cannot be learnt from."""
        self.ranks.ended = True
        choice = Choice(0.0, reason, (), None)
        return self._conclude(Progress(), self.base, choice, started)

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
        return conclusion.write(self.folder)

    def follow(self) -> FinetuneResult:
        """The part of every rank but the first: its share of the steps."""
        if self.material.contradiction() is not None:
            return self._followed()
        probe = self._probe()
        replay = self.material.replay_views(probe.side, _unheard)
        trial = self._trainer(probe, None, replay, _TRIAL_PARTS)
        trial.run(self.attention)
        steps = self.ranks.agree("")
        if steps == CANCEL:
            raise Cancelled("The finetuning was cancelled.")
        if steps:
            refit = self._trainer(probe, None, replay, _REFIT_PARTS, (1, 1))
            refit.run(self.attention, int(steps))
        return self._followed()

    def _followed(self) -> FinetuneResult:
        return FinetuneResult("finished", True, 0.0, "The first rank wrote the result.", self.lineage)

    def sweep(self) -> None:
        """Leave nothing but the job and the states of an unfinished run."""
        for name in (TUNED_NAME, RESULT_NAME, REPORT_NAME):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / PICTURES_NAME, ignore_errors=True)

    def _probe(self) -> ProbeResult:
        """What fits, of one size on all ranks."""
        result = self.material.probe()
        result = replace(result, side=int(self.ranks.agree(str(result.side))))
        if self.ranks.first:
            self.emit({"event": "probe", **asdict(result)})
        return result

    def _announce(self) -> None:
        settings = self.settings
        self.emit(
            {
                "event": "started",
                "device": str(self.device),
                "threads": torch.get_num_threads(),
                "iterations": settings.iterations,
                "batch": settings.batch,
                "side": settings.side,
                "preset": settings.preset,
                "heads_only": settings.heads_only,
                "split": list(self.job.split),
            }
        )

    def _trainer(
        self,
        probe: ProbeResult,
        selection: FrameRunner | None,
        replay: Sequence[View],
        parts: Sequence[Part],
        planned: tuple[int, int] = (0, 0),
    ) -> FinetuneTrainer:
        """A training on some parts, where it was if it has begun. planned: steps done before it, and in all."""
        on_view = self._prepared if self.ranks.first else _unheard
        corrected = self.material.corrected_views(probe.side, parts, on_view)
        state = self.folder / (STATE_NAME if parts == _TRIAL_PARTS else REFIT_STATE_NAME)
        trainer = FinetuneTrainer(
            self.base,
            self.settings,
            corrected,
            replay,
            selection,
            self.device,
            state,
            self.key,
            self.emit,
            *planned,
            self.ranks,
        )
        trainer.progress.accumulate = probe.accumulate
        if state.exists():
            trainer.resume()
        return trainer

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

    def _wants_refit(self, trial: FinetuneTrainer, choice: Choice) -> bool:
        held = [frame for frame in self.job.accepted if frame.part != "train" and frame.training]
        return self.settings.refit and choice.a > 0 and bool(held) and not trial.progress.stopped

    def _refit(
        self,
        probe: ProbeResult,
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
        refit = self._trainer(probe, None, trial.replay, _REFIT_PARTS, (done, done + steps))
        refit.run(self.attention, steps)
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

        return measure_report(self.base, chosen, self.material.runner(frames), self.folder, on_frame)

    def _prepared(self, done: int, total: int) -> None:
        self._tell("preparing", done, total)

    def _tell(self, event: str, done: int, total: int) -> None:
        self.emit({"event": event, "done": done, "total": total})
        self._ask()

    def _ask(self) -> None:
        """Hear a pause or cancel where there is nothing to stop early."""
        self.attention.ask()


def _unheard(done: int, total: int) -> None:
    """The first rank alone tells how far the preparation is."""
