"""`cagdde predict`: options in, sentences and JSON out. The run itself is predict_job.py."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.cli.clip_progress import ClipProgress
from core.cli.exit_codes import DONE, FAILED, INTERRUPTED
from core.cli.inference_options import (
    DeviceOption,
    FlowOption,
    RuntimeOption,
    SizeOption,
    ThreadsOption,
    chosen_settings,
)
from core.cli.model_choice import chosen_model
from core.cli.predict_shard import Shard, chosen_shard, take_own_gpu
from core.cli.terminal import say
from core.errors import StudioError

if TYPE_CHECKING:
    from core.cli.predict_job import ClipResult, ClipTask
    from core.exchange.clip_exporter import ExportOptions
    from core.inference.predictor import Predictor
    from core.inference.settings import InferenceSettings


def predict(
    inputs: Annotated[
        list[Path],
        # Not checked by the parser (readable): an input that fails must not stop the others.
        typer.Argument(
            metavar="INPUT",
            readable=False,
            help="Video files, folders of images, or folders that hold clips (folders of masks in them are skipped).",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="OUT", readable=False, help="Results go to OUT/CLIP/."),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            readable=False,
            help="Weights: .safetensors, .pth as the paper's authors published, or a listed model's name. "
            "Default: that of `cagdde model default`.",
        ),
    ] = None,
    flow: FlowOption = "dis",
    device: DeviceOption = "auto",
    size: SizeOption = None,
    threshold: Annotated[float, typer.Option(min=0.0, max=1.0, help="Masks: saliency at least this.")] = 0.5,
    runtime: RuntimeOption = "auto",
    threads: ThreadsOption = None,
    save: Annotated[
        str,
        typer.Option(
            metavar="KINDS", help="Comma-separated: maps, masks, flow, overlay, scores, sheet, or all."
        ),
    ] = "all",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object of the results on stdout.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace results that are there.")] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Keep results that are complete and made by the same model and settings."
        ),
    ] = False,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="I/N",
            help="Predict part I of N of the clips, from 1/N to N/N. Default: torchrun's process.",
        ),
    ] = None,
) -> None:
    """Predict the salient objects of clips.

    On several devices: torchrun --standalone --nproc-per-node N -m core.cli predict ..., or --shard on each machine.
    Exit codes: 0 all done, 1 an input failed (the others are still processed), 2 wrong usage, 130 interrupted.
    """
    settings = chosen_settings(device, size, flow, threads, runtime)
    results: list[ClipResult] = []
    summary: dict[str, Any] = {"output": str(out), "error": None}
    try:
        options, part = _export_options(save, threshold), chosen_shard(shard)
        if shard is None:
            take_own_gpu(device)
        run = _Run(inputs, out, chosen_model(model), settings, options, overwrite, resume, part)
        _predict_all(run, results, summary)
        code = FAILED if any(result.error for result in results) else DONE
    except StudioError as error:
        say(f"cagdde: {error}")
        summary["error"], code = str(error), FAILED
    except KeyboardInterrupt:
        finished = sum(result.error is None for result in results)
        summary["error"], code = "interrupted", INTERRUPTED
        say(
            f"cagdde: stopped on request; {finished} finished clips are complete in {out}, the others left no files."
        )
    if as_json:
        print(json.dumps(summary | {"clips": [dataclasses.asdict(result) for result in results]}, indent=2))
    raise typer.Exit(code)


@dataclasses.dataclass(frozen=True, slots=True)
class _Run:
    """What the options say."""

    inputs: list[Path]
    out: Path
    weights: Path
    settings: "InferenceSettings"
    options: "ExportOptions"
    overwrite: bool
    resume: bool
    shard: Shard


def _predict_all(run: _Run, results: "list[ClipResult]", summary: dict[str, Any]) -> None:
    from core.cli.predict_job import plan
    from core.inference.predictor import Predictor

    tasks, failures = plan(run.inputs, run.out)
    if run.shard.first:  # told once
        for failure in failures:
            say(f"cagdde: {failure.error}")
        results += failures
    tasks = run.shard.of(tasks)
    if run.shard.count > 1:
        summary["shard"] = str(run.shard)
    if not tasks:
        return
    predictor = Predictor.load(run.weights, run.settings)
    for notice in predictor.notices:
        say(f"note: {notice}")
    subtitle = f"{run.weights.name}, flow {run.settings.flow}"
    run = dataclasses.replace(run, options=dataclasses.replace(run.options, subtitle=subtitle))
    with ClipProgress(len(tasks)) as progress:
        for task in tasks:
            progress.next_clip()
            results.append(_predict_one(predictor, task, run, progress))
    summary |= {"model": str(run.weights), "device": predictor.device_name, "precision": predictor.precision}
    summary["flow"] = predictor.flow_description


def _predict_one(predictor: "Predictor", task: "ClipTask", run: _Run, progress: ClipProgress) -> "ClipResult":
    from core.cli.predict_job import failed, run_task

    def note(sentence: str) -> None:
        progress.say(f"note: {sentence}")

    try:
        result = run_task(
            predictor, task, run.options, run.overwrite, progress.show_clip, note, resume=run.resume
        )
    except StudioError as error:
        progress.say(f"cagdde: {error}")
        return failed(task.clip, error)
    rate = f"{result.frames} frames in {result.seconds:.1f} s, {result.frames_per_second:.1f} frames/s"
    progress.say(f"{task.clip} -> {task.output}  ({'kept' if result.kept else rate})")
    return result


def _export_options(save: str, threshold: float) -> "ExportOptions":
    from core.exchange.clip_exporter import PRODUCTS, ExportOptions, Product

    kinds = [kind.strip() for kind in save.split(",") if kind.strip()]
    unknown = [kind for kind in kinds if kind not in (*PRODUCTS, "all")]
    if unknown or not kinds:
        found = f"{', '.join(unknown)} is none of" if unknown else "nothing to save: name some of"
        raise typer.BadParameter(f"{found} {', '.join(PRODUCTS)}, all.", param_hint="--save")
    products: frozenset[Product] = frozenset(
        product for product in PRODUCTS if product in kinds or "all" in kinds
    )
    return ExportOptions(products, threshold)
