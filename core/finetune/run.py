"""One finetuning from a job folder to its result: prepare, train, choose, report. The loop is in trainer."""

import copy
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from torch import Tensor

from core.datasets.sample import IGNORE, load_sample
from core.errors import Cancelled, CheckpointError, InputError
from core.finetune.choose import Choice, check_refit, choose, interpolated
from core.finetune.control import Attention, Control, Event, Uncontrolled
from core.finetune.frames import EvaluationFrame, load_frame
from core.finetune.groups import EncoderCut, frozen_stages, prepare_model
from core.finetune.job import (
    JOB_NAME,
    REFIT_STATE_NAME,
    SAMPLES_NAME,
    STATE_NAME,
    TUNED_NAME,
    FinetuneJob,
    FinetuneSettings,
    Part,
    read_job,
)
from core.finetune.measure import FrameRunner, map_u8
from core.finetune.outcome import (
    REPORT_NAME,
    RESULT_NAME,
    Ending,
    FinetuneReport,
    FinetuneResult,
    Lineage,
    write_document,
)
from core.finetune.probe import ProbeResult, free_memory, probe_memory
from core.finetune.reporting import PICTURES_NAME, ReportPart, measure_report
from core.finetune.trainer import FinetuneTrainer
from core.finetune.views import View, ViewFactory, Weighted, plan_views
from core.masks.layer import salient_mask
from core.network import (
    CagDde,
    CheckpointMetadata,
    file_hash,
    load_checkpoint,
    network_input_size,
    save_checkpoint,
)
from core.network.objective import ObjectiveSettings, Targets, objective
from core.network.preprocess import normalise
from core.training.run import pick_device
from core.types import SizeHW

_FEATURE_SHARE = 0.25
"""Of the free memory that kept features may take; where it is not known, as many bytes as below."""
_FEATURE_BYTES = 1 << 30
_FLOW = {"method": "dis", "timing": "t->t+1", "radius_floor_px": 1.0}
"""What the samples of a job were made with, as the program runs it."""


def run_finetune(
    folder: Path, emit: Callable[[Event], None] = lambda event: None, control: Control | None = None
) -> FinetuneResult:
    """Finetune as a job says; called again on the same folder it goes on where it was.

    Args:
        folder: with job.json and samples/; gets state.pt, and when the run is through tuned.safetensors (the
            chosen weights, none where the old model is kept), result.json, report.json and report/.
        emit: called with every event, {"event": ..., "time": seconds since 1970, ...}.
        control: asked at every step.

    Returns:
        The result; with the outcome "cancelled" only the state is left in the folder, to resume from.

    Raises:
        StudioError: the job, its weights, a sample or the device cannot be used.
    """

    def timed(event: Event) -> None:
        emit({"time": time.time(), **event})

    attention = Attention(control or Uncontrolled(), timed)
    run = FinetuneRun(folder, timed, attention)
    try:
        result = run.go()
    except Cancelled as reason:
        run.sweep()
        result = FinetuneResult("cancelled", True, 0.0, str(reason), run.lineage)
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
        self.device = pick_device(self.settings.device)
        if self.settings.threads is not None:
            torch.set_num_threads(self.settings.threads)
        self.base, self.metadata = _load_base(self.job)
        self.base.to(self.device).to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.key = file_hash(folder / JOB_NAME)
        trained = len(self.job.of_part("train"))
        self.lineage = Lineage(
            self.job.base,
            self.job.base_sha256,
            self.key,
            self.job.project,
            len(self.job.accepted),
            trained,
        )

    def go(self) -> FinetuneResult:
        """Trial, choice, refit, report."""
        started = time.monotonic(), time.process_time()
        self._announce()
        cut = EncoderCut(self.base, frozen_stages(self.settings))
        budget = self._feature_budget() / 4
        selection = self._runner(cut, self._frames("selection"), budget)
        regression = self._runner(cut, self._regression_frames(), budget)
        probe = self._probe()
        trial = self._trainer(cut, probe, selection, ("train",))
        trial.run(self.attention)
        choice = self._choose(trial, selection, regression)
        tuned = trial.best
        if self._wants_refit(trial, choice):
            tuned, choice = self._refit(cut, probe, trial, choice, selection, regression)
        chosen = interpolated(self.base, tuned, choice.a)
        part = self._report(chosen, cut)
        spent = (
            time.monotonic() - started[0] - self.attention.paused_seconds,
            time.process_time() - started[1],
        )
        return self._conclude(trial, chosen, choice, part, spent)

    def _trainer(
        self,
        cut: EncoderCut,
        probe: ProbeResult,
        selection: FrameRunner | None,
        parts: Sequence[Part],
        planned: tuple[int, int] = (0, 0),
    ) -> FinetuneTrainer:
        """A training on some parts, where it was if it has begun. planned: steps done before it, and in all."""
        corrected, replay = self._views(cut, probe.side, self._feature_budget() / 4, parts)
        state = self.folder / (REFIT_STATE_NAME if selection is None else STATE_NAME)
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
        )
        trainer.progress.accumulate = probe.accumulate
        if state.exists():
            trainer.resume()
        return trainer

    def _wants_refit(self, trial: FinetuneTrainer, choice: Choice) -> bool:
        held = [frame for frame in self.job.accepted if frame.part != "train" and frame.training]
        return self.settings.refit and choice.a > 0 and bool(held) and not trial.progress.stopped

    def _refit(
        self,
        cut: EncoderCut,
        probe: ProbeResult,
        trial: FinetuneTrainer,
        choice: Choice,
        selection: FrameRunner,
        regression: FrameRunner,
    ) -> tuple[dict[str, Tensor], Choice]:
        """Train again from the base with all frames but the report's, as long as proved best. See docs/adr/0008.

        Returns:
            The weights and the choice; those of the trial where the refit forgets too much or was stopped early.
        """
        steps = trial.progress.best_iteration
        planned = trial.progress.iteration, trial.progress.iteration + steps
        refit = self._trainer(cut, probe, None, ("train", "gap", "selection"), planned)
        refit.run(self.attention, steps)
        trial.progress.steps += [
            replace(point, iteration=planned[0] + point.iteration) for point in refit.progress.steps
        ]
        if refit.progress.stopped:
            trial.progress.stopped = True
            return trial.best, choice
        checked = check_refit(self.base, refit.best, choice, selection, regression, self.settings, self._ask)
        return (trial.best, choice) if checked is None else (refit.best, checked)

    def sweep(self) -> None:
        """Leave nothing but the job and the state of an unfinished run."""
        for name in (TUNED_NAME, RESULT_NAME, REPORT_NAME):
            (self.folder / name).unlink(missing_ok=True)
        shutil.rmtree(self.folder / PICTURES_NAME, ignore_errors=True)

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

    def _probe(self) -> ProbeResult:
        """Try one sample on a copy of the model, whose gradients are then gone with it."""
        model = copy.deepcopy(self.base)
        prepare_model(model, self.settings)
        cut = EncoderCut(model, frozen_stages(self.settings))

        def forward(side: int) -> torch.Tensor:
            size_hw = self._training_size(side)
            blank = torch.zeros(2, *size_hw, 3, dtype=torch.uint8)
            pictures = normalise(blank.to(self.device))
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.mixed_precision):
                output = model.heads(cut.rest(cut.frozen(pictures)), size_hw)
            truth = torch.zeros(1, 1, *size_hw, device=self.device)
            targets = Targets(truth, truth, torch.ones_like(truth), torch.ones(1, device=self.device))
            return objective(output, targets, ObjectiveSettings())["total"]

        result = probe_memory(forward, self.settings.side, self.settings.batch, free_memory(self.device))
        self.emit({"event": "probe", **asdict(result)})
        return result

    def _training_size(self, side: int) -> SizeHW:
        """The shape of the clip that trains most."""
        clips = [frame.clip for frame in self.job.of_part("train")]
        largest = max(set(clips), key=lambda number: (clips.count(number), -number))
        shape = next(clip.size_hw for clip in self.job.clips if clip.number == largest)
        return network_input_size(self.base.config, shape, side)

    def _views(
        self, cut: EncoderCut, side: int, budget: float, parts: Sequence[Part]
    ) -> tuple[list[View], list[View]]:
        """Of the corrected frames of some parts, and of the replay frames."""
        settings = self.settings
        replay = [
            self._weighted(frame.sample, 1.0, True) for frame in self.job.extra if frame.role == "replay"
        ]
        factory = ViewFactory(
            self.base,
            cut,
            self._training_size(side),
            self.device,
            settings.seed,
            settings.mixed_precision,
            budget,
        )
        needed = settings.iterations * settings.batch // 2
        groups = (self._corrected(parts), replay)
        plans = [plan_views(len(samples), settings.views, needed) for samples in groups]
        total, views = sum(map(len, plans)), list[list[View]]()
        for kind, (samples, plan) in enumerate(zip(groups, plans, strict=True)):
            made: list[View] = []
            for view in factory.views(samples, plan, kind):
                made.append(view)
                self._tell("preparing", sum(map(len, views)) + len(made), total)
            views.append(made)
        return views[0], views[1]

    def _corrected(self, parts: Sequence[Part]) -> list[Weighted]:
        """The accepted frames of some parts, and the frames that the masks of the training part were carried to."""
        frames = [frame for frame in self.job.accepted if frame.part in parts and frame.training]
        accepted = [self._weighted(frame.training, 1.0, False) for frame in frames]
        weight = self.settings.neighbour_weight
        carried = [
            self._weighted(frame.sample, weight, False)
            for frame in self.job.extra
            if frame.role == "neighbour"
        ]
        return accepted + carried

    def _weighted(self, name: str, weight: float, distil: bool) -> Weighted:
        path = self.folder / SAMPLES_NAME / name
        try:
            return Weighted(load_sample(path), weight, distil)
        except (OSError, ValueError, KeyError) as error:
            raise InputError(
                f"{path}: the job's sample cannot be read ({error}); make the job again."
            ) from error

    def _frames(self, part: Part) -> list[EvaluationFrame]:
        names = [frame.measured for frame in self.job.accepted if frame.part == part]
        return [load_frame(self.folder / SAMPLES_NAME / name) for name in names]

    def _regression_frames(self) -> list[EvaluationFrame]:
        """With their own ground truth, or, where nobody drew one, the base model's mask."""
        names = [frame.sample for frame in self.job.extra if frame.role == "regression"]
        frames = [load_frame(self.folder / SAMPLES_NAME / name) for name in names]
        return [_with_own_truth(frame, self.base, self.device) for frame in frames]

    def _runner(self, cut: EncoderCut, frames: Sequence[EvaluationFrame], budget: float) -> FrameRunner:
        return FrameRunner(frames, cut, self.device, budget)

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

    def _report(self, chosen: CagDde, cut: EncoderCut) -> ReportPart:
        frames = self._frames("report")
        done = 0

        def on_frame() -> None:
            nonlocal done
            done += 1
            self._tell("reporting", done, 2 * len(frames))

        return measure_report(self.base, chosen, self._runner(cut, frames, 0), self.folder, on_frame)

    def _conclude(
        self,
        trial: FinetuneTrainer,
        chosen: CagDde,
        choice: Choice,
        part: ReportPart,
        spent: tuple[float, float],
    ) -> FinetuneResult:
        progress = trial.progress
        outcome: Ending = "stopped early" if progress.stopped else "finished"
        result = FinetuneResult(
            outcome,
            choice.a == 0,
            choice.a,
            choice.reason,
            self.lineage,
            len(progress.steps),
            self.settings.iterations,
            round(spent[0], 2),
            round(spent[1], 2),
            choice.candidates,
            part.clips,
            part.overall,
            choice.forgetting,
            part.calibration,
            part.interval,
            None if choice.a == 0 else TUNED_NAME,
            REPORT_NAME,
        )
        if result.weights is not None:
            save_checkpoint(self.folder / TUNED_NAME, chosen, self._tuned_metadata(result))
        report = FinetuneReport(
            result,
            self.job.split,
            tuple(progress.steps),
            tuple(progress.selections),
            part.frames,
            asdict(self.settings),
        )
        write_document(self.folder / REPORT_NAME, report)
        write_document(self.folder / RESULT_NAME, result)
        return result

    def _tuned_metadata(self, result: FinetuneResult) -> CheckpointMetadata:
        training = {
            "finetuned": asdict(self.lineage),
            "settings": asdict(self.settings),
            "iterations": result.iterations,
            "a": result.chosen_a,
            "base_training": self.metadata.training,
        }
        metrics = {"finetune": {clip.clip: asdict(clip) for clip in result.clips}}
        flow = self.metadata.flow if self.metadata.flow.get("method") == "dis" else _FLOW
        return replace(
            self.metadata, flow=flow, training=training, metrics=metrics, parent=self.job.base_sha256
        )

    def _feature_budget(self) -> float:
        free = free_memory(torch.device("cpu"))
        return _FEATURE_BYTES if free is None else _FEATURE_SHARE * free

    def _tell(self, event: str, done: int, total: int) -> None:
        self.emit({"event": event, "done": done, "total": total})
        self._ask()

    def _ask(self) -> None:
        """Hear a pause or cancel where there is nothing to stop early."""
        self.attention.ask()


def _load_base(job: FinetuneJob) -> tuple[CagDde, CheckpointMetadata]:
    if file_hash(job.base) != job.base_sha256:
        raise CheckpointError(
            f"{job.base}: is not the model that the finetuning was prepared for; it has been replaced since. "
            "Finetune again."
        )
    return load_checkpoint(job.base)


@torch.inference_mode()
def _with_own_truth(frame: EvaluationFrame, base: CagDde, device: torch.device) -> EvaluationFrame:
    if not (frame.truth == IGNORE).any():
        return frame
    rgb, flow = normalise(frame.rgb[None]).to(device), normalise(frame.flow[None]).to(device)
    mask = salient_mask(map_u8(base(rgb, flow)), 0.5)
    return replace(frame, truth=mask)
