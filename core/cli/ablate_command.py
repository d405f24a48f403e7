"""`cagdde ablate`: the variants of the paper's Tables 2 and 3 trained and measured; both tables on stdout."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.sentences import sentences
from core.cli.terminal import say, time_left
from core.cli.train_command import (
    CacheFolder,
    DataFolders,
    Encoder,
    Flow,
    RecipeFile,
    Start,
    chosen_recipe,
    flow_weights,
)

_SECONDS_BETWEEN_LINES = 10.0


def ablate(
    recipe: RecipeFile,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder of the runs; begun ones go on, done ones are kept.")
    ],
    data: DataFolders = None,
    start: Start = None,
    encoder: Encoder = None,
    flow: Flow = None,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    cache: CacheFolder = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare samples.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as one JSON object.")] = False,
) -> None:
    """Train every variant of the paper's ablations from one start and print its Tables 2 and 3.

    The recipe's table "ablation" names what is measured on. OUT gets ablation.md and ablation.json.
    """
    with sentences():
        from core.training.ablation import Means, run_ablation
        from core.training.ablation_tables import DATA_NAME, write_tables
        from core.training.distributed import is_first

        chosen = chosen_recipe(recipe, data, start, encoder, flow)
        means = Means(device, workers, cache, flow_weights(chosen))
        results = run_ablation(chosen, out, means, _Progress())
        if not is_first():
            return
        text = write_tables(out, chosen, results, f"Recipe `{recipe.name}`, model `{chosen.model}`.")
        print((out / DATA_NAME).read_text(encoding="utf-8") if as_json else text, end="")


class _Progress:
    """A line on stderr now and then, and for every look at the selection's clips."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, event: dict[str, Any]) -> None:
        title = f"[{event['variant']}]"
        if event["event"] == "step" and time.monotonic() - self._last > _SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            left = time_left(event["seconds_left"])
            say(
                f"{title} step {event['iteration']}/{event['iterations']}  {json.dumps(event['terms'])}  {left}"
            )
        elif event["event"] == "selection":
            say(f"{title} after step {event['iteration']}: J {event['j']:.3f}, max F {event['max_f']:.3f}")
        elif event["event"] == "measuring":
            say(f"{title} measuring")
