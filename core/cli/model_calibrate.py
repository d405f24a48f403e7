"""`cagdde model calibrate`: options in, progress and the fitted numbers out."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from core.cli.model_choice import named_model
from core.cli.progress_bar import ProgressBar
from core.cli.sentences import sentences
from core.cli.terminal import time_left
from core.inference.progress import RateMeter


def calibrate_model(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A weights file, or a listed model.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The .safetensors to write; may be FILE.")],
    clips: Annotated[
        list[Path],
        typer.Option(
            "--clip", help="A folder with frames/ and masks/ to fit on; once for each clip, at least two."
        ),
    ],
    stride: Annotated[int, typer.Option(min=1, help="Only every n-th frame.")] = 3,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Fit what makes a model's scores an expected IoU, on clips with masks; the weights stay as they are."""
    with sentences(), ProgressBar() as progress:
        from core.training.confidence import calibrate_confidence
        from core.training.run import pick_device

        meter = RateMeter()

        def show(done: int, total: int) -> None:
            meter.tick()
            left = time_left(meter.seconds_left(total - done)) if done < total else ""
            progress.show("frames", done, total, left)

        fitted = calibrate_confidence(named_model(file), out, clips, pick_device(device), stride, show)
    if as_json:
        print(json.dumps(dataclasses.asdict(fitted), indent=2))
        return
    found, measured = fitted.calibration, fitted.left_out
    weights = ", ".join(f"{name} {weight:.3f}" for name, weight in found.weights.items())
    print(f"{out}: calibrated on {measured.pairs} frames; bias {found.bias:.3f}, {weights}.")
    parts = [f"mean error {measured.mae:.3f}", f"calibration error {measured.calibration_error:.3f}"]
    for words, value in (("rank correlation", measured.spearman), ("AUROC of IoU < 0.5", measured.auroc)):
        parts += [] if value is None else [f"{words} {value:.3f}"]
    print(f"Each clip fitted without its own frames: {', '.join(parts)}.")
