"""Pixel counts per saliency level, inside and outside the ground truth: what most measures are computed from.

A saliency map has 256 levels, so two histograms hold all that F, E, S, MAE and J need of a frame. They are whole
numbers, so nothing depends on the order of a sum. The measures themselves live beside this module.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import GrayImage

LEVEL_COUNT = 256
LevelHistogram = NDArray[np.int64]
"""int64, (256,): number of pixels of each saliency level."""
Curve = NDArray[np.float64]
"""float64, one value per threshold, ascending thresholds: entry t is for saliency >= t/255."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a level 0 to 255 into a saliency in [0, 1]: (level - low) / span.

    low, span: 0 and 255 as stored; the frame's minimum and range after min-max stretching.
    """

    low: int = 0
    span: int = LEVEL_COUNT - 1

    @property
    def stretched_levels(self) -> NDArray[np.int64]:
        """int64 (256,): the level 0 to 255 that each stored level becomes, rounded down.

        In floating point and in this order of operations, as the field's tools do it: a saliency that is t/255 but
        for rounding then falls on the same side of threshold t as theirs.
        """
        whole = LEVEL_COUNT - 1
        low, high = self.low / whole, (self.low + self.span) / whole
        stretched = (np.arange(LEVEL_COUNT) / whole - low) / (high - low)
        return (np.clip(stretched, 0.0, 1.0) * whole).astype(np.int64)

    @property
    def saliency(self) -> NDArray[np.float64]:
        """float64 (256,): the saliency in [0, 1] of each stored level."""
        return np.clip((np.arange(LEVEL_COUNT) - self.low) / self.span, 0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class LevelCounts:
    """Pixels per saliency level of a frame or of a block of one.

    foreground, background: int64 (256,), pixels inside and outside the ground truth.
    """

    foreground: LevelHistogram
    background: LevelHistogram

    @property
    def both(self) -> LevelHistogram:
        return self.foreground + self.background

    @property
    def foreground_pixels(self) -> int:
        return int(self.foreground.sum())

    @property
    def pixels(self) -> int:
        return int(self.both.sum())


@dataclass(frozen=True, slots=True, eq=False)
class FrameCounts:
    """All counts of one frame.

    whole: the frame. blocks: the four blocks around the ground truth's centroid (left top, right top, left bottom,
    right bottom; some may be empty), or the frame alone when the ground truth is empty. scale: of the saliency.
    """

    whole: LevelCounts
    blocks: tuple[LevelCounts, ...]
    scale: Scale


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdCounts:
    """Pixels at or above each of the 256 thresholds.

    true_positives, false_positives: int64 (256,), ascending thresholds.
    """

    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]


def count_frame(saliency: GrayImage, ground_truth: NDArray[np.bool_], stretch: bool) -> FrameCounts:
    """Count the saliency levels of a frame.

    Args:
        saliency: uint8 HxW, 255 = certainly salient.
        ground_truth: bool HxW.
        stretch: min-max stretch the saliency; a constant map is left as it is.
    """
    joint: NDArray[np.uint16] = saliency.astype(np.uint16)
    joint |= ground_truth.astype(np.uint16) * np.uint16(LEVEL_COUNT)
    if ground_truth.any():
        row, column = _centroid_split(ground_truth)
        quarters = (joint[:row, :column], joint[:row, column:], joint[row:, :column], joint[row:, column:])
        blocks = tuple(_count(block) for block in quarters)
    else:
        blocks = (_count(joint),)
    whole = LevelCounts(sum_of([b.foreground for b in blocks]), sum_of([b.background for b in blocks]))
    return FrameCounts(whole, blocks, _stretching_scale(whole.both) if stretch else Scale())


def counts_at_thresholds(counts: LevelCounts, scale: Scale) -> ThresholdCounts:
    """Pixels that each of the 256 thresholds lets through, by a running sum from the highest level down."""
    levels = scale.stretched_levels
    return ThresholdCounts(_at_or_above(counts.foreground, levels), _at_or_above(counts.background, levels))


def adaptive_level(counts: LevelCounts, scale: Scale) -> int:
    """The lowest stored level at or above the adaptive threshold min(2 * mean saliency, 1); 256 where none is."""
    above_low = np.arange(LEVEL_COUNT, dtype=np.int64) - scale.low
    pixels = counts.pixels
    threshold = min(2 * int((counts.both * above_low).sum()), pixels * scale.span)
    return int(np.count_nonzero(above_low * pixels < threshold))


def sum_of(histograms: list[LevelHistogram]) -> LevelHistogram:
    """The sum of histograms, int64 (256,)."""
    return np.stack(histograms).sum(axis=0)


def _centroid_split(ground_truth: NDArray[np.bool_]) -> tuple[int, int]:
    """First row and column after the rounded centroid (half to even) of a ground truth that is not empty."""
    pixels = int(np.count_nonzero(ground_truth))
    rows: NDArray[np.int64] = ground_truth.sum(axis=1, dtype=np.int64)
    columns: NDArray[np.int64] = ground_truth.sum(axis=0, dtype=np.int64)
    centre_row = int(np.arange(rows.size) @ rows) / pixels
    centre_column = int(np.arange(columns.size) @ columns) / pixels
    return round(centre_row) + 1, round(centre_column) + 1


def _count(joint: NDArray[np.uint16]) -> LevelCounts:
    histogram = np.bincount(joint.ravel(), minlength=2 * LEVEL_COUNT)
    return LevelCounts(foreground=histogram[LEVEL_COUNT:], background=histogram[:LEVEL_COUNT])


def _stretching_scale(histogram: LevelHistogram) -> Scale:
    present = np.flatnonzero(histogram)
    low, high = int(present[0]), int(present[-1])
    return Scale(low, high - low) if high > low else Scale()


def _at_or_above(histogram: LevelHistogram, levels: NDArray[np.int64]) -> NDArray[np.int64]:
    stretched = np.zeros(LEVEL_COUNT, dtype=np.int64)
    np.add.at(stretched, levels, histogram)
    return stretched[::-1].cumsum()[::-1]
