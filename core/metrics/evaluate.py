"""Runs a protocol over clips: which frames count, and frames -> clips -> data set. Measures live beside this module."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
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
    """

    name: str
    pairs: Iterable[tuple[GrayImage, GrayImage]]


@dataclass(frozen=True, slots=True, eq=False)
class _ClipMeans:
    name: str
    frames: int
    saliency: SaliencyMeasures
    mask: MaskMeasures


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
    means = [_measure_clip(clip, rules, thorough) for clip in clips]
    if not means:
        raise InputError("There are no clips to evaluate.")
    weights = None if rules.clips_equal else [clip.frames for clip in means]
    overall = _ClipMeans(
        name="all",
        frames=sum(clip.frames for clip in means),
        saliency=_mean([clip.saliency for clip in means], weights),
        mask=_mean([clip.mask for clip in means]),
    )
    return Report(rules.name, _row(overall, rules), tuple(_row(clip, rules) for clip in means))


def _measure_clip(clip: ClipMaps, protocol: Protocol, thorough: bool) -> _ClipMeans:
    saliency: list[SaliencyMeasures] = []
    masks: list[MaskMeasures] = []
    for frame in _prepared(clip, protocol):
        saliency.append(measure_frame(frame, protocol, thorough))
        masks.append(measure_mask(frame, thorough))
    _check_length(clip.name, len(saliency), protocol)
    counted = saliency[1:-1] if protocol.drop_first_and_last else saliency
    return _ClipMeans(
        clip.name, len(counted), _mean(counted), _mean(masks[1:-1] if len(masks) > 2 else masks)
    )


def _prepared(clip: ClipMaps, protocol: Protocol) -> Iterator[PreparedFrame]:
    size_hw: SizeHW | None = None
    for index, (saliency, ground_truth) in enumerate(clip.pairs):
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


def _mean(items: Sequence[Measured], weights: Sequence[int] | None = None) -> Measured:
    """Field by field."""
    kind = type(items[0])
    means: dict[str, float | NDArray[np.float64]] = {}
    for field in fields(kind):
        values = np.average([getattr(item, field.name) for item in items], axis=0, weights=weights)
        means[field.name] = values if values.ndim else float(values)
    return kind(**means)  # pyright: ignore[reportArgumentType]  every field keeps its own kind


def _row(clip: _ClipMeans, protocol: Protocol) -> ReportRow:
    means = clip.saliency
    curve = f_measure(means.precision, means.recall) if protocol.f_of_means else means.f_curve
    return ReportRow(
        name=clip.name,
        frames=clip.frames,
        max_f=float(curve.max()),
        s_measure=means.s_measure,
        mae=means.mae,
        j=clip.mask.j,
        adaptive_f=means.adaptive_f,
        max_e=float(means.e_curve.max()),
        adaptive_e=means.adaptive_e,
        weighted_f=None if np.isnan(means.weighted_f) else means.weighted_f,
        boundary_f=None if np.isnan(clip.mask.boundary_f) else clip.mask.boundary_f,
    )
