"""Start a training run from a recipe file: folders, device, progress and a time limit. The loop is in trainer."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self, TextIO

import torch

from core.errors import DeviceError, OutputError, RecipeError
from core.training.distributed import Ranks, join_ranks, leave_ranks
from core.training.material import Preparation, open_material
from core.training.recipe import Recipe
from core.training.recipe_file import read_recipe
from core.training.state import RunState
from core.training.trainer import STATE_NAME, Event, Trainer


def train_from_recipe(
    recipe_path: str | Path,
    out: str | Path,
    *,
    resume: bool = False,
    device: str = "auto",
    cache: str | Path | None = None,
    workers: int = 1,
    minutes: float | None = None,
    iterations: int | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
) -> RunState:
    """Train as a recipe file says; the rest as `train`."""
    return train(
        read_recipe(recipe_path),
        Path(out),
        resume=resume,
        device=device,
        cache=None if cache is None else Path(cache),
        workers=workers,
        minutes=minutes,
        iterations=iterations,
        on_event=on_event,
    )


def train(
    recipe: Recipe,
    out: Path,
    *,
    resume: bool = False,
    device: str = "auto",
    cache: Path | None = None,
    workers: int = 1,
    flow_weights: Path | None = None,
    minutes: float | None = None,
    iterations: int | None = None,
    on_event: Callable[[Event], None] = lambda event: None,
    joined: tuple[Ranks, str] | None = None,
) -> RunState:
    """Train as a recipe says, together with the other processes that torchrun started, if it did.

    Args:
        out: run folder; gets progress.jsonl, state.pt, best.safetensors and last.safetensors.
        resume: continue from the folder's state.pt.
        device: "auto", "cpu" or "cuda".
        cache: folder for prepared samples and flow fields, by default out/cache.
        workers: processes that prepare samples and batches; 0 does it in this one.
        flow_weights: of the flow network that the recipe names.
        minutes: stop after this time, with the state saved.
        iterations: stop after this many iterations of the recipe (its learning-rate curve stays laid out for all).
        on_event: called with every progress event, in the first process alone.
        joined: what join_ranks gave, where the caller has joined already, and will leave.

    Raises:
        StudioError: recipe, data, weights, device or run folder cannot be used.
    """
    ranks, name = joined or join_ranks(device)
    try:
        where = pick_device(name)
        if ranks.first:
            _check_folder(out, resume)
        ranks.agree("ready")
        with _Events(out, on_event, ranks) as emit:
            emit({"event": "preparing", "data_root": recipe.data_root})
            preparation = Preparation(
                cache or out / "cache",
                max(1, workers),
                where.type,
                flow_weights,
                lambda done, total: emit({"event": "preparing", "done": done, "total": total}),
            )
            material = open_material(recipe, preparation, ranks)
            trainer = Trainer(material, out, where, emit, ranks)
            if resume:
                trainer.resume()
            return trainer.run(workers, _limits(minutes, iterations))
    finally:
        if joined is None:
            leave_ranks()


def _limits(minutes: float | None, iterations: int | None) -> Callable[[RunState], bool]:
    deadline = None if minutes is None else time.monotonic() + 60 * minutes

    def stop(state: RunState) -> bool:
        late = deadline is not None and time.monotonic() > deadline
        return late or (iterations is not None and state.iteration >= iterations)

    return stop


class _Events:
    """Context manager; calling it writes an event to the run's progress.jsonl and hands it on.

    The first process alone does so.
    """

    def __init__(self, out: Path, on_event: Callable[[Event], None], ranks: Ranks) -> None:
        self._path, self._on_event, self._ranks = out / "progress.jsonl", on_event, ranks
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        if self._ranks.first:
            self._file = self._path.open("a", encoding="utf-8")
        return self

    def __exit__(self, *ending: object) -> None:
        if self._file is not None:
            self._file.close()

    def __call__(self, event: Event) -> None:
        if self._file is not None:
            self._file.write(json.dumps(event) + "\n")
            self._file.flush()
            self._on_event(event)


def pick_device(name: str) -> torch.device:
    """The device of a name; "auto" is the GPU where there is one. Raises DeviceError."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    if name.startswith("cuda") and not torch.cuda.is_available():
        raise DeviceError("device is cuda, but torch finds no CUDA device here; use --device cpu.")
    try:
        return torch.device(name)
    except RuntimeError as error:
        raise DeviceError(f"device is {name!r}; expected auto, cpu or cuda.") from error


def _check_folder(out: Path, resume: bool) -> None:
    state = out / STATE_NAME
    if resume and not state.is_file():
        raise RecipeError(f"{state}: there is no state to resume from; start without --resume.")
    if not resume and state.exists():
        raise RecipeError(f"{out}: holds another run; add --resume or choose another folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: the run folder cannot be made ({error.strerror}).") from error
