"""Precision, recall and F-measure over all thresholds, adaptive F, and MAE. Averaging over frames is not done here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.metrics.counts import Curve, LevelCounts, Scale, ThresholdCounts, adaptive_level

BETA_SQUARED = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionRecall:
    """Precision and recall at each threshold, float64 (256,), 0 where there is no true positive."""

    precision: Curve
    recall: Curve


def precision_recall(at_thresholds: ThresholdCounts, foreground_pixels: int) -> PrecisionRecall:
    """Precision and recall of the 256 binary maps of a frame.

    Args:
        at_thresholds: pixels at or above each threshold.
        foreground_pixels: pixels of the ground truth; 0 gives recall 0.
    """
    hits = at_thresholds.true_positives
    positives = hits + at_thresholds.false_positives
    return PrecisionRecall(hits / np.maximum(positives, 1), hits / max(foreground_pixels, 1))


def f_measure(precision: NDArray[np.float64], recall: NDArray[np.float64]) -> NDArray[np.float64]:
    """F with beta^2 = 0.3, element by element; 0 where precision or recall is 0.

    Source: Achanta et al., Frequency-tuned salient region detection, CVPR 2009.
    """
    numerator = (1 + BETA_SQUARED) * precision * recall
    return numerator / np.where(numerator == 0, 1.0, BETA_SQUARED * precision + recall)


def adaptive_f(counts: LevelCounts, scale: Scale) -> float:
    """F at the threshold min(2 * mean saliency, 1)."""
    level = adaptive_level(counts, scale)
    hits = int(counts.foreground[level:].sum())
    if hits == 0:
        return 0.0
    precision = hits / int(counts.both[level:].sum())
    recall = hits / counts.foreground_pixels
    return (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall)


def mean_absolute_error(counts: LevelCounts, scale: Scale) -> float:
    """Mean of |saliency - ground truth| over the frame, in [0, 1]."""
    above_low = np.clip(np.arange(counts.foreground.size) - scale.low, 0, scale.span)
    missing = int((counts.foreground * (scale.span - above_low)).sum())
    superfluous = int((counts.background * above_low).sum())
    return (missing + superfluous) / (counts.pixels * scale.span)
