"""All measures of one frame under a protocol. Checks the arrays; averaging over frames lives in clips."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.metrics.counts import Curve, FrameCounts, count_frame, counts_at_thresholds
from core.metrics.davis import MASK_THRESHOLD, boundary_f, region_similarity
from core.metrics.e_measure import adaptive_e, e_curve
from core.metrics.f_measure import adaptive_f, f_measure, mean_absolute_error, precision_recall
from core.metrics.protocols import Protocol
from core.metrics.resize import resize_saliency
from core.metrics.s_measure import s_measure
from core.metrics.weighted_f import weighted_f
from core.types import GrayImage


@dataclass(frozen=True, slots=True, eq=False)
class SaliencyMeasures:
    """The saliency measures of one frame, or their mean over frames. Curves: float64, ascending thresholds.

    weighted_f is NaN where it was not asked for.
    """

    precision: Curve
    recall: Curve
    f_curve: Curve
    e_curve: Curve
    adaptive_f: float
    adaptive_e: float
    s_measure: float
    mae: float
    weighted_f: float


@dataclass(frozen=True, slots=True, eq=False)
class MaskMeasures:
    """DAVIS's measures of the mask {saliency >= 128}, of one frame or their mean.

    boundary_f is NaN where it was not asked for.
    """

    j: float
    boundary_f: float


@dataclass(frozen=True, slots=True, eq=False)
class PreparedFrame:
    """A checked pair at the ground truth's size. saliency: uint8 HxW. ground_truth: bool HxW."""

    saliency: GrayImage
    ground_truth: NDArray[np.bool_]
    counts: FrameCounts


def measure_frame(frame: PreparedFrame, protocol: Protocol, thorough: bool = False) -> SaliencyMeasures:
    """The saliency measures of one prepared frame.

    Args:
        frame: from prepare_frame with the same protocol.
        thorough: weighted F too, which costs several times all the others together.
    """
    whole, scale = frame.counts.whole, frame.counts.scale
    at_thresholds = counts_at_thresholds(whole, scale)
    rates = precision_recall(at_thresholds, whole.foreground_pixels)
    kept = slice(0, protocol.thresholds)
    return SaliencyMeasures(
        precision=rates.precision[kept],
        recall=rates.recall[kept],
        f_curve=f_measure(rates.precision, rates.recall)[kept],
        e_curve=e_curve(at_thresholds, whole.foreground_pixels, whole.pixels)[kept],
        adaptive_f=adaptive_f(whole, scale),
        adaptive_e=adaptive_e(whole, scale),
        s_measure=s_measure(frame.counts, protocol.s_statistics),
        mae=mean_absolute_error(whole, scale),
        weighted_f=weighted_f(frame.saliency, frame.ground_truth, scale) if thorough else float("nan"),
    )


def measure_mask(frame: PreparedFrame, thorough: bool = False) -> MaskMeasures:
    """The mask measures of one prepared frame; boundary F only when thorough."""
    boundary = boundary_f(frame.saliency >= MASK_THRESHOLD, frame.ground_truth) if thorough else float("nan")
    return MaskMeasures(region_similarity(frame.counts.whole), boundary)


def prepare_frame(
    saliency: NDArray[np.generic],
    ground_truth: NDArray[np.generic],
    protocol: Protocol,
    where: str = "the frame",
) -> PreparedFrame:
    """Check a pair of maps and bring the saliency to the ground truth's size.

    Args:
        saliency: uint8 hxw, or float in [0, 1] which is rounded to 256 levels; any size.
        ground_truth: uint8 HxW, object above the protocol's threshold, or bool.
        where: names the frame in messages.

    Raises:
        InputError: an array of another shape, type or range.
    """
    levels = _as_levels(saliency, f"The saliency map of {where}")
    truth = _as_levels(ground_truth, f"The ground truth of {where}", binary=True)
    mask = truth > protocol.ground_truth_above
    at_size = resize_saliency(levels, (mask.shape[0], mask.shape[1]), protocol.interpolation)
    return PreparedFrame(at_size, mask, count_frame(at_size, mask, protocol.stretch))


def _as_levels(image: NDArray[np.generic], what: str, binary: bool = False) -> GrayImage:
    if image.ndim != 2 or image.size == 0:
        shape = "x".join(str(side) for side in image.shape)
        raise InputError(f"{what} has the shape {shape}: expected one channel, height x width.")
    if image.dtype == np.uint8:
        return image.astype(np.uint8, copy=False)
    if binary and image.dtype == np.bool_:
        return image.astype(np.uint8) * np.uint8(255)
    if binary or not np.issubdtype(image.dtype, np.floating):
        raise InputError(f"{what} has the type {image.dtype}: expected 8-bit levels (uint8).")
    values = image.astype(np.float64)
    if not bool(np.all((values >= 0) & (values <= 1))):
        raise InputError(f"{what} has values outside 0 to 1: expected 8-bit levels, or floats from 0 to 1.")
    return np.rint(values * 255).astype(np.uint8)
