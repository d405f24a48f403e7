"""The commands of `cagdde`: they read options, call core and print. The work itself lives in the packages."""

import dataclasses
import json
import logging
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from core.cli.ablate_command import ablate
from core.cli.bench_command import bench
from core.cli.eval_command import evaluate
from core.cli.exit_codes import DONE, FAILED
from core.cli.finetune_command import finetune
from core.cli.model_commands import model_app
from core.cli.predict_command import predict
from core.cli.project_commands import export_masks, import_folder, project_app
from core.cli.train_command import train

app = typer.Typer(
    name="cagdde",
    help="Video salient object detection with CAG-DDE, without a window.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(model_app, name="model")
app.add_typer(project_app, name="project")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"cagdde {program_version()}")
        raise typer.Exit


def program_version() -> str:
    """The installed distribution's version."""
    try:
        return version("cagdde-studio")
    except PackageNotFoundError:
        return "0 (not installed)"


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit."),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what happens inside, on stderr.")
    ] = False,
) -> None:
    """Options of every command."""
    # Fallbacks are told in sentences by the commands; the log repeats them with detail.
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR, format="%(levelname)s %(name)s: %(message)s"
    )


app.command()(predict)
app.command()(finetune)
app.command("eval")(evaluate)
app.command()(train)
app.command()(ablate)
app.command()(bench)
app.command("export")(export_masks)
app.command("import")(import_folder)


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Show versions, devices, codecs and what is missing; exit 1 when predicting cannot work."""
    from core.cli.doctor import examine

    findings = examine(program_version())
    if as_json:
        print(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            print(f"{'ok  ' if finding.good else 'BAD '} {finding.name:<{width}}  {finding.text}")
    raise typer.Exit(DONE if all(finding.good or not finding.needed for finding in findings) else FAILED)
