"""`cagdde eval`: options in, tables, files and JSON out. The evaluation itself lives in core.evaluation."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.eval_progress import EvalProgress
from core.cli.inference_options import (
    DeviceOption,
    FlowOption,
    RuntimeOption,
    SizeOption,
    ThreadsOption,
    chosen_settings,
)
from core.cli.model_choice import chosen_model
from core.cli.sentences import sentences
from core.cli.terminal import say

if TYPE_CHECKING:
    from core.evaluation.methods import Method
    from core.evaluation.plan import Plan
    from core.evaluation.tables import Table
    from core.inference.settings import InferenceSettings

_MOST_METHODS = 6
"""Side by side in one chart and one sheet."""
_WIDTH = 200
_DATA_SETS = (
    "davis16, segv2, fbms, davsod, visal, duts, pairs (images/ and masks/), clips (frames/ and masks/ each)"
)


def evaluate(
    dataset: Annotated[str | None, typer.Option(metavar="NAME", help=f"One of {_DATA_SETS}.")] = None,
    root: Annotated[
        Path | None,
        typer.Option(
            readable=False, help="The folder that the data set was unpacked into; with --gt, stills."
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(help="Part of the data set. Default: the one that is reported (val, test, easy-35)."),
    ] = None,
    model: Annotated[
        list[Path] | None,
        typer.Option(
            readable=False,
            help="Weights or a listed model's name; several are compared with the first. Default: that of "
            "`cagdde model default`, where no --maps are given.",
        ),
    ] = None,
    maps: Annotated[
        list[Path] | None,
        typer.Option(
            readable=False,
            help="Folder of maps: MAPS/CLIP/NAME.png, MAPS/NAME.png, or results of `cagdde predict`.",
        ),
    ] = None,
    gt: Annotated[
        Path | None,
        typer.Option(
            readable=False,
            help="Ground truth without a data set: GT/CLIP/NAME.png or GT/NAME.png.",
        ),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(help="davsod, frames, authors or all. Default: davsod; frames for single pictures."),
    ] = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Leave out weighted F, boundary F, flicker and what needs its flow."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", readable=False, help="Write eval.json, eval.csv, eval.md and eval.html here."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an evaluation that is there.")
    ] = False,
    flow: FlowOption = "dis",
    device: DeviceOption = "auto",
    size: SizeOption = None,
    runtime: RuntimeOption = "auto",
    threads: ThreadsOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the JSON on stdout instead of the tables.")
    ] = False,
) -> None:
    """Measure models or folders of maps against ground truth, side by side.

    Exit codes: 0 done, 1 something could not be evaluated, 2 wrong usage, 130 interrupted.
    """
    models, folders = model or [], maps or []
    _check_usage(dataset, root, gt, models, folders)
    settings = chosen_settings(device, size, flow, threads, runtime)
    with sentences():
        plan = _plan(dataset, root, split, gt, protocol, quick)
        if out is not None:
            _check_free(out, overwrite)
        methods = _methods(models, folders, settings)
        _evaluate(plan, methods, out, overwrite, as_json)


def _check_usage(
    dataset: str | None, root: Path | None, gt: Path | None, models: Sequence[Path], folders: Sequence[Path]
) -> None:
    if (dataset is None) == (gt is None):
        raise typer.BadParameter("give either --dataset with --root, or --gt with --maps or with --root.")
    if dataset is not None and root is None:
        raise typer.BadParameter("--dataset needs --root, the folder that it was unpacked into.")
    if gt is not None and root is None and (models or not folders):
        raise typer.BadParameter(
            "a model needs pictures: beside --gt give their folder as --root, or a data set."
        )
    if len(models) + len(folders) > _MOST_METHODS:
        raise typer.BadParameter(f"at most {_MOST_METHODS} models and folders of maps stand side by side.")


def _plan(
    dataset: str | None,
    root: Path | None,
    split: str | None,
    gt: Path | None,
    protocol: str | None,
    quick: bool,
) -> "Plan":
    from core.datasets.benchmark import open_benchmark, open_pairs
    from core.evaluation.plan import make_plan, open_truth

    if gt is not None and root is not None:
        return make_plan(open_pairs(root, gt), protocol, quick)
    if gt is not None:
        return make_plan(open_truth(gt), protocol, quick, has_frames=False)
    assert dataset is not None
    assert root is not None
    return make_plan(open_benchmark(dataset, root, split), protocol, quick)


def _check_free(out: Path, overwrite: bool) -> None:
    """Before the work, not after it."""
    from core.evaluation.files import RESULT_NAMES
    from core.exchange.output_folder import check_free

    check_free(out, overwrite, RESULT_NAMES)


def _methods(
    models: Sequence[Path], folders: Sequence[Path], settings: "InferenceSettings"
) -> "list[Method]":
    from core.evaluation.methods import MapsMethod, ModelMethod
    from core.inference.predictor import Predictor

    methods: list[Method] = []
    names: set[str] = set()
    for given in models or ([] if folders else [None]):
        weights = chosen_model(given)
        name = str(given) if given is not None and not given.exists() else weights.stem
        methods.append(ModelMethod(_unique(name, names), weights, Predictor.load(weights, settings)))
    for folder in folders:
        methods.append(MapsMethod(_unique(folder.resolve().name, names), folder))
    return methods


def _unique(name: str, taken: set[str]) -> str:
    number, one = 1, name
    while one in taken:
        number += 1
        one = f"{name}-{number}"
    taken.add(one)
    return one


def _evaluate(
    plan: "Plan", methods: "Sequence[Method]", out: Path | None, overwrite: bool, as_json: bool
) -> None:
    from core.evaluation.files import as_json as json_of
    from core.evaluation.files import write_files
    from core.evaluation.run import evaluate_methods
    from core.evaluation.tables import all_tables

    with EvalProgress() as progress:
        evaluated = evaluate_methods(plan, methods, progress.step)
    for note in evaluated.evaluation.notes:
        say(f"note: {note}")
    if out is not None:
        write_files(evaluated, out, overwrite)
        say(f"Written to {out}: eval.json, eval.csv, eval.md, eval.html.")
    if as_json:
        print(json_of(evaluated.evaluation), end="")
    else:
        _print(all_tables(evaluated.evaluation))


def _print(tables: "Sequence[Table]") -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    for table in tables:
        grid = Grid(title=Text(table.title), title_justify="left", title_style="bold", box=SIMPLE_HEAD)
        for column, name in enumerate(table.header):
            words = column < table.texts or name == ""
            grid.add_column(Text(name), justify="left" if words else "right", overflow="fold")
        for number, row in enumerate(table.rows):
            grid.add_row(*(Text(cell) for cell in row), style="bold" if number in table.emphasised else "")
        console.print(grid)
        if table.note:
            console.print(Text(table.note), style="dim")
