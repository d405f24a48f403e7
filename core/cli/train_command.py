"""`cagdde train`: options in, events out as JSON lines. torchrun starts it on several devices."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.model_choice import named_model
from core.cli.sentences import sentences

if TYPE_CHECKING:
    from core.training.recipe import Recipe

RecipeFile = Annotated[Path, typer.Argument(metavar="RECIPE", help="A recipe file (TOML).")]
DataFolders = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        metavar="NAME=FOLDER",
        help="Where a data set of the recipe lies, such as davis16=DAVIS. May be repeated.",
    ),
]
Start = Annotated[
    Path | None, typer.Option(help="Weights to start from instead of the recipe's: a file or a listed model.")
]
Encoder = Annotated[
    Path | None,
    typer.Option(help="Encoder weights instead of the recipe's: a file or a listed encoder."),
]
Flow = Annotated[
    str | None, typer.Option(help="Optical flow instead of the recipe's: dis, raft-large or raft-small.")
]
CacheFolder = Annotated[
    Path | None, typer.Option(help="Folder of prepared samples and flow fields. Default: OUT/cache.")
]


def train(
    recipe: RecipeFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder of the run: progress, state, weights.")],
    data: DataFolders = None,
    start: Start = None,
    encoder: Encoder = None,
    flow: Flow = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run that is in that folder.")
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    cache: CacheFolder = None,
    workers: Annotated[int, typer.Option(min=0, help="Processes that prepare samples.")] = 1,
    minutes: Annotated[float | None, typer.Option(min=0.0, help="Stop after this time, state saved.")] = None,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Stop after this iteration of the recipe, state saved.")
    ] = None,
) -> None:
    """Train a model as a recipe says; events appear on stdout, one JSON object a line.

    On several devices: torchrun --standalone --nproc-per-node N -m core.cli train ... The result is that of one.
    """
    with sentences():
        from core.training.run import train as run

        chosen = chosen_recipe(recipe, data, start, encoder, flow)
        run(
            chosen,
            out,
            resume=resume,
            device=device,
            cache=cache,
            workers=workers,
            flow_weights=flow_weights(chosen),
            minutes=minutes,
            iterations=iterations,
            on_event=lambda event: print(json.dumps(event), flush=True),
        )


def chosen_recipe(
    path: Path, data: list[str] | None, start: Path | None, encoder: Path | None, flow: str | None
) -> "Recipe":
    """A recipe with what the command line says instead. Raises: RecipeError, InputError."""
    from dataclasses import replace

    from core.training.recipe_file import read_recipe, with_folders

    recipe = with_folders(read_recipe(path), _folders(data or []))
    if start is not None:
        recipe = replace(recipe, start=str(named_model(start)))
    if encoder is not None:
        recipe = replace(recipe, encoder_weights=str(named_model(encoder, encoders=True)))
    if flow is not None:
        recipe = recipe.with_flow(flow)
    return recipe


def _folders(entries: list[str]) -> dict[str, Path]:
    folders: dict[str, Path] = {}
    for entry in entries:
        name, sign, folder = entry.partition("=")
        if not (name and sign and folder):
            raise typer.BadParameter(f"{entry!r} is not of the form NAME=FOLDER.", param_hint="--data")
        folders[name] = Path(folder)
    return folders


def flow_weights(recipe: "Recipe") -> Path | None:
    """The imported weights of the recipe's flow network; None where it needs none. Raises: InputError."""
    if recipe.sets is None or recipe.sets.second != "flow" or recipe.sets.flow == "dis":
        return None
    from core.registry import ModelRegistry

    return ModelRegistry().flow_weights(recipe.sets.flow)
