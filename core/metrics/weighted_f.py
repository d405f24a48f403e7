"""Weighted F-measure: errors count by how far they are from the object. Needs the picture, not only its counts."""

import math

import numpy as np
from numpy.typing import NDArray

from core.metrics.counts import Scale
from core.metrics.distance import distance_to
from core.opencv import cv2
from core.types import GrayImage

_WINDOW = 7
_SIGMA = 5.0
_REACH = _WINDOW // 2
_TINY = float(np.spacing(1.0))


def weighted_f(saliency: GrayImage, ground_truth: NDArray[np.bool_], scale: Scale) -> float:
    """Weighted F with beta^2 = 1, in [0, 1]; 0 for empty ground truth.

    Args:
        saliency: uint8 HxW. ground_truth: bool HxW. scale: from levels to saliency in [0, 1].

    Source: Margolin et al., How to Evaluate Foreground Maps?, CVPR 2014.
    """
    if not ground_truth.any():
        return 0.0
    error = np.abs(scale.saliency[saliency] - ground_truth)
    distance_px = distance_to(ground_truth)
    weighted = _dependent_error(error, ground_truth, distance_px)
    inside = weighted[ground_truth]
    outside = ~ground_truth
    # An error far from the object weighs up to twice as much as one on it; the weight halves its rise every 5 px.
    false_positives = float((weighted[outside] * (2 - 0.5 ** (distance_px[outside] / 5))).sum())
    true_positives = inside.size - float(inside.sum())
    recall = 1 - float(inside.mean())
    precision = true_positives / (true_positives + false_positives + _TINY)
    return 2 * recall * precision / (recall + precision + _TINY)


def _dependent_error(
    error: NDArray[np.float64], ground_truth: NDArray[np.bool_], distance_px: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The error, lowered on the object to its Gaussian mean where that is smaller.

    For that mean, background pixels carry the error of the object pixel nearest to them.
    """
    spread = error.copy()
    # Only background pixels within the window of an object pixel are ever read.
    rows, columns = np.nonzero(~ground_truth & (distance_px <= _REACH * math.sqrt(2) + 0.01))
    nearest_rows, nearest_columns = _nearest_object_pixel(ground_truth, rows, columns)
    spread[rows, columns] = error[nearest_rows, nearest_columns]
    axis = np.exp(-((np.arange(_WINDOW) - _REACH) ** 2) / (2 * _SIGMA**2))
    axis /= axis.sum()
    smooth = cv2.sepFilter2D(spread, cv2.CV_64F, axis, axis, borderType=cv2.BORDER_CONSTANT)
    return np.where(ground_truth & (smooth < error), smooth, error)


def _nearest_object_pixel(
    ground_truth: NDArray[np.bool_], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The object pixel nearest to each given pixel, which must have one within 3 * sqrt(2) px."""
    offsets = _offsets_by_distance()
    margin = int(np.abs(offsets).max())
    padded = np.pad(ground_truth, margin)
    around = padded[
        rows[:, None] + offsets[None, :, 0] + margin,
        columns[:, None] + offsets[None, :, 1] + margin,
    ]
    nearest = offsets[around.argmax(axis=1)]
    return rows + nearest[:, 0], columns + nearest[:, 1]


def _offsets_by_distance() -> NDArray[np.intp]:
    """Row and column offsets up to 3 * sqrt(2) px, nearest first; of equals the leftmost, then the topmost."""
    reach = range(-_REACH - 1, _REACH + 2)
    pairs = [(y, x) for y in reach for x in reach if 0 < y * y + x * x <= 2 * _REACH**2]
    return np.array(sorted(pairs, key=lambda p: (p[0] ** 2 + p[1] ** 2, p[1], p[0])), dtype=np.intp)
