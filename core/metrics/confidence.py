"""How well a predicted confidence says the overlap that was reached. How it is predicted is decided elsewhere."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.types import GrayImage

FAILED_IOU = 0.5
"""An overlap below this is a failure that a low confidence should tell."""
_BINS = 10
_EPSILON = 1.0

Values = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class ConfidenceMeasures:
    """Predicted confidences against the overlaps that were reached.

    pairs: how many. mae: mean |confidence - IoU|. calibration_error: in 10 bins of equal mass.
    spearman: rank correlation, None where one of both is constant. auroc: chance that a frame with IoU below 0.5 has
    a lower confidence than one without, None where there are none of either kind.
    """

    pairs: int
    mae: float
    calibration_error: float
    spearman: float | None
    auroc: float | None


def measure_confidence(predicted: Values, reached: Values) -> ConfidenceMeasures:
    """Compare confidences with what they are to say.

    Args:
        predicted: float (n,), in [0, 1]. reached: float (n,), IoU in [0, 1]. At least one.

    Raises:
        ValueError: they differ in length, or there are none.
    """
    if predicted.shape != reached.shape or predicted.ndim != 1 or predicted.size == 0:
        raise ValueError(
            f"expected as many confidences as overlaps, got {predicted.shape} and {reached.shape}"
        )
    return ConfidenceMeasures(
        len(predicted),
        float(np.abs(predicted - reached).mean()),
        calibration_error(predicted, reached),
        spearman(predicted, reached),
        failure_auroc(predicted, reached),
    )


def calibration_error(predicted: Values, reached: Values, bins: int = _BINS) -> float:
    """Calibration error in bins of equal mass: mean |mean confidence - mean IoU|, weighted by their sizes."""
    order = np.argsort(predicted, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    gaps = [abs(float(predicted[part].mean() - reached[part].mean())) * len(part) for part in parts]
    return sum(gaps) / len(predicted)


def spearman(first: Values, second: Values) -> float | None:
    """Correlation of the ranks, in [-1, 1], equal values sharing theirs; None where either is constant."""
    a, b = (ranks - ranks.mean() for ranks in (_ranks(first), _ranks(second)))
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale else None


def failure_auroc(predicted: Values, reached: Values) -> float | None:
    """Area under the curve of finding IoU < 0.5 by a low confidence; None without failures or without successes."""
    failed = reached < FAILED_IOU
    failures = int(failed.sum())
    successes = len(reached) - failures
    if failures == 0 or successes == 0:
        return None
    # Mann and Whitney: ranks count from 1, ties share theirs.
    above = float(_ranks(predicted)[~failed].sum()) - successes * (successes + 1) / 2
    return above / (failures * successes)


def mean_entropy(saliency_u8: GrayImage) -> float:
    """Mean entropy of a map's pixels in bits, in [0, 1]: 1 where every pixel is as good as either.

    Args:
        saliency_u8: uint8 HxW.
    """
    return float(np.bincount(saliency_u8.ravel(), minlength=256) @ _ENTROPY_BITS) / saliency_u8.size


def soft_iou(map_u8: GrayImage, truth: NDArray[np.bool_]) -> float:
    """Soft overlap of a map and a ground truth of its size, in [0, 1], 1 pixel added to both sides (eq. 12's target).

    Args:
        map_u8: uint8 HxW. truth: bool HxW.
    """
    shared = int(map_u8[truth].sum(dtype=np.int64)) / 255
    union = int(map_u8.sum(dtype=np.int64)) / 255 + int(np.count_nonzero(truth)) - shared
    return (shared + _EPSILON) / (union + _EPSILON)


def _ranks(values: Values) -> NDArray[np.float64]:
    """Ranks from 1; equal values get their mean."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[places]


def _entropy_bits() -> NDArray[np.float64]:
    p = np.arange(1, 255) / 255
    inner = -(p * np.log2(p) + (1 - p) * np.log2(1 - p))
    return np.concatenate(([0.0], inner, [0.0]))


_ENTROPY_BITS = _entropy_bits()
