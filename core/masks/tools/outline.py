"""Areas drawn by their outline: lasso and polygon, to add, to take away or to give back to the model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.masks.edit import Edit, check_value, set_where, size_of
from core.masks.rectangle import EMPTY, Rectangle, bounding
from core.opencv import cv2
from core.types import GrayImage, SizeHW

Outline = Sequence[tuple[float, float]]
"""Points (x, y) in pixels of the layer, (0, 0) its top left corner; the last is joined to the first."""

_SHIFT = 4
"""Corners are given to OpenCV in sixteenths of a pixel."""
_FAR = 30000.0
"""Corners are held within this many pixels: OpenCV's fixed-point coordinates would overflow."""


def polygon(layer: GrayImage, outline: Outline, value: int) -> Edit:
    """Set the pixels inside a polygon. Where its sides cross, the even-odd rule decides.

    Args:
        outline: fewer than three points enclose nothing.
        value: FOREGROUND adds, BACKGROUND takes away, FOLLOW gives back to the model.
    """
    return _set(layer, _inside(size_of(layer), outline), value)


def lasso(layer: GrayImage, outline: Outline, value: int) -> Edit:
    """Set everything that a freehand line encloses, also where the line crosses itself. Arguments as polygon."""
    inside = _inside(size_of(layer), outline)
    contours, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(inside, contours, -1, 1, cv2.FILLED)
    return _set(layer, inside, value)


def _inside(size_hw: SizeHW, outline: Outline) -> NDArray[np.uint8]:
    """uint8 HxW, 1 inside."""
    inside = np.zeros(size_hw, np.uint8)
    if len(outline) >= 3:
        # OpenCV's whole numbers are pixel centres, which lie at half here.
        corners = np.clip(np.asarray(outline, np.float64), -_FAR, _FAR) - 0.5
        fixed = np.rint(corners * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(inside, [fixed], 1, lineType=cv2.LINE_8, shift=_SHIFT)
    return inside


def _set(layer: GrayImage, inside: NDArray[np.uint8], value: int) -> Edit:
    check_value(value)
    marked = inside.view(np.bool_)
    box: Rectangle = bounding(marked)
    return Edit(layer.copy(), EMPTY) if box.is_empty else set_where(layer, value, marked[box.slices], box)
