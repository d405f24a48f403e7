"""From a training run's weights to a file that ships: float16, measured, its results in metadata and a table."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import torch

from core.errors import OutputError
from core.metrics import Report
from core.network import CagDde, CheckpointMetadata, load_checkpoint, save_checkpoint
from core.training.average import average_checkpoints
from core.training.calibrate import calibrate_threshold
from core.training.selection import SecondStream, SelectionSet

PROTOCOLS = ("authors", "davsod")

_MEANING: dict[SecondStream, str] = {
    "flow": "DIS flow",
    "white": "white picture (no motion)",
    "rgb": "the frame itself in both streams",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One report: what the second stream saw, and the measures under one protocol."""

    second: SecondStream
    report: Report


def measure_model(model: CagDde, clips: list[Path], device: torch.device, stride: int = 1) -> list[Measured]:
    """Measure a network on clips under every protocol, with each kind of second stream, in float32.

    Args:
        clips: folders with frames/ and masks/.
        stride: only every n-th frame.

    Raises:
        InputError: a clip cannot be read.
    """
    results: list[Measured] = []
    for second in get_args(SecondStream):
        frames = SelectionSet(clips, model.config, stride, second)
        for protocol in PROTOCOLS:
            results.append(Measured(second, frames.report(model, device, protocol, mixed_precision=False)))
    return results


def publish(
    sources: list[Path],
    out: str | Path,
    clips: list[Path],
    device: torch.device,
    stride: int = 1,
    calibrate: bool = False,
) -> list[Measured]:
    """Write weights as float16 with their measured results, and the results as a table beside them.

    What is measured is the float16 file, not the float32 weights.

    Args:
        sources: weights of a run, or of several that are averaged.
        out: the .safetensors to write; the table goes to out's name + "-results.md".
        clips: folders with frames/ and masks/ that no source was trained on. stride: only every n-th frame.
        calibrate: first move the final map's 0.5 to where the clips' mean J is best.

    Raises:
        StudioError: weights or clips cannot be read, or the files cannot be written.
    """
    out = Path(out)
    model, metadata = average_checkpoints(sources)
    if calibrate:
        shift = calibrate_threshold(model, clips, device, stride)
        metadata = replace(metadata, training={**metadata.training, "final_logits_lowered_by": shift})
    save_checkpoint(out, model, metadata, torch.float16)
    model, _ = load_checkpoint(out)
    results = measure_model(model, clips, device, stride)
    save_checkpoint(out, model, _with_results(metadata, results), torch.float16)
    table = out.with_name(f"{out.stem}-results.md")
    try:
        table.write_text(results_table(results), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{table}: cannot be written ({error.strerror}).") from error
    return results


def results_table(results: list[Measured]) -> str:
    """Markdown: a section for each kind of second stream and protocol."""
    parts = ["# Results on clips that were not trained on\n"]
    for measured in results:
        parts.append(
            f"## Second stream: {_MEANING[measured.second]}; protocol `{measured.report.protocol}`\n"
        )
        parts.append(measured.report.to_markdown())
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _with_results(metadata: CheckpointMetadata, results: list[Measured]) -> CheckpointMetadata:
    metrics: dict[str, Any] = {}
    for measured in results:
        rows = (*measured.report.per_clip, measured.report.overall)
        metrics[f"{measured.second}/{measured.report.protocol}"] = {
            row.name: {name: round(getattr(row, name), 4) for name in ("max_f", "s_measure", "mae", "j")}
            for row in rows
        }
    return replace(metadata, metrics=metrics)
