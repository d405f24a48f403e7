"""`cagdde model`: weights files and the registry of models. Options in, sentences and JSON out."""

import dataclasses
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from core.cli.model_calibrate import calibrate_model
from core.cli.model_choice import named_model
from core.cli.sentences import sentences
from core.cli.terminal import say

if TYPE_CHECKING:
    from core.registry import ModelRecord

model_app = typer.Typer(
    help="Import, choose, compare, look at, measure and publish models.", no_args_is_help=True
)

_USES = {"encoder": " encoder, for training", "flow": " optical flow, for --flow"}
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
_Name = Annotated[
    str, typer.Argument(metavar="MODEL", help="Id, or its beginning, or name of a listed model.")
]
_Device = Annotated[str, typer.Option(help="auto, cpu or cuda.")]


@model_app.command("list")
def list_models(as_json: _Json = False) -> None:
    """Show the models there are; * is the default, which predicts where none is named."""
    from core.registry import ModelRegistry, find_default

    with sentences():
        registry = ModelRegistry()
        models = registry.models()
        notice = find_default().notice
    if notice:
        say(f"note: {notice}")
    if as_json:
        print(
            json.dumps(
                {"folder": str(registry.folder), "models": [_facts(record) for record in models]}, indent=2
            )
        )
        return
    width = max(len(record.id) for record in models)
    for record in models:
        facts = record.facts
        what = f"{facts.architecture}{_USES.get(facts.kind, '')}"
        print(
            f"{'*' if record.is_default else ' '} {record.id:<{width}}  {what}  {facts.bytes / 1e6:.1f} MB  "
            f"{facts.origin}{_day(facts.made_at)}{f'  {facts.name}' if facts.name != record.id else ''}"
        )
        if record.trouble:
            print(f"  {'':<{width}}  BAD: {record.trouble}")


@model_app.command("import")
def import_model(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A model of this program, a published CAG-DDE or RAFT .pth, or torchvision weights of an encoder.",
        ),
    ],
    name: Annotated[str | None, typer.Option(help="What to call it. Default: the file's name.")] = None,
    default: Annotated[bool, typer.Option("--default", help="Predict with it from now on.")] = False,
    as_json: _Json = False,
) -> None:
    """Keep a weights file as a model of yours; the file itself is not needed afterwards."""
    from core.registry import ModelRegistry

    with sentences():
        registry = ModelRegistry()
        before = {record.id for record in registry.models()}
        record = registry.add(file, name)
        if default:
            record = registry.set_default(record.id)
    if as_json:
        print(json.dumps(_facts(record), indent=2))
        return
    how = "is there already as" if record.id in before else "imported as"
    print(f"{file}: {how} {record.id}{', now the default' if default else ''}.")


@model_app.command("default")
def default_model(
    model: Annotated[
        str | None, typer.Argument(metavar="[MODEL]", help="The new default; none shows the present one.")
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="Return to the default before this one.")] = False,
    as_json: _Json = False,
) -> None:
    """Show or choose the model that predicts where none is named."""
    from core.registry import ModelRegistry, find_default

    if model is not None and back:
        raise typer.BadParameter("MODEL and --back exclude each other.")
    with sentences():
        registry = ModelRegistry()
        if back:
            record = registry.roll_back()
        elif model is not None:
            record = registry.set_default(model)
        else:
            if notice := find_default().notice:
                say(f"note: {notice}")
            record = registry.default()
    if as_json:
        changes: list[Any] = msgspec.to_builtins(registry.history())
        print(json.dumps({"default": _facts(record), "history": changes}, indent=2))
    else:
        print(f"The default model is {record.id} ({record.path}).")


@model_app.command("delete")
def delete_model(model: _Name) -> None:
    """Remove a model of yours. The default and the bundled model stay."""
    from core.registry import ModelRegistry

    with sentences():
        print(f"{ModelRegistry().delete(model).id} is deleted.")


@model_app.command("compare")
def compare_models(
    first: Annotated[str, typer.Argument(metavar="A", help="A listed model, or a weights file.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    clips: Annotated[
        list[Path] | None,
        typer.Option(
            "--clip", help="A folder with frames/ and masks/ to measure both on; once for each clip."
        ),
    ] = None,
    device: _Device = "auto",
    as_json: _Json = False,
) -> None:
    """Show what differs between two models, and how they measure on the same clips."""
    from core.cli.model_compare import compare, comparison_table

    with sentences():
        comparison = compare(named_model(Path(first)), named_model(Path(second)), clips or [], device)
    if as_json:
        print(json.dumps(dataclasses.asdict(comparison), indent=2))
    else:
        print(comparison_table(comparison, first, second))


@model_app.command("inspect")
def inspect_model(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A weights file, or a listed model.")],
    as_json: _Json = False,
) -> None:
    """Show what a model says of itself."""
    with sentences():
        from core.network import inspect_checkpoint
        from core.registry.entry import kind_of, read_header

        path = named_model(file, encoders=True)
        header = read_header(path)
        facts = header if kind_of(header) != "model" else dataclasses.asdict(inspect_checkpoint(path))
    if as_json:
        print(json.dumps(facts, indent=2, default=str))
        return
    for name, value in facts.items():
        print(f"{name:<14} {json.dumps(value, default=str) if isinstance(value, dict | list) else value}")


@model_app.command("publish")
def publish_model(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Weights of a run, or of several to average.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The .safetensors to write, float16.")],
    clips: Annotated[
        list[Path],
        typer.Option("--clip", help="A folder with frames/ and masks/ to measure it on; once for each clip."),
    ],
    calibrate: Annotated[
        bool,
        typer.Option("--calibrate", help="First put the final map's 0.5 where the clips' mean J is best."),
    ] = False,
    device: _Device = "auto",
) -> None:
    """Measure weights and write them as float16, with the results inside and in a table beside them."""
    with sentences():
        from core.training.publish import publish, results_table
        from core.training.run import pick_device

        print(results_table(publish(files, out, clips, pick_device(device), calibrate=calibrate)))


model_app.command("calibrate")(calibrate_model)


def _facts(record: "ModelRecord") -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(record.facts)
    report = str(record.report) if record.report else None
    return facts | {
        "path": str(record.path),
        "default": record.is_default,
        "trouble": record.trouble,
        "report": report,
    }


def _day(seconds: float) -> str:
    return f" {datetime.fromtimestamp(seconds):%Y-%m-%d}" if seconds else ""
