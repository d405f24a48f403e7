"""Changes of the whole mask's shape: grow, shrink, smooth, fill holes. The frame's edge is never a boundary."""

import numpy as np
from numpy.typing import NDArray

from core.masks.edit import Edit, toward_mask
from core.opencv import cv2
from core.types import GrayImage


def grow(layer: GrayImage, mask: GrayImage, radius_px: float) -> Edit:
    """Add every pixel at most radius_px from the mask.

    Args:
        mask: uint8 HxW 0/255, the frame's mask as it is. radius_px: at least 0.
    """
    return toward_mask(layer, mask, _within(mask != 0, radius_px))


def shrink(layer: GrayImage, mask: GrayImage, radius_px: float) -> Edit:
    """Remove every pixel at most radius_px from the background. Arguments as grow."""
    return toward_mask(layer, mask, ~_within(mask == 0, radius_px))


def smooth(layer: GrayImage, mask: GrayImage, radius_px: float) -> Edit:
    """Round the outline off: details smaller than about radius_px go. Arguments as grow."""
    if radius_px <= 0:
        return toward_mask(layer, mask, mask)
    hard = (mask != 0).astype(np.float32)
    soft = np.asarray(cv2.GaussianBlur(hard, (0, 0), radius_px, borderType=cv2.BORDER_REPLICATE), np.float32)
    return toward_mask(layer, mask, soft >= 0.5)


def fill_holes(layer: GrayImage, mask: GrayImage, largest_area_px: int | None = None) -> Edit:
    """Fill background regions that the mask encloses.

    A region at the frame's edge is no hole.

    Args:
        mask: uint8 HxW 0/255, the frame's mask as it is.
        largest_area_px: holes above this area stay; None fills all.
    """
    background = (mask == 0).view(np.uint8)
    labels = np.asarray(cv2.connectedComponents(background, connectivity=4)[1], np.int32)
    at_edge = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    is_hole = np.ones(int(labels.max()) + 1, np.bool_)
    is_hole[at_edge] = False
    is_hole[0] = False  # label 0 is the mask itself
    if largest_area_px is not None:
        is_hole &= np.bincount(labels.ravel()) <= largest_area_px
    return toward_mask(layer, mask, (mask != 0) | is_hole[labels])


def _within(marked: NDArray[np.bool_], radius_px: float) -> NDArray[np.bool_]:
    if not marked.any():  # the distance to nothing is not defined
        return marked
    distance = cv2.distanceTransform((~marked).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return distance <= radius_px
