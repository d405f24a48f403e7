"""Regions found from one clicked point: bucket fill, and islands to keep or drop."""

import numpy as np
from numpy.typing import NDArray

from core.masks.edit import Edit, check_value, pixel_at, set_where, size_of, toward_mask
from core.masks.rectangle import EMPTY
from core.opencv import cv2
from core.types import GrayImage


def region_at(marked: NDArray[np.bool_], row: int, column: int, connectivity: int = 4) -> NDArray[np.bool_]:
    """The connected part of `marked` that holds a pixel; all False where that pixel is not marked.

    Args:
        marked: bool HxW. connectivity: 4 (sides) or 8 (corners too).
    """
    if not marked[row, column]:
        return np.zeros_like(marked)
    _, labels = cv2.connectedComponents(marked.view(np.uint8), connectivity=connectivity)
    return labels == labels[row, column]


def fill(layer: GrayImage, mask: GrayImage, x: float, y: float, value: int) -> Edit:
    """Set the whole region of equal mask value around a point: a click into a hole closes it.

    Args:
        mask: uint8 HxW 0/255, the frame's mask as it is.
        x, y: in pixels; beside the picture nothing happens.
        value: FOREGROUND, BACKGROUND or FOLLOW.
    """
    check_value(value)
    pixel = pixel_at(size_of(layer), x, y)
    if pixel is None:
        return Edit(layer.copy(), EMPTY)
    # Foreground hangs together over corners and background does not, so that a thin diagonal line parts regions.
    connectivity = 8 if mask[pixel] else 4
    return set_where(layer, value, region_at((mask != 0) == (mask[pixel] != 0), *pixel, connectivity))


def keep_island(layer: GrayImage, mask: GrayImage, x: float, y: float) -> Edit:
    """Remove every part of the mask but the one at the point; beside the mask nothing happens."""
    island = _island(mask, x, y)
    return toward_mask(layer, mask, mask if island is None else island)


def drop_island(layer: GrayImage, mask: GrayImage, x: float, y: float) -> Edit:
    """Remove the part of the mask at the point; beside the mask nothing happens."""
    island = _island(mask, x, y)
    return toward_mask(layer, mask, mask if island is None else (mask != 0) & ~island)


def _island(mask: GrayImage, x: float, y: float) -> NDArray[np.bool_] | None:
    pixel = pixel_at(size_of(mask), x, y)
    return region_at(mask != 0, *pixel, 8) if pixel is not None and mask[pixel] else None
