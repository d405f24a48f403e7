"""The trainer, read top to bottom: prepare, build, then one loop. One device, no global state."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.datasets.prepare import prepare
from core.errors import CheckpointError, RecipeError
from core.network.cagdde import CagDde, ModelOutput, build_model
from core.network.checkpoint import CheckpointMetadata, load_checkpoint, read_state_dict, save_checkpoint
from core.network.config import CONFIGS
from core.network.objective import objective
from core.training.batches import Batch, BatchPlan, batches
from core.training.ema import AveragedModel
from core.training.optimizer import build_optimizer, set_modes, set_rates
from core.training.recipe import Recipe, parse_recipe
from core.training.selection import SelectionSet
from core.training.state import RunState, load_state, save_state

STATE_NAME = "state.pt"
BEST_NAME = "best.safetensors"
LAST_NAME = "last.safetensors"

Event = dict[str, Any]


class Trainer:
    """One run of a recipe.

    Args:
        recipe: what to do.
        out: the run's folder: state.pt, best.safetensors (chosen on the selection clips), last.safetensors.
        cache: folder with prepared samples.
        device: where to train.
        emit: called with every event: {"event": "step" | "selection" | "finished", ...}.
    """

    def __init__(
        self, recipe: Recipe, out: Path, cache: Path, device: torch.device, emit: Callable[[Event], None]
    ) -> None:
        self.recipe, self.out, self.device, self.emit = recipe, out, device, emit
        torch.manual_seed(recipe.seed)  # pyright: ignore[reportUnknownMemberType]
        self.model = initial_model(recipe).to(device)
        self.model.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self.optimizer = build_optimizer(self.model, recipe.optimizer)
        self.average = AveragedModel(self.model, recipe.optimizer.ema)
        self.plan = BatchPlan(recipe, cache)
        self.state = RunState()
        root = Path(recipe.data_root)
        self.selection = SelectionSet(
            [root / clip for clip in recipe.selection.clips],
            self.model.config,
            recipe.selection.stride,
            side=recipe.selection.side,
        )

    def run(self, workers: int = 1, stop: Callable[[RunState], bool] = lambda state: False) -> RunState:
        """Train to the end of the recipe, or until `stop` answers True (the state is then saved)."""
        started, done_before = time.monotonic(), self.state.iteration
        for batch in batches(self.plan, self.state.iteration, workers):
            terms, rate = self.step(batch)
            self.state.iteration += 1
            self._emit_step(terms, rate, started, done_before)
            if self.state.iteration % self.recipe.selection.every == 0:
                self.select()
            if self.state.iteration % self.recipe.save_every == 0:
                self.save()
            if stop(self.state):
                break
        self.select()
        self.save()
        self.emit({"event": "finished", "iteration": self.state.iteration, "best": self.state.best})
        return self.state

    def step(self, batch: Batch) -> tuple[dict[str, float], float]:
        """One optimiser step. Returns every term of the objective, averaged over the batch, and the rate."""
        recipe = self.recipe
        phase = recipe.phase_at(self.state.iteration)
        set_modes(self.model, phase)
        rate = set_rates(self.optimizer, recipe.optimizer, phase, self.state.iteration, recipe.iterations)
        parts = split(batch, recipe.optimizer.accumulate)
        terms: dict[str, float] = {}
        for part in parts:
            for name, value in self._backward(part, len(parts)).items():
                terms[name] = terms.get(name, 0.0) + float(value.detach()) / len(parts)
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), recipe.optimizer.clip_norm)
        self.optimizer.step()  # pyright: ignore[reportUnknownMemberType]
        self.optimizer.zero_grad(set_to_none=True)
        self.average.update(self.model)
        return terms, rate

    def _backward(self, batch: Batch, parts: int) -> dict[str, Tensor]:
        rgb, flow = batch.inputs(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.recipe.optimizer.mixed_precision):
            output: ModelOutput = self.model(rgb, flow)
        terms = objective(output, batch.to(self.device).targets, self.recipe.objective)
        torch.autograd.backward(terms["total"] / parts)
        return terms

    def select(self) -> None:
        """Measure the averaged weights on the selection clips; keep them where they are the best so far."""
        weights = self.average.model
        save_checkpoint(self.out / LAST_NAME, weights, self.metadata({}))
        if not self.selection.clips:
            save_checkpoint(self.out / BEST_NAME, weights, self.metadata({}))
            return
        report = self.selection.report(weights, self.device)
        clips = {row.name: round(row.j, 4) for row in report.per_clip}
        entry = {
            "iteration": self.state.iteration,
            "j": report.overall.j,
            "max_f": report.overall.max_f,
            "clips": clips,
        }
        entry["j"] = sum(clips.values()) / len(clips)
        self.state.history.append(entry)
        self.emit({"event": "selection", **entry})
        if entry["j"] > self.state.best:
            self.state.best = entry["j"]
            save_checkpoint(self.out / BEST_NAME, weights, self.metadata(entry))

    def metadata(self, metrics: dict[str, Any]) -> CheckpointMetadata:
        flow = {"method": "dis", **asdict(self.recipe.data.flow), "timing": "t->t+1", "radius_floor_px": 1.0}
        training = {
            "iteration": self.state.iteration,
            "seed": self.recipe.seed,
            "recipe": asdict(self.recipe),
        }
        return CheckpointMetadata(self.model.config, flow, training, metrics, self.recipe.start)

    def save(self) -> None:
        """Write the resumable state."""
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


def initial_model(recipe: Recipe) -> CagDde:
    """The network a recipe starts from: a checkpoint, or random heads over the given encoder weights.

    Raises:
        CheckpointError: the start weights are missing, damaged or do not fit.
    """
    if recipe.start:
        return load_checkpoint(recipe.start)[0]
    model = build_model(CONFIGS[recipe.model])
    if recipe.encoder_weights:
        load_encoder(model, recipe.encoder_weights)
    return model


def load_encoder(model: CagDde, path: str) -> None:
    """Load torchvision-named encoder weights; a classifier in the file is ignored. Raises CheckpointError."""
    state = read_state_dict(path)
    wanted = set(model.encoder.state_dict())
    missing = sorted(name for name in wanted - set(state) if not name.endswith("num_batches_tracked"))
    if missing:
        raise CheckpointError(
            f"{path}: lacks {missing[0]} and {len(missing) - 1} more weights of a {model.config.encoder} encoder."
        )
    try:
        model.encoder.load_state_dict({name: state[name] for name in wanted & set(state)}, strict=False)
    except RuntimeError as error:
        raise CheckpointError(f"{path}: does not fit a {model.config.encoder} encoder ({error}).") from error


def split(batch: Batch, parts: int) -> list[Batch]:
    """Cut a batch for gradient accumulation."""
    if parts == 1:
        return [batch]
    t = batch.targets
    columns = [x.chunk(parts) for x in (batch.rgb, batch.flow, t.ground_truth, t.rgb_side, t.valid, t.weight)]
    return [Batch(rgb, flow, type(t)(g, r, v, w)) for rgb, flow, g, r, v, w in zip(*columns, strict=True)]


def prepare_cache(recipe: Recipe, cache_root: Path, workers: int) -> Path:
    """The recipe's sample cache, made where it is missing."""
    return prepare(recipe.data, Path(recipe.data_root), cache_root, workers)
