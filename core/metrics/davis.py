"""DAVIS's measures of a binary mask: region similarity J and boundary F. Thresholding a map is done by the caller."""

import math

import numpy as np
from numpy.typing import NDArray

from core.metrics.counts import LevelCounts
from core.metrics.distance import distance_to

MASK_THRESHOLD = 128
"""A pixel is in the mask when its saliency level is at least this (0.5)."""
BOUNDARY_TOLERANCE = 0.008
"""Radius within which boundaries match, as a share of the frame's diagonal."""

BoolImage = NDArray[np.bool_]


def region_similarity(counts: LevelCounts) -> float:
    """J: intersection over union of {saliency >= 128} and ground truth, in [0, 1]; 1 where both are empty.

    Args:
        counts: pixels per stored level, never stretched.

    Source: Perazzi et al., A Benchmark Dataset and Evaluation Methodology for VOS, CVPR 2016.
    """
    shared = int(counts.foreground[MASK_THRESHOLD:].sum())
    union = int(counts.both[MASK_THRESHOLD:].sum()) + counts.foreground_pixels - shared
    return shared / union if union else 1.0


def boundary_f(mask: BoolImage, ground_truth: BoolImage) -> float:
    """Boundary F with beta^2 = 1, in [0, 1]; 1 where neither mask has a boundary.

    Args:
        mask, ground_truth: bool HxW.

    Source: as region_similarity; boundaries match within ceil(0.008 * diagonal) pixels.
    """
    radius_px = math.ceil(BOUNDARY_TOLERANCE * math.hypot(*mask.shape))
    edge, true_edge = _boundary(mask), _boundary(ground_truth)
    edge_pixels, true_edge_pixels = int(edge.sum()), int(true_edge.sum())
    if edge_pixels == 0 or true_edge_pixels == 0:
        return float(edge_pixels == true_edge_pixels)
    precision = int((edge & _within(true_edge, radius_px)).sum()) / edge_pixels
    recall = int((true_edge & _within(edge, radius_px)).sum()) / true_edge_pixels
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _boundary(mask: BoolImage) -> BoolImage:
    """Pixels that differ from their right, lower or lower right neighbour; the frame's edge is no boundary."""
    continued = np.pad(mask, ((0, 1), (0, 1)), mode="edge")
    right, below, diagonal = continued[:-1, 1:], continued[1:, :-1], continued[1:, 1:]
    return (mask != right) | (mask != below) | (mask != diagonal)


def _within(edge: BoolImage, radius_px: int) -> BoolImage:
    return distance_to(edge) <= radius_px
