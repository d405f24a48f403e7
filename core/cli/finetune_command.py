"""`cagdde finetune`: options in, sentences and JSON out. The training runs in a process of its own (core.finetune)."""

import contextlib
import dataclasses
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from core.cli.exit_codes import DONE, FAILED, INTERRUPTED
from core.cli.finetune_progress import FinetuneProgress
from core.cli.model_choice import chosen_model
from core.cli.sentences import sentences
from core.cli.terminal import say

if TYPE_CHECKING:
    from core.finetune.job import FinetuneSettings
    from core.finetune.outcome import FinetuneResult
    from core.finetune.process import FinetuneEnding

_PRESETS = ("quick", "thorough", "paper")
_SECONDS_TO_SAVE = 5.0


def finetune(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A .cagdde file with accepted frames.")],
    preset: Annotated[str, typer.Option(help=f"One of {', '.join(_PRESETS)}.")] = "quick",
    heads_only: Annotated[
        bool, typer.Option("--heads-only", help="Leave the encoder as it is: faster, and it forgets less.")
    ] = False,
    model: Annotated[
        Path | None,
        typer.Option(
            help="Weights to start from: a file or a listed model. Default: the default model, or what it was "
            "finetuned from."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder of the job and its results. Default: among your data."),
    ] = None,
    promote: Annotated[
        bool, typer.Option("--promote", help="If a new model is chosen, make it the default.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="What to call the promoted model.")] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the job in --out, else the project's last unfinished."),
    ] = False,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="Processor threads.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object of the outcome on stdout.")
    ] = False,
) -> None:
    """Finetune on a project's accepted frames, and report before and after on frames held out.

    Keeping the old model is a legal outcome. Ctrl-C cancels; --resume then goes on. Exit codes: 0 finished, 1 failed,
    2 wrong usage, 130 cancelled.
    """
    if preset not in _PRESETS:
        raise typer.BadParameter(f"{preset} is none of {', '.join(_PRESETS)}.", param_hint="--preset")
    with sentences(), FinetuneProgress() as progress:
        from core.finetune.job import preset_settings

        if resume:
            folder = _unfinished(project, out)
        else:
            changes = {"heads_only": heads_only, "device": device, "threads": threads}
            folder = _prepare(
                project, chosen_base(model), preset_settings(cast("Any", preset), **changes), out, progress
            )
        progress.say(f"job: {folder}")
        ending = _run(folder, progress)
    document: dict[str, Any] = {"outcome": ending.kind, "reason": ending.reason, "folder": str(folder)}
    if ending.kind in ("finished", "stopped early"):
        with sentences():
            document |= _conclude(project, folder, promote, name)
    if as_json:
        print(json.dumps(document, indent=2))
    if ending.kind in ("finished", "stopped early"):
        _tell(document, quiet=as_json)
        raise typer.Exit(DONE)
    again = shlex.join(["cagdde", "finetune", str(project), "--resume", "--out", str(folder)])
    hint = f" Go on with: {again}" if ending.resumable else ""
    say(f"cagdde: {ending.reason}{hint}")
    raise typer.Exit(INTERRUPTED if ending.kind == "cancelled" else FAILED)


def chosen_base(model: Path | None) -> Path:
    """Weights to start from. Without a name never those of an earlier finetuning."""
    from core.registry import ModelRegistry

    return ModelRegistry().base_of() if model is None else chosen_model(model)


def _prepare(
    project: Path, base: Path, settings: "FinetuneSettings", out: Path | None, progress: FinetuneProgress
) -> Path:
    from core.finetune.history import new_run_folder
    from core.finetune.snapshot import snapshot
    from core.project import Project

    folder = out or new_run_folder(project)
    try:
        with Project.open(project, read_only=True) as opened:
            snapshot(opened, base, settings, folder, on_progress=progress.samples)
    except BaseException:
        with contextlib.suppress(OSError):  # only where it is empty
            folder.rmdir()
        raise
    return folder


def _unfinished(project: Path, out: Path | None) -> Path:
    from core.errors import InputError
    from core.finetune.history import past_runs
    from core.finetune.job import read_job

    if out is not None:
        read_job(out)
        return out
    for run in past_runs(project):
        if run.resumable:
            return run.folder
    raise InputError(
        f"{project}: there is no unfinished finetuning of it to go on with; start without --resume."
    )


def _run(folder: Path, progress: FinetuneProgress) -> "FinetuneEnding":
    from core.finetune.process import FinetuneProcess

    process = FinetuneProcess.start(folder, progress.event)
    seconds = _SECONDS_TO_SAVE
    while True:
        try:
            ending = process.wait(0.2)
            if ending is not None:
                return ending
        except KeyboardInterrupt:
            process.cancel(seconds)
            seconds = 0.0  # asked again, it ends at once


def _conclude(project: Path, folder: Path, promoting: bool, name: str | None) -> dict[str, Any]:
    """The page, the project's list of runs, and the promotion. Returns: entries of the JSON object."""
    from core.finetune.history import promote
    from core.finetune.outcome import read_result
    from core.finetune.report import write_page

    result = read_result(folder)
    page = write_page(folder)
    _remember(project, folder, result)
    model = promote(folder, name).id if promoting and result.weights is not None else None
    return {"report": str(page), "model": model, "result": dataclasses.asdict(result)}


def _remember(project: Path, folder: Path, result: "FinetuneResult") -> None:
    from core.errors import ProjectError
    from core.finetune.history import RUN_KIND, run_facts
    from core.project import Project

    try:
        with Project.open(project) as opened:
            if not opened.read_only:
                opened.add_run(RUN_KIND, run_facts(folder, result))
                return
    except ProjectError as error:
        say(f"note: {error}")
        return
    say(f"note: {project} is open elsewhere, so the run is not noted in it.")


def _tell(document: dict[str, Any], quiet: bool) -> None:
    from core.finetune.outcome import read_result

    result = read_result(Path(document["folder"]))
    write = say if quiet else print
    write(result.reason)
    if result.overall is not None and result.kept_old:
        write(f"J on held-out frames {result.overall.before.j:.3f}, unchanged.")
    elif result.overall is not None and result.interval is not None:
        before, after, found = result.overall.before.j, result.overall.after.j, result.interval
        write(
            f"J on held-out frames {before:.3f} -> {after:.3f}; mean gain {found.mean:+.3f}, 95 % interval "
            f"{found.low:+.3f} to {found.high:+.3f}: {found.words}"
        )
    write(f"Report: {document['report']}")
    if document["model"]:
        write(
            f"The default model is now {document['model']}; `cagdde model default --back` returns to the old one."
        )
    elif result.weights is not None:
        write(f"New weights: {Path(document['folder']) / result.weights}")
