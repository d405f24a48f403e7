"""Magic wand: pixels whose colour is near that of a clicked point."""

import numpy as np
from numpy.typing import NDArray

from core.masks.edit import Edit, check_value, pixel_at, set_where, size_of
from core.masks.rectangle import EMPTY
from core.masks.tools.fill import region_at
from core.opencv import cv2
from core.types import GrayImage, RgbImage


def color_distance(rgb: RgbImage, x: float, y: float) -> NDArray[np.float32] | None:
    """How far every pixel's colour is from the colour at a point; computed once, while the tolerance is dragged.

    Args:
        rgb: uint8 HxWx3. x, y: in pixels.

    Returns:
        float32 HxW, distance in CIELAB (1 is just visible, 100 black to white) to the mean of the 3x3 pixels
        around the point; None for a point beside the picture.
    """
    pixel = pixel_at(size_of(rgb), x, y)
    if pixel is None:
        return None
    lab = cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB)
    row, column = pixel
    around = lab[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    difference = lab - around.mean(axis=(0, 1), dtype=np.float32)
    return np.sqrt(np.einsum("hwc,hwc->hw", difference, difference))


def wand(
    layer: GrayImage, distance: NDArray[np.float32], x: float, y: float, tolerance: float, value: int,
    contiguous: bool = True,
) -> Edit:  # fmt: skip
    """Set the pixels within the tolerance.

    Args:
        distance: float32 HxW of color_distance for the same point.
        tolerance: largest distance, at least 0.
        value: FOREGROUND, BACKGROUND or FOLLOW.
        contiguous: only the part connected to the point; else every such pixel of the picture.
    """
    check_value(value)
    pixel = pixel_at(size_of(layer), x, y)
    if pixel is None:
        return Edit(layer.copy(), EMPTY)
    near = distance <= tolerance
    near[pixel] = True  # in noise the point may differ from the mean around it, and a click must do something
    return set_where(layer, value, region_at(near, *pixel) if contiguous else near)
