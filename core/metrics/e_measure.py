"""E-measure (enhanced alignment) over all thresholds and at the adaptive one. Averaging is not done here."""

import numpy as np
from numpy.typing import NDArray

from core.metrics.counts import Curve, LevelCounts, Scale, ThresholdCounts, adaptive_level

_TINY = float(np.spacing(1.0))


def e_curve(at_thresholds: ThresholdCounts, foreground_pixels: int, pixels: int) -> Curve:
    """E-measure of the 256 binary maps of a frame.

    The published definition divides by the number of pixels less one, so a perfect map scores pixels / (pixels - 1).

    Args:
        at_thresholds: pixels at or above each threshold.
        foreground_pixels: pixels of the ground truth. pixels: pixels of the frame.

    Source: Fan et al., Enhanced-alignment Measure for Binary Foreground Map Evaluation, IJCAI 2018.
    """
    hits = at_thresholds.true_positives.astype(np.float64)
    false_alarms = at_thresholds.false_positives.astype(np.float64)
    positives = hits + false_alarms
    if foreground_pixels == 0:
        aligned = pixels - positives
    elif foreground_pixels == pixels:
        aligned = positives
    else:
        aligned = _aligned_pixels(hits, false_alarms, foreground_pixels, pixels)
    return aligned / max(pixels - 1, 1)


def adaptive_e(counts: LevelCounts, scale: Scale) -> float:
    """E-measure at the threshold min(2 * mean saliency, 1)."""
    level = adaptive_level(counts, scale)
    through = ThresholdCounts(
        np.array([counts.foreground[level:].sum()]), np.array([counts.background[level:].sum()])
    )
    return float(e_curve(through, counts.foreground_pixels, counts.pixels)[0])


def _aligned_pixels(
    hits: NDArray[np.float64], false_alarms: NDArray[np.float64], foreground_pixels: int, pixels: int
) -> NDArray[np.float64]:
    """Sum of the enhanced alignment over the frame: the binary maps have four kinds of pixels, each with one value."""
    map_mean = (hits + false_alarms) / pixels
    truth_mean = foreground_pixels / pixels
    misses = foreground_pixels - hits
    correct_rejections = pixels - foreground_pixels - false_alarms
    return (
        hits * _enhanced_alignment(1 - map_mean, 1 - truth_mean)
        + false_alarms * _enhanced_alignment(1 - map_mean, -truth_mean)
        + misses * _enhanced_alignment(-map_mean, 1 - truth_mean)
        + correct_rejections * _enhanced_alignment(-map_mean, -truth_mean)
    )


def _enhanced_alignment(map_bias: NDArray[np.float64], truth_bias: float) -> NDArray[np.float64]:
    alignment = 2 * map_bias * truth_bias / (map_bias**2 + truth_bias**2 + _TINY)
    return (alignment + 1) ** 2 / 4
