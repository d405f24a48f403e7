"""Neighbouring frames of a clip: flicker of every method and of the ground truth, and how far a mask repeats itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from core.datasets.benchmark import BenchmarkClip
from core.flow import DisFlow
from core.masks.warp import warp_soft
from core.metrics.davis import MASK_THRESHOLD
from core.metrics.flicker import flicker
from core.metrics.resize import resize_saliency
from core.types import FlowField, GrayImage
from core.video import open_clip

Maps = dict[int, GrayImage]


@dataclass(slots=True, eq=False)
class Stability:
    """Of one clip.

    truth_flicker: one value for each pair of neighbouring annotated frames whose flows agree anywhere. flicker: the
    same for each method. repeated: for each method, by frame, IoU of its mask with the one before, carried by flow.
    """

    truth_flicker: list[float] = field(default_factory=list[float])
    flicker: list[list[float]] = field(default_factory=list[list[float]])
    repeated: list[dict[int, float]] = field(default_factory=list[dict[int, float]])


def measure_stability(
    clip: BenchmarkClip, truths: Maps, methods: Sequence[Maps], on_pair: Callable[[], None]
) -> Stability:
    """Compare the frames before annotated ones with those.

    All maps are brought to the ground truth's size first, so that values of methods of different sizes and of the
    ground truth itself can stand side by side. The flow is DIS in both directions, whatever the methods use.

    Args:
        truths: by annotated frame. methods: the maps of each, by frame.
        on_pair: called after each pair; may raise to end it.

    Raises:
        VideoError: a frame cannot be read.
    """
    found = Stability([], [[] for _ in methods], [{} for _ in methods])
    estimator = DisFlow()
    with open_clip(clip.source) as reader:
        for index in clip.annotated:
            if index == 0:
                continue
            before, now = reader.read(index - 1).rgb, reader.read(index).rgb
            backward = estimator(now, before)
            forward = estimator(before, now)
            _measure_pair(found, truths, methods, index, forward, backward)
            on_pair()
    return found


def _measure_pair(
    found: Stability,
    truths: Maps,
    methods: Sequence[Maps],
    index: int,
    forward: FlowField,
    backward: FlowField,
) -> None:
    size_hw = (truths[index].shape[0], truths[index].shape[1])
    both_annotated = index - 1 in truths and truths[index - 1].shape == truths[index].shape
    if both_annotated:
        value = flicker(truths[index - 1], truths[index], forward, backward)
        if np.isnan(value):
            both_annotated = False  # the flows agree nowhere: no method has a value either
        else:
            found.truth_flicker.append(value)
    for number, maps in enumerate(methods):
        if index - 1 not in maps:
            continue
        before, now = (resize_saliency(maps[i], size_hw, "bilinear") for i in (index - 1, index))
        if both_annotated:
            found.flicker[number].append(flicker(before, now, forward, backward))
        found.repeated[number][index] = _overlap_with_carried(before, now, backward)


def _overlap_with_carried(before: GrayImage, now: GrayImage, backward: FlowField) -> float:
    carried = warp_soft((before >= MASK_THRESHOLD).astype(np.float32), backward) >= 0.5
    mask = now >= MASK_THRESHOLD
    union = int(np.count_nonzero(carried | mask))
    return int(np.count_nonzero(carried & mask)) / union if union else 1.0
