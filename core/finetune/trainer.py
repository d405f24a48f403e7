"""The loop of a finetuning, read top to bottom: views, steps, averaged weights, looks at the selection part."""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.errors import Cancelled, CheckpointError, DeviceError
from core.finetune.control import Attention, Event
from core.finetune.groups import EncoderCut, frozen_stages, optimizer_settings, phase_of, prepare_model
from core.finetune.job import FinetuneSettings
from core.finetune.losses import TERMS, BatchLoss, Whole
from core.finetune.measure import FrameRunner, measure_maps
from core.finetune.outcome import SelectionPoint, StepPoint
from core.finetune.probe import is_out_of_memory, used_memory_mib
from core.finetune.progress import Clock, Progress, Stretch
from core.finetune.views import View, batch_of
from core.network.cagdde import CagDde
from core.training.distributed import CANCEL, Ranks
from core.training.ema import AveragedModel
from core.training.optimizer import set_rates
from core.training.state import load_state, save_state

MakeViews = Callable[[], tuple[Sequence[View], Sequence[View]]]
"""Makes the corrected and the replay views, when they are needed."""
_SAVE_SECONDS = 10.0
"""Time between two states on disk: what a killed run loses at most."""


class FinetuneTrainer:
    """One training from the base model.

    Args:
        base: in evaluation mode; it is not changed.
        make_views: called once, before the first step; not at all where there is none to be done.
        selection: the frames of the selection part; None trains without looking, and keeps the last weights.
        state: the file of the resumable state.
        key: of the job; a state of another job is refused.
        stretch: which steps of the run these are.
        ranks: the processes that share the steps; the first one alone looks, writes and listens.
    """

    def __init__(
        self,
        base: CagDde,
        settings: FinetuneSettings,
        make_views: MakeViews,
        selection: FrameRunner | None,
        device: torch.device,
        state: Path,
        key: str,
        emit: Callable[[Event], None],
        stretch: Stretch,
        ranks: Ranks,
    ) -> None:
        self.settings, self.device, self.path, self.key, self.emit = settings, device, state, key, emit
        self._make_views, self.selection, self.stretch, self.ranks = make_views, selection, stretch, ranks
        self._corrected: Sequence[View] = ()
        self._replay: Sequence[View] = ()
        self.model = copy.deepcopy(base)
        self.optimizer = prepare_model(self.model, settings)
        self._loss = BatchLoss(self.model, EncoderCut(self.model, frozen_stages(settings)), device, settings)
        self.average = AveragedModel(self.model, settings.ema)
        self.best: dict[str, Tensor] = _copied(self.average.model)
        self.progress = Progress()
        self._saved_at = time.monotonic()

    @property
    def through(self) -> bool:
        """Whether no step is left to be done."""
        return self.progress.stopped or self.progress.iteration >= self.stretch.steps

    def run(self, attention: Attention) -> None:
        """Train to the end, or until it is told to stop; the best averaged weights are then in `best`.

        The rate's curve is laid out for all iterations of the settings, however many of them are done.

        Raises:
            Cancelled: with the state saved. DeviceError: memory has run out with a single sample.
        """
        if not self.through:
            self._train(attention)
        looked = self.progress.selections
        if self.ranks.first and (not looked or looked[-1].iteration != self.progress.iteration):
            self.select()
            self.save()

    def _train(self, attention: Attention) -> None:
        self._corrected, self._replay = self._make_views()
        clock = Clock(self.progress, attention)
        if not self.progress.selections:
            self.select()
        while not self.through:
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
        clock.tick()
        self.save()
        self._corrected = self._replay = ()

    def step(self) -> tuple[dict[str, float], float]:
        """One optimiser step. Returns every term of the objective, averaged over the batch, and the heads' rate.

        Where memory runs out the same step is run again in twice as many parts.
        """
        settings, iteration = self.settings, self.progress.iteration
        rate = set_rates(
            self.optimizer, optimizer_settings(settings), phase_of(settings), iteration, settings.iterations
        )
        views = batch_of(self._corrected, self._replay, settings.batch, settings.seed, iteration)
        while True:
            try:
                terms = self._loss.gradients(
                    self.ranks.share(views), Whole.of(views), self.progress.accumulate
                )
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
        self.progress = Progress.read(content["progress"])

    def _report_step(self, terms: dict[str, float], rate: float) -> None:
        progress, stretch = self.progress, self.stretch
        if not self.ranks.first:
            return
        rounded = {name: round(value, 5) for name, value in terms.items()}
        progress.steps.append(StepPoint(progress.iteration, rate, rounded))
        left = stretch.steps - progress.iteration + stretch.after
        self.emit(
            {
                "event": "step",
                "iteration": stretch.before + progress.iteration,
                "iterations": stretch.planned,
                "training": stretch.name,
                "step": progress.iteration,
                "steps": stretch.steps,
                "terms": rounded,
                "rate": rate,
                "memory_mib": _rounded(used_memory_mib(self.device)),
                "seconds_left": round(progress.seconds / progress.iteration * left, 1),
            }
        )


def _copied(model: CagDde) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
