"""Start a training run from a recipe file: folders, device, progress and a time limit. The loop is in trainer."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import torch

from core.errors import DeviceError, OutputError, RecipeError
from core.training.recipe import read_recipe
from core.training.state import RunState
from core.training.trainer import STATE_NAME, Event, Trainer, prepare_cache


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
    """Train as a recipe says.

    Args:
        recipe_path: TOML file.
        out: run folder; gets progress.jsonl, state.pt, best.safetensors and last.safetensors.
        resume: continue from the folder's state.pt.
        device: "auto", "cpu" or "cuda".
        cache: folder for prepared samples, by default out/cache.
        workers: processes that prepare samples and batches; 0 does it in this one.
        minutes: stop after this time, with the state saved.
        iterations: stop after this many iterations of the recipe (its learning-rate curve stays laid out for all).
        on_event: called with every progress event.

    Raises:
        StudioError: recipe, data, weights, device or run folder cannot be used.
    """
    recipe, out = read_recipe(recipe_path), Path(out)
    _check_folder(out, resume)
    where = pick_device(device)
    on_event({"event": "preparing", "data_root": recipe.data_root})
    samples = prepare_cache(recipe, Path(cache) if cache else out / "cache", max(1, workers))
    deadline = None if minutes is None else time.monotonic() + 60 * minutes

    def stop(state: RunState) -> bool:
        late = deadline is not None and time.monotonic() > deadline
        return late or (iterations is not None and state.iteration >= iterations)

    with (out / "progress.jsonl").open("a", encoding="utf-8") as log:

        def emit(event: Event) -> None:
            log.write(json.dumps(event) + "\n")
            log.flush()
            on_event(event)

        trainer = Trainer(recipe, out, samples, where, emit)
        if resume:
            trainer.resume()
        return trainer.run(workers, stop)


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
