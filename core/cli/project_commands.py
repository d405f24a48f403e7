"""`cagdde project`, `export` and `import`: options in, sentences and JSON out. The work is elsewhere in core."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from core.cli.exit_codes import DONE, FAILED
from core.cli.model_choice import chosen_model
from core.cli.sentences import sentences
from core.cli.terminal import say
from core.errors import ProjectError

if TYPE_CHECKING:
    from core.exchange.project_export import Predict
    from core.project import Project

project_app = typer.Typer(help="Look at, verify and recover project files.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
_Project = Annotated[Path, typer.Argument(metavar="PROJECT", help="A .cagdde file.")]


@project_app.command("info")
def project_info(project: _Project, as_json: _Json = False) -> None:
    """Show the clips of a project and how far their frames are."""
    from core.project import Project

    with sentences(), Project.open(project, read_only=True) as opened:
        clips = [_clip_facts(opened, record.id) for record in opened.clips()]
        facts = {
            "project": str(project),
            "clips": clips,
            "notes": len(opened.notes()),
            "runs": len(opened.runs()),
        }
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    print(f"{project}: {len(clips)} clips, {facts['notes']} notes, {facts['runs']} runs")
    for clip in clips:
        states = (
            ", ".join(f"{count} {state}" for state, count in clip["states"].items()) or "nothing corrected"
        )
        print(
            f"{clip['id']:>3}  {clip['name']}  {clip['width']}x{clip['height']}  {clip['frames']} frames  {states}"
        )
        print(f"     {clip['path']}  ({clip['place']})")


@project_app.command("check")
def check_project(project: _Project, as_json: _Json = False) -> None:
    """Verify a project: the file, every row, every undo step, every clip. Exit 1 when something is lost or wrong."""
    from core.project import Finding, Project

    with sentences():
        try:
            with Project.open(project, read_only=True) as opened:
                findings = opened.check()
        except ProjectError as error:
            findings = [Finding("file", True, str(error))]
    sound = not any(finding.serious for finding in findings)
    if as_json:
        found = [dataclasses.asdict(finding) for finding in findings]
        print(json.dumps({"project": str(project), "sound": sound, "findings": found}, indent=2))
    else:
        for finding in findings:
            print(f"{'BAD ' if finding.serious else 'note'} {finding.place}: {finding.text}")
        print(
            f"{project} is {'sound' if sound else 'damaged: `cagdde project recover` saves what can be read'}."
        )
    raise typer.Exit(DONE if sound else FAILED)


@project_app.command("recover")
def recover_project(
    project: _Project,
    out: Annotated[Path, typer.Option("--out", "-o", help="The new project. It must not exist yet.")],
    as_json: _Json = False,
) -> None:
    """Write what can be read of a damaged project into a new one; the old one is not changed."""
    from core.project import recover

    with sentences():
        report = recover(project, out)
    if as_json:
        print(json.dumps(dataclasses.asdict(report), indent=2))
        return
    for sentence in report.lost:
        print(f"lost: {sentence}")
    print(
        f"{out}: {report.clips} clips, {report.frames} frames ({report.accepted} accepted), {report.steps} undo steps."
    )


def export_masks(
    project: _Project,
    form: Annotated[str, typer.Option("--format", "-f", help="davis, pairs, coco, video or csv.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="A folder, made whole or not at all.")],
    masks: Annotated[
        str, typer.Option(help="accepted; or all: the model's under your corrections elsewhere.")
    ] = "accepted",
    clip: Annotated[list[int] | None, typer.Option("--clip", help="Number of a clip; default: all.")] = None,
    first: Annotated[int, typer.Option(min=0, help="First frame.")] = 0,
    last: Annotated[int | None, typer.Option(min=0, help="Last frame.")] = None,
    search: Annotated[
        list[Path] | None, typer.Option("--search", help="Folder in which moved clips are looked for.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            help="Weights for --masks all: a file or a listed model. Default: that of `cagdde model default`."
        ),
    ] = None,
    device: Annotated[str, typer.Option(help="For --masks all: auto, cpu, cuda or mps.")] = "auto",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an export that is there.")] = False,
    as_json: _Json = False,
) -> None:
    """Write masks of a project for other programs."""
    from core.exchange.project_export import export_project
    from core.exchange.project_formats import EXPORT_FORMATS, ExportFormat
    from core.project import Project

    chosen: ExportFormat | None = next((known for known in EXPORT_FORMATS if known == form), None)
    if chosen is None:
        raise typer.BadParameter(f"{form} is none of {', '.join(EXPORT_FORMATS)}.", param_hint="--format")
    _one_of(masks, ("accepted", "all"), "--masks")
    frames = range(first, sys.maxsize if last is None else last + 1)
    with sentences(), Project.open(project, read_only=True) as opened:
        report = export_project(
            opened,
            chosen,
            out,
            clips=clip,
            frames=frames,
            predict=_predict(model, device) if masks == "all" else None,
            folders=search or (),
            overwrite=overwrite,
        )
    if as_json:
        print(json.dumps(dataclasses.asdict(report), indent=2))
        return
    for name, count in report.frames.items():
        print(f"{name}: {count} frames")
    print(f"{out}: {sum(report.frames.values())} frames as {form}.")


def import_folder(
    project: Annotated[
        Path, typer.Argument(metavar="PROJECT", help="A .cagdde file; made if it is not there.")
    ],
    clip: Annotated[Path, typer.Argument(metavar="CLIP", help="The clip; added if it is new.")],
    masks: Annotated[Path, typer.Argument(metavar="MASKS", help="A folder of masks, or a COCO file.")],
    kind: Annotated[
        str, typer.Option("--as", help="accepted: ground truth; corrected: to be painted on.")
    ] = "accepted",
    first_number: Annotated[
        int, typer.Option(help="The number that file names give to the first frame.")
    ] = 0,
    as_json: _Json = False,
) -> None:
    """Put masks from elsewhere onto a clip, and report what did not match. Exit 1 when no mask matched."""
    from core.exchange.mask_import import import_masks, open_or_add
    from core.project import Project

    as_what = "corrected" if _one_of(kind, ("accepted", "corrected"), "--as") == "corrected" else "accepted"
    with sentences(), Project.open(project) if project.exists() else Project.create(project) as opened:
        number = open_or_add(opened, clip, opened.clips())
        report = import_masks(opened, number, masks, as_what, first_number)
    if as_json:
        print(json.dumps(dataclasses.asdict(report), indent=2))
    else:
        for name, reason in report.unmatched.items():
            print(f"not matched: {name}: {reason}")
        print(
            f"{project}: {len(report.imported)} masks imported, {len(report.unchanged)} were there already, "
            f"{len(report.unmatched)} did not match, {len(report.missing)} frames have none."
        )
    raise typer.Exit(DONE if report.imported or report.unchanged else FAILED)


def _one_of(value: str, allowed: tuple[str, ...], option: str) -> str:
    if value not in allowed:
        raise typer.BadParameter(f"{value} is none of {', '.join(allowed)}.", param_hint=option)
    return value


def _clip_facts(project: "Project", clip: int) -> dict[str, Any]:
    record = project.clip(clip)
    states: dict[str, int] = {}
    for frame in project.frames(clip).values():
        states[frame.state.value] = states.get(frame.state.value, 0) + 1
    place = project.find_clip(clip)
    return {
        "id": record.id,
        "name": record.name,
        "path": str(place.path or record.path),
        "place": place.status,
        "frames": record.frame_count,
        "height": record.size_hw[0],
        "width": record.size_hw[1],
        "duration_seconds": round(record.duration_seconds, 6),
        "fingerprint": record.fingerprint,
        "states": states,
    }


def _predict(model: Path | None, device: str) -> "Predict":
    from core.inference import InferenceSettings
    from core.inference.clip_predictions import ClipPredictions

    try:
        settings = InferenceSettings(device=cast("Any", device))  # its constructor checks it
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from error
    return ClipPredictions(chosen_model(model), settings, on_note=say)
