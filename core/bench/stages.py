"""Measures single stages: decoding, seeking, flow, a network. Each function runs in a process of its own."""

import time
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import numpy as np

from core.bench.rows import Figures, figures_of
from core.flow import FlowChoice, flow_picture, white_picture
from core.inference.settings import InferenceSettings
from core.types import SizeHW
from core.video import open_clip

_WARM_UP = 2
"""Frames, pairs or seeks that are not counted."""
_FEWEST = 3
_ENOUGH_SECONDS = 40.0
"""After so long a slow network is not run as often as asked for, if it ran the fewest times that make a median."""


def milliseconds(act: Callable[[], object]) -> float:
    """Wall time of one call."""
    began = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - began)


def repeated(act: Callable[[], object], times: int, warm_up: int = _WARM_UP) -> list[float]:
    """Milliseconds of calls after a warm-up: so many, or fewer where they take long."""
    for _ in range(warm_up):
        act()
    began = time.perf_counter()
    found: list[float] = []
    while len(found) < times:
        found.append(milliseconds(act))
        if len(found) >= _FEWEST and time.perf_counter() - began > _ENOUGH_SECONDS:
            break
    return found


def measure_decode(clip: Path) -> Figures:
    """All frames in order, as RGB."""
    with closing(open_clip(clip)) as reader:
        times = [milliseconds(lambda: reader.read(index)) for index in range(len(reader))]  # noqa: B023
    return figures_of(times[_WARM_UP:])


def measure_seek(clip: Path, seeks: int) -> Figures:
    """Frames in random order, none kept in between: exactly the frame that is asked for."""
    with closing(open_clip(clip)) as reader:
        order = np.random.default_rng(0).integers(0, len(reader), _WARM_UP + seeks)
        times = [milliseconds(lambda: reader.read(int(index))) for index in order]  # noqa: B023
    return figures_of(times[_WARM_UP:], frames_per_second=False)


def measure_flow(clip: Path, choice: FlowChoice, pairs: int) -> Figures:
    """Flow of consecutive pairs, and its colour picture at the default network's size."""
    estimator = choice.estimator()
    with closing(open_clip(clip)) as reader:
        frames = [reader.read(index).rgb for index in range(min(len(reader), _WARM_UP + pairs + 1))]
    size_hw = (240, 432)
    times: list[float] = []
    for first, second in pairwise(frames):
        began = time.perf_counter()
        if estimator is None:
            white_picture(size_hw)
        else:
            flow_picture(estimator(first, second), size_hw)
        times.append(1000 * (time.perf_counter() - began))
    return figures_of(times[_WARM_UP:])


def measure_network(clip: Path, weights: Path, settings: InferenceSettings, repeats: int) -> Figures:
    """One frame at a time through a runtime, maps at network size included; loading and conversion come before.

    Raises: StudioError: the model, the device or the runtime cannot be used.
    """
    from core.inference import Predictor
    from core.inference.frames import FrameSource

    predictor = Predictor.load(weights, settings)
    with FrameSource(clip, "white") as source:
        frame = source.load(0).frame
        predictor.warm_up(source.info.size_hw)
    ready = predictor.prepare(0, 0.0, frame.rgb, None)
    times = repeated(lambda: predictor.run([ready]), repeats)
    notes = [
        _size_words(predictor.network_size(frame.rgb.shape[:2])),
        predictor.device_name,
        predictor.precision,
    ]
    return figures_of(times, note=", ".join([*notes, *predictor.notices]))


def measure_plain_network(clip: Path, weights: Path, repeats: int) -> Figures:
    """The plain loop that everything else is compared with: the same weights in float32, as torch runs them."""
    import torch

    from core.network import load_checkpoint, network_input_size, normalise, resize_picture

    model = load_checkpoint(weights)[0].eval()
    with closing(open_clip(clip)) as reader:
        rgb = reader.read(0).rgb
    size_hw = network_input_size(model.config, (rgb.shape[0], rgb.shape[1]))
    picture = resize_picture(rgb, size_hw)[None]
    with torch.inference_mode():
        times = repeated(lambda: model(*(normalise(picture).contiguous() for _ in range(2))), repeats)
    return figures_of(times, note=f"{_size_words(size_hw)}, torch, float32")


def random_weights(path: Path, name: str) -> Path:
    """Weights of an architecture that has learnt nothing: they are as fast as learnt ones."""
    import torch

    from core.network import CONFIGS, CheckpointMetadata, build_model, save_checkpoint

    torch.manual_seed(0)  # pyright: ignore[reportUnknownMemberType]
    config = CONFIGS[name]
    save_checkpoint(path, build_model(config), CheckpointMetadata(config))
    return path


def _size_words(size_hw: SizeHW) -> str:
    return f"{size_hw[1]}x{size_hw[0]}"
