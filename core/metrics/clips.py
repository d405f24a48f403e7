"""Runs a protocol over clips: which frames count, and frames -> clips -> data set. Measures live beside this module."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.metrics.bootstrap import blocks
from core.metrics.f_measure import f_measure
from core.metrics.frame import (
    MaskMeasures,
    PreparedFrame,
    SaliencyMeasures,
    measure_frame,
    measure_mask,
    prepare_frame,
)
from core.metrics.protocols import Protocol, find_protocol
from core.metrics.report import Report, ReportRow
from core.types import GrayImage, SizeHW

Measured = TypeVar("Measured", SaliencyMeasures, MaskMeasures)


@dataclass(frozen=True, slots=True, eq=False)
class ClipMaps:
    """The maps of one clip in presentation order, read once.

    name: as in the report. pairs: saliency uint8 (any size) and ground truth uint8 HxW, one pair per annotated frame.
    indices: of those frames in the clip; None where every frame is annotated.
    """

    name: str
    pairs: Iterable[tuple[GrayImage, GrayImage]]
    indices: Sequence[int] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """Means over some frames.

    saliency: over `frames` of them, under the protocol's rules. mask: over `mask_frames`, DAVIS's. None over no frames.
    """

    frames: int
    saliency: SaliencyMeasures | None
    mask_frames: int
    mask: MaskMeasures | None


@dataclass(frozen=True, slots=True, eq=False)
class ClipMeasures:
    """One measured clip.

    blocks: its stretches of frames (see core.metrics.bootstrap.blocks), those that count. frame_j: J of every annotated
    frame, those that do not count included.
    """

    name: str
    frames: int
    saliency: SaliencyMeasures
    mask_frames: int
    mask: MaskMeasures
    blocks: tuple[Measures, ...] = ()
    frame_j: tuple[float, ...] = ()


def evaluate(clips: Iterable[ClipMaps], protocol: str = "davsod", thorough: bool = False) -> Report:
    """Measure all clips under one protocol.

    J and boundary F are DAVIS's under every protocol: without each clip's first and last frame (a clip of one or two
    frames keeps them), frames -> clip -> data set.

    Args:
        clips: read one after the other, one frame in memory at a time.
        protocol: "davsod", "frames" or "authors".
        thorough: weighted F and boundary F too (slower).

    Raises:
        InputError: an unknown protocol, no clips, a clip without frames (or, under `davsod`, with fewer than three), or
            maps of a shape that does not fit.
    """
    rules = find_protocol(protocol)
    return report([measure_clip(clip, rules, thorough) for clip in clips], rules)


def measure_clip(clip: ClipMaps, protocol: Protocol, thorough: bool = False) -> ClipMeasures:
    """The measures of one clip. Raises: as `evaluate`."""
    saliency: list[SaliencyMeasures] = []
    masks: list[MaskMeasures] = []
    for frame in _prepared(clip, protocol):
        saliency.append(measure_frame(frame, protocol, thorough))
        masks.append(measure_mask(frame, thorough))
    count = len(saliency)
    _check_length(clip.name, count, protocol)
    inner = range(1, count - 1)
    counted = inner if protocol.drop_first_and_last else range(count)
    mask_counted = inner if count > 2 else range(count)
    parts: list[Measures] = []
    for block in blocks(range(count) if clip.indices is None else clip.indices):
        own = [saliency[i] for i in block if i in counted]
        own_masks = [masks[i] for i in block if i in mask_counted]
        if own or own_masks:
            means = mean_of(own) if own else None, mean_of(own_masks) if own_masks else None
            parts.append(Measures(len(own), means[0], len(own_masks), means[1]))
    return ClipMeasures(
        clip.name,
        len(counted),
        mean_of([saliency[i] for i in counted]),
        len(mask_counted),
        mean_of([masks[i] for i in mask_counted]),
        tuple(parts),
        tuple(mask.j for mask in masks),
    )


def overall(clips: Sequence[ClipMeasures], protocol: Protocol) -> ClipMeasures:
    """All clips as one, "all", averaged as the protocol says. Raises: InputError without clips."""
    if not clips:
        raise InputError("There are no clips to evaluate.")
    weights = None if protocol.clips_equal else [clip.frames for clip in clips]
    return ClipMeasures(
        "all",
        sum(clip.frames for clip in clips),
        mean_of([clip.saliency for clip in clips], weights),
        sum(clip.mask_frames for clip in clips),
        mean_of([clip.mask for clip in clips]),
    )


def report(clips: Sequence[ClipMeasures], protocol: Protocol) -> Report:
    """The rows of all clips and the one over them. Raises: InputError without clips."""
    return Report(
        protocol.name, _row(overall(clips, protocol), protocol), tuple(_row(clip, protocol) for clip in clips)
    )


def mean_of(items: Sequence[Measured], weights: Sequence[int] | None = None) -> Measured:
    """Field by field."""
    kind = type(items[0])
    means: dict[str, float | NDArray[np.float64]] = {}
    for field in fields(kind):
        values = np.average([getattr(item, field.name) for item in items], axis=0, weights=weights)
        means[field.name] = values if values.ndim else float(values)
    return kind(**means)  # pyright: ignore[reportArgumentType]  every field keeps its own kind


def f_curve_of(means: SaliencyMeasures, protocol: Protocol) -> NDArray[np.float64]:
    """The curve whose highest point is max F under the protocol. Float64, one value a threshold."""
    return f_measure(means.precision, means.recall) if protocol.f_of_means else means.f_curve


def _prepared(clip: ClipMaps, protocol: Protocol) -> Iterator[PreparedFrame]:
    size_hw: SizeHW | None = None
    for number, (saliency, ground_truth) in enumerate(clip.pairs):
        index = number if clip.indices is None else clip.indices[number]
        frame = prepare_frame(saliency, ground_truth, protocol, f"frame {index} of clip {clip.name}")
        height, width = frame.ground_truth.shape
        if size_hw is not None and size_hw != (height, width):
            raise InputError(
                f"The ground truth of frame {index} of clip {clip.name} is {width}x{height}, "
                f"but that of its first frame is {size_hw[1]}x{size_hw[0]}: all frames of a clip have one size."
            )
        size_hw = (height, width)
        yield frame


def _check_length(name: str, frames: int, protocol: Protocol) -> None:
    if frames == 0:
        raise InputError(
            f"Clip {name} has no frames to evaluate: check that its maps and its ground truth are there."
        )
    if protocol.drop_first_and_last and frames < 3:
        raise InputError(
            f"Clip {name} has {frames} annotated frame(s), but the protocol {protocol.name} leaves out the first and "
            "the last and needs at least 3: use the protocol frames or authors."
        )


def _row(clip: ClipMeasures, protocol: Protocol) -> ReportRow:
    means = clip.saliency
    return ReportRow(
        name=clip.name,
        frames=clip.frames,
        max_f=float(f_curve_of(means, protocol).max()),
        s_measure=means.s_measure,
        mae=means.mae,
        j=clip.mask.j,
        adaptive_f=means.adaptive_f,
        max_e=float(means.e_curve.max()),
        adaptive_e=means.adaptive_e,
        weighted_f=None if np.isnan(means.weighted_f) else means.weighted_f,
        boundary_f=None if np.isnan(clip.mask.boundary_f) else clip.mask.boundary_f,
    )
