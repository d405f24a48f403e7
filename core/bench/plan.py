"""Which measurements there are, in order, for a full and for a quick run. They run in run.py."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from core.bench import gpu, pipeline, stages, start
from core.bench.clips import make_clip
from core.bench.rows import Figures, Group
from core.errors import InputError
from core.inference.flow import choose_flow
from core.inference.settings import FlowMethod, InferenceSettings, RuntimeName
from core.resources import default_weights_path
from core.types import SizeHW

RANDOM_NAME = "cagdde-r101"
"""The paper's network: nobody's weights for it come with the program, so random ones are measured."""


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """How much is measured.

    sizes: of the clips, height and width; the first one is for flow and networks. frames: of a clip; long_frames: of
    the one that shows whether memory grows, 0 for none. pairs: of flow. seeks: into a clip. repeats: of a network's
    frame. runs: over a whole clip, and starts of a program. large: whether the paper's network is measured.
    """

    sizes: tuple[SizeHW, ...] = ((480, 854), (1080, 1920))
    frames: int = 100
    long_frames: int = 600
    pairs: int = 30
    seeks: int = 60
    repeats: int = 20
    runs: int = 3
    large: bool = True


QUICK = BenchSettings(((180, 320),), 16, 0, 6, 8, 3, 1, large=False)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One row to be. alone: in a process of its own; else here, since it starts processes itself."""

    group: Group
    name: str
    function: Callable[..., Figures]
    arguments: tuple[object, ...]
    alone: bool = True


@dataclass(frozen=True, slots=True)
class Material:
    """Files that are made before: clips by size, the long one, random weights of the paper's network."""

    clips: dict[SizeHW, Path]
    long_clip: Path | None
    random_weights: Path | None


def clips_of(settings: BenchSettings, folder: Path) -> tuple[dict[SizeHW, Path], Path | None]:
    """Make the clips. Raises: OutputError."""
    clips = {
        size: make_clip(folder / f"{_words(size)}.mp4", size, settings.frames) for size in settings.sizes
    }
    if not settings.long_frames:
        return clips, None
    return clips, make_clip(folder / "long.mp4", settings.sizes[0], settings.long_frames)


def plan(
    settings: BenchSettings, material: Material, groups: Collection[Group], has_gpu: bool
) -> list[Measurement]:
    """The measurements of some groups, in the order of the table."""
    parts: dict[Group, Callable[[BenchSettings, Material], list[Measurement]]] = {
        "decode": _decoding,
        "seek": _seeking,
        "flow": _flows,
        "network": _networks,
        "pipeline": _pipelines,
        "start": _starts,
    }
    if has_gpu:
        parts["gpu"] = _on_gpu
    return [one for group, part in parts.items() if group in groups for one in part(settings, material)]


def _decoding(settings: BenchSettings, material: Material) -> list[Measurement]:
    return [
        Measurement("decode", f"H.264, {_words(size)}", stages.measure_decode, (clip,))
        for size, clip in material.clips.items()
    ]


def _seeking(settings: BenchSettings, material: Material) -> list[Measurement]:
    return [
        Measurement("seek", f"H.264, {_words(size)}", stages.measure_seek, (clip, settings.seeks))
        for size, clip in material.clips.items()
    ]


def _flows(settings: BenchSettings, material: Material) -> list[Measurement]:
    size = settings.sizes[0]
    clip = material.clips[size]
    found: list[Measurement] = []
    for method in get_args(FlowMethod):
        name = f"{method}, {_words(size)}"
        try:
            values = (clip, choose_flow(method), settings.pairs)
            found.append(Measurement("flow", name, stages.measure_flow, values))
        except InputError as error:
            found.append(Measurement("flow", name, _refuse, (str(error),), False))
    return found


def _networks(settings: BenchSettings, material: Material) -> list[Measurement]:
    clip = material.clips[settings.sizes[0]]
    found: list[Measurement] = []
    for name, weights in _models(material):
        values = (clip, weights, settings.repeats)
        found.append(Measurement("network", f"{name}, plain loop", stages.measure_plain_network, values))
        for runtime in get_args(RuntimeName):
            chosen = InferenceSettings(device="cpu", runtime=runtime)
            values = (clip, weights, chosen, settings.repeats)
            found.append(Measurement("network", f"{name}, {runtime}", stages.measure_network, values))
    return found


def _pipelines(settings: BenchSettings, material: Material) -> list[Measurement]:
    weights = default_weights_path()
    found: list[Measurement] = []
    for size, clip in material.clips.items():
        values = (clip, weights, "dis", settings.runs)
        name = f"cagdde-lite with DIS, {_words(size)}"
        found.append(Measurement("pipeline", f"{name}, predictions", pipeline.measure_predictions, values))
        found.append(Measurement("pipeline", f"{name}, maps written", pipeline.measure_maps, values))
    if material.long_clip is not None:
        values = (material.long_clip, weights, "dis", 1)
        name = f"cagdde-lite with DIS, {_words(settings.sizes[0])}, maps written, a longer clip"
        found.append(Measurement("pipeline", name, pipeline.measure_maps, values))
    return found


def _starts(settings: BenchSettings, material: Material) -> list[Measurement]:
    values = (settings.runs,)
    return [
        Measurement("start", "the window, until it is painted", start.measure_window, values, False),
        Measurement("start", "cagdde --help", start.measure_help, values, False),
    ]


def _on_gpu(settings: BenchSettings, material: Material) -> list[Measurement]:
    frame_hw = settings.sizes[0]
    return [
        Measurement(
            "gpu",
            f"{name}, {batch} at once",
            gpu.measure_on_gpu,
            (weights, frame_hw, batch, settings.repeats),
        )
        for name, weights in _models(material)
        for batch in (1, 8)
    ]


def _models(material: Material) -> list[tuple[str, Path]]:
    models = [("cagdde-lite", default_weights_path())]
    if material.random_weights is not None:
        models.append((f"{RANDOM_NAME} with random weights", material.random_weights))
    return models


def _refuse(sentence: str) -> Figures:
    raise InputError(sentence)


def _words(size_hw: SizeHW) -> str:
    return f"{size_hw[1]}x{size_hw[0]}"
