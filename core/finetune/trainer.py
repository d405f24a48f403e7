"""The loop of a finetuning, read top to bottom: views, steps, averaged weights, looks at the selection part."""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.errors import Cancelled, CheckpointError, DeviceError
from core.finetune.control import Attention, Event
from core.finetune.groups import EncoderCut, frozen_stages, optimizer_settings, phase_of, prepare_model
from core.finetune.job import FinetuneSettings
from core.finetune.measure import FrameRunner, measure_maps
from core.finetune.outcome import SelectionPoint, StepPoint
from core.finetune.probe import is_out_of_memory, used_memory_mib
from core.finetune.ranks import CANCEL, Ranks
from core.finetune.views import View, batch_of, features_of, targets_of
from core.network.cagdde import CagDde
from core.network.objective import ObjectiveSettings, objective
from core.training.ema import AveragedModel
from core.training.optimizer import set_rates
from core.training.state import load_state, save_state

_OBJECTIVE = ObjectiveSettings()
TERMS = ("bce", "ssim", "iou", "side", "confidence", "total")
"""Of equation 13, as `objective` names them."""
_SAVE_SECONDS = 10.0
"""Time between two states on disk: what a killed run loses at most."""


@dataclass(slots=True)
class Progress:
    """Where a run stands. best_j: of the averaged weights that are kept. seconds, processor_seconds: of work."""

    iteration: int = 0
    best_j: float = -1.0
    best_iteration: int = 0
    accumulate: int = 1
    seconds: float = 0.0
    processor_seconds: float = 0.0
    stopped: bool = False
    steps: list[StepPoint] = field(default_factory=list[StepPoint])
    selections: list[SelectionPoint] = field(default_factory=list[SelectionPoint])


class FinetuneTrainer:
    """One run from the base model.

    Args:
        base: in evaluation mode; it is not changed.
        corrected, replay: the views of both kinds.
        selection: the frames of the selection part; None trains without looking, and keeps the last weights.
        state: the file of the resumable state.
        key: of the job; a state of another job is refused.
        already: steps that were done before this training, for the events. planned: steps in all, likewise.
        ranks: the processes that share the steps; the first one alone looks, writes and listens.
    """

    def __init__(
        self,
        base: CagDde,
        settings: FinetuneSettings,
        corrected: Sequence[View],
        replay: Sequence[View],
        selection: FrameRunner | None,
        device: torch.device,
        state: Path,
        key: str,
        emit: Callable[[Event], None],
        already: int = 0,
        planned: int = 0,
        ranks: Ranks | None = None,
    ) -> None:
        self.ranks = ranks or Ranks()
        self.settings, self.device, self.path, self.key, self.emit = settings, device, state, key, emit
        self._already, self._planned = already, planned or settings.iterations
        self.corrected, self.replay, self.selection = corrected, replay, selection
        self.model = copy.deepcopy(base)
        self.optimizer = prepare_model(self.model, settings)
        self.cut = EncoderCut(self.model, frozen_stages(settings))
        self.average = AveragedModel(self.model, settings.ema)
        self.best: dict[str, Tensor] = _copied(self.average.model)
        self.progress = Progress()
        self._saved_at = time.monotonic()

    def run(self, attention: Attention, until: int | None = None) -> None:
        """Train to the end, or until it is told to stop; the best averaged weights are then in `best`.

        Args:
            until: steps after which to end; the rate's curve stays laid out for all.

        Raises:
            Cancelled: with the state saved. DeviceError: memory has run out with a single sample.
        """
        clock = _Clock(self.progress, attention)
        end = self.settings.iterations if until is None else until
        if not self.progress.selections:
            self.select()
        while self.progress.iteration < end and not self.progress.stopped:
            if not self._all_go_on(attention):
                self.progress.stopped = True
                break
            terms, rate = self.step()
            self.progress.iteration += 1
            clock.tick()
            self._report_step(terms, rate)
            if self.progress.iteration % self.settings.select_every == 0:
                self.select()
            if time.monotonic() - self._saved_at > _SAVE_SECONDS:
                self.save()
        looked = self.progress.selections
        if self.ranks.first and (not looked or looked[-1].iteration != self.progress.iteration):
            self.select()
        clock.tick()
        self.save()

    def step(self) -> tuple[dict[str, float], float]:
        """One optimiser step. Returns every term of the objective, averaged over the batch, and the heads' rate.

        Where memory runs out the same step is run again in twice as many parts.
        """
        settings, iteration = self.settings, self.progress.iteration
        rate = set_rates(
            self.optimizer, optimizer_settings(settings), phase_of(settings), iteration, settings.iterations
        )
        views = batch_of(self.corrected, self.replay, settings.batch, settings.seed, iteration)
        while True:
            try:
                terms = self._gradients(views)
                break
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                self._smaller_parts(len(self.ranks.share(views)))
        self.ranks.sum_gradients(self.model)
        terms = self.ranks.sum_terms(terms, TERMS)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), settings.clip_norm)
        self.optimizer.step()  # pyright: ignore[reportUnknownMemberType]
        self.optimizer.zero_grad(set_to_none=True)
        self.average.update(self.model)
        return terms, rate

    def _smaller_parts(self, samples: int) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        if self.progress.accumulate >= samples:
            raise DeviceError(
                "Memory has run out with a single sample: close other programs, choose heads only or a smaller size."
            )
        self.progress.accumulate = min(2 * self.progress.accumulate, samples)
        part = -(-samples // self.progress.accumulate)
        self.emit({"event": "oom", "batch": part, "accumulate": self.progress.accumulate})

    def _gradients(self, views: Sequence[View]) -> dict[str, float]:
        """Gradients of the whole batch, run in parts; each part's loss counts by its share of the batch's weight."""
        whole = sum(view.example.weight for view in views)
        own = self.ranks.share(views)
        size = max(1, -(-len(own) // self.progress.accumulate))
        terms: dict[str, float] = {}
        for start in range(0, len(own), size):
            part = own[start : start + size]
            share = sum(view.example.weight for view in part) / whole
            for name, value in self._backward(part, share).items():
                terms[name] = terms.get(name, 0.0) + float(value.detach()) * share
        return terms

    def _backward(self, views: Sequence[View], share: float) -> dict[str, Tensor]:
        size_hw = views[0].example.rgb.shape[:2]
        targets = targets_of(views, self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.settings.mixed_precision):
            features = features_of(views, self.cut, self.device)
            output = self.model.heads(self.cut.rest(features), (size_hw[0], size_hw[1]))
        terms = objective(output, targets, _OBJECTIVE)
        torch.autograd.backward(terms["total"] * share)
        return terms

    def select(self) -> None:
        """Measure the averaged weights on the selection part; keep them where they are the best so far."""
        if not self.ranks.first:
            return
        if self.selection is None:
            self.progress.best_iteration = self.progress.iteration
            self.best = _copied(self.average.model)
            return
        measures = measure_maps(self.selection.maps(self.average.model))
        point = SelectionPoint(self.progress.iteration, measures.j, measures.max_f)
        self.progress.selections.append(point)
        self.emit({"event": "selection", **asdict(point)})
        # Of equals the later: the averaged weights get smoother, and one frame says little.
        if measures.j >= self.progress.best_j:
            self.progress.best_j, self.progress.best_iteration = measures.j, self.progress.iteration
            self.best = _copied(self.average.model)

    def _all_go_on(self, attention: Attention) -> bool:
        """Whether the first rank, which is the one that is talked to, may go on; on every rank.

        Raises:
            Cancelled: on every rank, with the state saved by the first.
        """
        word = "go"
        if self.ranks.first:
            try:
                word = "go" if attention.ask(self.save) else "stop"
            except Cancelled:
                self.save()
                self.ranks.agree(CANCEL)
                raise
        word = self.ranks.agree(word)
        if word == CANCEL:
            raise Cancelled("The finetuning was cancelled.")
        return word == "go"

    def save(self) -> None:
        """Write the resumable state, the first rank alone. Raises: OutputError."""
        if not self.ranks.first:
            return
        content: dict[str, Any] = {
            "key": self.key,
            "model": self.model.state_dict(),
            "average": self.average.model.state_dict(),
            "updates": self.average.updates,
            "best": self.best,
            "optimizer": self.optimizer.state_dict(),
            "progress": asdict(self.progress),
        }
        save_state(self.path, content)
        self._saved_at = time.monotonic()

    def resume(self) -> None:
        """Go on from the state, exactly: batches depend on seed and iteration alone.

        Raises:
            CheckpointError: the state is damaged or belongs to another job.
        """
        content = load_state(self.path)
        if content.get("key") != self.key:
            raise CheckpointError(f"{self.path}: belongs to another job; delete it to start again.")
        self.model.load_state_dict(content["model"])
        self.average.model.load_state_dict(content["average"])
        self.average.updates = content["updates"]
        self.best = content["best"]
        self.optimizer.load_state_dict(content["optimizer"])
        values = dict(content["progress"])
        steps = [StepPoint(**point) for point in values.pop("steps")]
        selections = [SelectionPoint(**point) for point in values.pop("selections")]
        self.progress = Progress(**values, steps=steps, selections=selections)

    def _report_step(self, terms: dict[str, float], rate: float) -> None:
        progress, total = self.progress, self._planned - self._already
        if not self.ranks.first:
            return
        rounded = {name: round(value, 5) for name, value in terms.items()}
        progress.steps.append(StepPoint(progress.iteration, rate, rounded))
        self.emit(
            {
                "event": "step",
                "iteration": self._already + progress.iteration,
                "iterations": self._planned,
                "terms": rounded,
                "rate": rate,
                "memory_mib": _rounded(used_memory_mib(self.device)),
                "seconds_left": round(
                    progress.seconds / progress.iteration * (total - progress.iteration), 1
                ),
            }
        )


class _Clock:
    """Adds the time of work to a run's progress, pauses left out."""

    def __init__(self, progress: Progress, attention: Attention) -> None:
        self._progress, self._attention = progress, attention
        self._seconds_before, self._processor_before = progress.seconds, progress.processor_seconds
        self._paused_before = attention.paused_seconds
        self._started, self._processor_started = time.monotonic(), time.process_time()

    def tick(self) -> None:
        paused = self._attention.paused_seconds - self._paused_before
        self._progress.seconds = self._seconds_before + time.monotonic() - self._started - paused
        self._progress.processor_seconds = (
            self._processor_before + time.process_time() - self._processor_started
        )


def _copied(model: CagDde) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
