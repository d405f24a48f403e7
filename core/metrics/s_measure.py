"""S-measure (structure): object similarity and the similarity of four blocks, from pixel counts alone."""

import math
from dataclasses import dataclass

import numpy as np

from core.metrics.counts import FrameCounts, LevelCounts, LevelHistogram, Scale

ALPHA = 0.5


@dataclass(frozen=True, slots=True)
class Statistics:
    """How the variances inside the S-measure are taken; covariances are always divided by the pixels less one.

    population: variances are divided by the pixels, otherwise by the pixels less one as the measure is published.
    stabiliser: added to the denominator of a block's similarity.
    """

    population: bool = False
    stabiliser: float = 0.0


PUBLISHED = Statistics()
AUTHORS_STATISTICS = Statistics(population=True, stabiliser=1e-8)
"""Found by agreeing with the numbers of the paper's repository; a perfect map's score passes 1 by about 2 / pixels."""


@dataclass(frozen=True, slots=True)
class _Moments:
    """Exact sums over pixels of the level above low: whole numbers, so a constant block has variance 0 exactly."""

    pixels: int
    total: int
    squares: int

    @property
    def scatter(self) -> int:
        """pixels * sum of squared deviations from the mean."""
        return self.pixels * self.squares - self.total**2

    def mean(self, span: int) -> float:
        return self.total / (self.pixels * span)

    def variance(self, span: int, statistics: Statistics) -> float:
        divisor = self.pixels if statistics.population else self.pixels - 1
        return self.scatter / (self.pixels * divisor * span**2) if divisor else 0.0


def s_measure(counts: FrameCounts, statistics: Statistics = PUBLISHED) -> float:
    """S-measure with alpha 0.5; 1 - mean saliency for empty ground truth, mean saliency for full.

    Source: Fan et al., Structure-measure: A New Way to Evaluate Foreground Maps, ICCV 2017.
    """
    whole, scale = counts.whole, counts.scale
    mean_saliency = _moments(whole.both, scale).mean(scale.span)
    if whole.foreground_pixels == 0:
        return 1 - mean_saliency
    if whole.foreground_pixels == whole.pixels:
        return mean_saliency
    similarities = _object_similarity(whole, scale, statistics), _region_similarity(counts, statistics)
    return max(0.0, ALPHA * similarities[0] + (1 - ALPHA) * similarities[1])


def _object_similarity(counts: LevelCounts, scale: Scale, statistics: Statistics) -> float:
    inside = _moments(counts.foreground, scale)
    outside = _moments(counts.background, scale)
    share = inside.pixels / counts.pixels
    on_object = _uniformity(inside.mean(scale.span), inside.variance(scale.span, statistics))
    on_background = _uniformity(1 - outside.mean(scale.span), outside.variance(scale.span, statistics))
    return share * on_object + (1 - share) * on_background


def _uniformity(mean: float, variance: float) -> float:
    return 2 * mean / (mean**2 + 1 + math.sqrt(variance))


def _region_similarity(counts: FrameCounts, statistics: Statistics) -> float:
    pixels = counts.whole.pixels
    blocks = [block for block in counts.blocks if block.pixels > 0]
    return sum(block.pixels / pixels * _block_similarity(block, counts.scale, statistics) for block in blocks)


def _block_similarity(block: LevelCounts, scale: Scale, statistics: Statistics) -> float:
    """SSIM without its constants over one block.

    What is zero is decided on whole numbers: 1 where map and ground truth are both constant or both zero, else 0 where
    a mean or the covariance is zero.
    """
    saliency = _moments(block.both, scale)
    truth = _Moments(block.pixels, block.foreground_pixels, block.foreground_pixels)
    # pixels^2 * covariance, in the map's levels
    shared = block.pixels * _moments(block.foreground, scale).total - saliency.total * truth.total
    if saliency.total == truth.total == 0 or saliency.scatter == truth.scatter == 0:
        return 1.0
    if saliency.total == 0 or truth.total == 0 or shared == 0:
        return 0.0
    x, y = saliency.mean(scale.span), truth.mean(1)
    covariance = shared / (block.pixels * (block.pixels - 1) * scale.span)
    variances = saliency.variance(scale.span, statistics) + truth.variance(1, statistics)
    return 4 * x * y * covariance / ((x**2 + y**2) * variances + statistics.stabiliser)


def _moments(histogram: LevelHistogram, scale: Scale) -> _Moments:
    above_low = np.arange(histogram.size, dtype=np.int64) - scale.low
    return _Moments(
        pixels=int(histogram.sum()),
        total=int((histogram * above_low).sum()),
        squares=int((histogram * above_low**2).sum()),
    )
