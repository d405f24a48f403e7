"""The trainer, read top to bottom: build, then one loop, on one device or on this process's share of several."""

import json
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.errors import RecipeError
from core.network.cagdde import ModelOutput
from core.network.checkpoint import CheckpointMetadata, save_checkpoint
from core.network.objective import objective
from core.training.batches import Batch, batches
from core.training.distributed import Ranks
from core.training.ema import AveragedModel
from core.training.material import Material
from core.training.optimizer import build_optimizer, set_modes, set_rates
from core.training.parallel import ParallelModel, share_batch_norm
from core.training.recipe_file import parse_recipe
from core.training.start import initial_model
from core.training.state import RunState, load_state, save_state

STATE_NAME = "state.pt"
BEST_NAME = "best.safetensors"
LAST_NAME = "last.safetensors"

_LISTED_CLIPS = 40
"""More clips than this are not told one by one at every look."""

Event = dict[str, Any]


class Trainer:
    """One run of a recipe.

    Args:
        material: the recipe, its batches and the clips that choose.
        out: the run's folder: state.pt, best.safetensors (chosen on the selection clips), last.safetensors.
        device: where to train.
        emit: called with every event: {"event": "step" | "selection" | "finished", ...}.
        ranks: the processes that share every batch; the first one alone looks, writes and tells.
    """

    def __init__(
        self,
        material: Material,
        out: Path,
        device: torch.device,
        emit: Callable[[Event], None],
        ranks: Ranks | None = None,
    ) -> None:
        self.material, self.recipe, self.out, self.device = material, material.recipe, out, device
        self.ranks, self.emit = ranks or Ranks(), emit
        torch.manual_seed(self.recipe.seed)  # pyright: ignore[reportUnknownMemberType]
        self.model = initial_model(self.recipe).to(device)
        self.model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        if not (self.recipe.objective.sides or self.model.config.cag):
            self.model.gates.requires_grad_(False)  # nothing would ask anything of them
        self.average = AveragedModel(self.model, self.recipe.optimizer.ema)
        if self.ranks.size > 1:
            share_batch_norm(self.model)
        self.optimizer = build_optimizer(self.model, self.recipe.optimizer)
        self.forward = ParallelModel(self.model, self.ranks)
        self.state = RunState()

    def run(self, workers: int = 1, stop: Callable[[RunState], bool] = lambda state: False) -> RunState:
        """Train to the end of the recipe, or until `stop` answers True (the state is then saved)."""
        started, done_before = time.monotonic(), self.state.iteration
        for batch in batches(self.material.plan, self.state.iteration, self.recipe.iterations, workers):
            terms, rate = self.step(batch)
            self.state.iteration += 1
            self._emit_step(terms, rate, started, done_before)
            if self.state.iteration % self.recipe.selection.every == 0:
                self.select()
            if self.state.iteration % self.recipe.save_every == 0:
                self.save()
            if self.ranks.agree("stop" if stop(self.state) else "go") == "stop":
                break
        if not self.state.history or self.state.history[-1]["iteration"] != self.state.iteration:
            self.select()
        self.save()
        self.emit({"event": "finished", "iteration": self.state.iteration, "best": self.state.best})
        return self.state

    def step(self, batch: Batch) -> tuple[dict[str, float], float]:
        """One optimiser step. Returns every term of the objective, averaged over the whole batch, and the rate.

        Args:
            batch: this process's part. A part counts by its share of the whole batch's weight, so that neither
                accumulating nor sharing changes the result.
        """
        recipe = self.recipe
        phase = recipe.phase_at(self.state.iteration)
        set_modes(self.model, phase)
        rate = set_rates(self.optimizer, recipe.optimizer, phase, self.state.iteration, recipe.iterations)
        weight = {"weight": float(batch.targets.weight.sum())}
        whole = self.ranks.sum_terms(weight, ("weight",))["weight"]
        terms: dict[str, float] = {}
        parts = split(batch, recipe.optimizer.accumulate)
        for part in parts:
            share = float(part.targets.weight.sum()) / whole
            with nullcontext() if part is parts[-1] else self.forward.alone():
                for name, value in self._backward(part, share).items():
                    terms[name] = terms.get(name, 0.0) + float(value.detach()) * share
        terms = self.ranks.sum_terms(terms, tuple(terms))
        if recipe.optimizer.clip_norm > 0:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), recipe.optimizer.clip_norm)
        self.optimizer.step()  # pyright: ignore[reportUnknownMemberType]
        self.optimizer.zero_grad(set_to_none=True)
        self.average.update(self.model)
        return terms, rate

    def _backward(self, batch: Batch, share: float) -> dict[str, Tensor]:
        rgb, flow = batch.inputs(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.optimizer.mixed_precision):
            output: ModelOutput = self.forward(rgb, flow)
        terms = objective(output, batch.to(self.device).targets, self.recipe.objective)
        # The gradients are averaged over the processes, but the shares add up to one over all of them.
        torch.autograd.backward(terms["total"] * (share * self.ranks.size))
        return terms

    def select(self) -> None:
        """Measure the averaged weights on the selection clips; keep them where they are the best so far."""
        if not self.ranks.first:
            return
        weights, selection = self.average.model, self.material.selection
        save_checkpoint(self.out / LAST_NAME, weights, self.metadata({}))
        if not selection.clips:
            save_checkpoint(self.out / BEST_NAME, weights, self.metadata({}))
            return
        report = selection.report(weights, self.device)
        clips = {row.name: round(row.j, 4) for row in report.per_clip}
        entry: dict[str, Any] = {
            "iteration": self.state.iteration,
            "j": sum(clips.values()) / len(clips),
            "max_f": report.overall.max_f,
            "clips": clips if len(clips) <= _LISTED_CLIPS else {},
        }
        self.state.history.append(entry)
        self.emit({"event": "selection", **entry})
        if entry["j"] > self.state.best:
            self.state.best = entry["j"]
            save_checkpoint(self.out / BEST_NAME, weights, self.metadata(entry))

    def metadata(self, metrics: dict[str, Any]) -> CheckpointMetadata:
        training = {
            "iteration": self.state.iteration,
            "seed": self.recipe.seed,
            "recipe": asdict(self.recipe),
        }
        return CheckpointMetadata(self.model.config, self.material.flow, training, metrics, self.recipe.start)

    def save(self) -> None:
        """Write the resumable state, the first process alone."""
        if not self.ranks.first:
            return
        content: dict[str, Any] = {
            "recipe": json.dumps(asdict(self.recipe)),
            "model": self.model.state_dict(),
            "average": self.average.model.state_dict(),
            "updates": self.average.updates,
            "optimizer": self.optimizer.state_dict(),
            "run": asdict(self.state),
        }
        save_state(self.out / STATE_NAME, content)

    def resume(self) -> None:
        """Continue from the run folder's state, exactly: batches depend on seed and iteration alone.

        Raises:
            CheckpointError: the state is damaged.
            RecipeError: the state belongs to another recipe.
        """
        content = load_state(self.out / STATE_NAME)
        if parse_recipe(json.loads(content["recipe"]), str(self.out / STATE_NAME)) != self.recipe:
            raise RecipeError(
                f"{self.out}: was started with another recipe; resume with that one or choose another folder."
            )
        self.model.load_state_dict(content["model"])
        self.average.model.load_state_dict(content["average"])
        self.average.updates = content["updates"]
        self.optimizer.load_state_dict(content["optimizer"])
        self.state = RunState(**content["run"])

    def _emit_step(self, terms: dict[str, float], rate: float, started: float, done_before: int) -> None:
        done = self.state.iteration - done_before
        seconds = (time.monotonic() - started) / done
        left = seconds * (self.recipe.iterations - self.state.iteration)
        self.emit(
            {
                "event": "step",
                "iteration": self.state.iteration,
                "iterations": self.recipe.iterations,
                "terms": {name: round(value, 5) for name, value in terms.items()},
                "rate": rate,
                "seconds_per_step": round(seconds, 3),
                "seconds_left": round(left),
            }
        )


def split(batch: Batch, parts: int) -> list[Batch]:
    """Cut a batch for gradient accumulation."""
    if parts == 1:
        return [batch]
    t = batch.targets
    columns = [x.chunk(parts) for x in (batch.rgb, batch.flow, t.ground_truth, t.rgb_side, t.valid, t.weight)]
    return [Batch(rgb, flow, type(t)(g, r, v, w)) for rgb, flow, g, r, v, w in zip(*columns, strict=True)]
