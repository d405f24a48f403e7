"""Runs the measurements of a plan one after the other. What each does is in stages, pipeline, gpu and start."""

import os
import tempfile
import time
from collections.abc import Callable, Collection
from pathlib import Path

from core.bench.child import Outcome, run_alone
from core.bench.gpu import find_gpu
from core.bench.machine import describe_machine
from core.bench.plan import RANDOM_NAME, BenchSettings, Material, Measurement, clips_of, plan
from core.bench.rows import GROUPS, BenchReport, Figures, Group, Row
from core.bench.stages import random_weights
from core.errors import StudioError

OnRow = Callable[[int, int, str, Row | None], None]


def run_bench(
    settings: BenchSettings,
    command: str,
    groups: Collection[Group] = GROUPS,
    on_row: OnRow = lambda done, total, name, row: None,
) -> BenchReport:
    """Measure. A measurement that fails becomes a row with its sentence.

    Args:
        command: as typed, for the report.
        groups: what is measured.
        on_row: called with rows done, rows in all, the name at work, and the row once it is there (else None).

    Raises: OutputError: the clips cannot be written.
    """
    began, made_at = time.monotonic(), time.time()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    with tempfile.TemporaryDirectory(prefix="cagdde-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        graphics_card = _gpu(folder) if "gpu" in groups else ""
        material = _material(settings, folder, groups)
        wanted = plan(settings, material, groups, bool(graphics_card))
        rows: list[Row] = []
        for done, measurement in enumerate(wanted):
            on_row(done, len(wanted), measurement.name, None)
            rows.append(_measure(measurement, folder))
            on_row(done + 1, len(wanted), measurement.name, rows[-1])
    seconds = time.monotonic() - began
    return BenchReport(command, made_at, seconds, load, describe_machine(graphics_card), tuple(rows))


def _material(settings: BenchSettings, folder: Path, groups: Collection[Group]) -> Material:
    clips, long_clip = clips_of(settings, folder)
    weights: Path | None = None
    if settings.large and {"network", "gpu"} & set(groups):
        weights = run_alone(folder, random_weights, folder / f"{RANDOM_NAME}.safetensors", RANDOM_NAME).value
    return Material(clips, long_clip, weights)


def _gpu(folder: Path) -> str:
    """Asked in another process: torch need not be loaded here."""
    try:
        return run_alone(folder, find_gpu).value
    except StudioError:  # then the rows that need torch say so
        return ""


def _measure(one: Measurement, folder: Path) -> Row:
    try:
        if not one.alone:
            return Row(one.group, one.name, one.function(*one.arguments))
        outcome: Outcome[Figures] = run_alone(folder, one.function, *one.arguments)
        return Row(one.group, one.name, outcome.value, outcome.peak_mib)
    except StudioError as error:
        return Row(one.group, one.name, failure=str(error))
