"""Measures the whole way from a file to predictions, and on to maps on the disk. Runs in a process of its own."""

import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from core.bench.rows import Figures
from core.inference.settings import FlowMethod, InferenceSettings

if TYPE_CHECKING:
    from core.inference import Predictor


def measure_predictions(clip: Path, weights: Path, flow: FlowMethod, repeats: int) -> Figures:
    """Decoding, flow and network of every frame, nothing written. Raises: StudioError."""
    return _measure(clip, weights, flow, repeats, writes=False)


def measure_maps(clip: Path, weights: Path, flow: FlowMethod, repeats: int) -> Figures:
    """The same, with a map of the clip's own size written for every frame. Raises: StudioError."""
    return _measure(clip, weights, flow, repeats, writes=True)


def _measure(clip: Path, weights: Path, flow: FlowMethod, repeats: int, writes: bool) -> Figures:
    from core.inference import Predictor
    from core.video import open_clip

    with closing(open_clip(clip)) as reader:
        info = reader.info
    predictor = Predictor.load(weights, InferenceSettings(flow=flow))
    predictor.warm_up(info.size_hw)
    seconds = [_run(predictor, clip, writes) for _ in range(repeats)]
    rate = info.frame_count / median(seconds)
    note = f"{info.frame_count} frames, {predictor.device_name}, {predictor.precision}"
    return Figures(1000 / rate, None, rate, None, note)


def _run(predictor: "Predictor", clip: Path, writes: bool) -> float:
    """Seconds from opening the file to the last result."""
    from core.exchange.background import BackgroundExporter
    from core.exchange.clip_exporter import ClipExporter, ExportOptions
    from core.inference.batch import predict_frames
    from core.video import open_clip

    began = time.perf_counter()
    with closing(open_clip(clip)) as reader:
        info = reader.info
    with (
        tempfile.TemporaryDirectory(dir=clip.parent) as name,
        closing(predict_frames(predictor, clip, info)) as frames,
    ):
        if not writes:
            for _ in frames:
                pass
            return time.perf_counter() - began
        exporter = ClipExporter(Path(name), clip.stem, info, ExportOptions(frozenset({"maps"})))
        with BackgroundExporter(exporter, Path(name)) as background:
            for item in frames:
                background.add(item.source.frame, item.source.field, item.prediction)
        return time.perf_counter() - began
