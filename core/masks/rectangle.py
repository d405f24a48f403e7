"""The rectangle of pixels that an edit touched: its geometry only, no pixels."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from core.types import SizeHW


class Rectangle(NamedTuple):
    """Pixels top..top+height-1 by left..left+width-1. An empty one has height or width 0."""

    top: int
    left: int
    height: int
    width: int

    @property
    def bottom(self) -> int:
        """The first row below."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """The first column to the right."""
        return self.left + self.width

    @property
    def is_empty(self) -> bool:
        return self.height <= 0 or self.width <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """For indexing an HxW array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def within(self, size_hw: SizeHW) -> "Rectangle":
        """The part that lies on a picture of `size_hw`; EMPTY where there is none."""
        return spanning(
            max(0, self.top), max(0, self.left), min(size_hw[0], self.bottom), min(size_hw[1], self.right)
        )

    def union(self, other: "Rectangle") -> "Rectangle":
        """The smallest rectangle that holds both; an empty one adds nothing."""
        if self.is_empty or other.is_empty:
            return other if self.is_empty else self
        return spanning(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )


EMPTY = Rectangle(0, 0, 0, 0)


def spanning(top: int, left: int, bottom: int, right: int) -> Rectangle:
    """From corner to corner, bottom and right exclusive; EMPTY where nothing lies between."""
    if bottom <= top or right <= left:
        return EMPTY
    return Rectangle(top, left, bottom - top, right - left)


def whole(size_hw: SizeHW) -> Rectangle:
    """All of a picture."""
    return Rectangle(0, 0, *size_hw)


def bounding(marked: NDArray[np.bool_]) -> Rectangle:
    """The smallest rectangle that holds every True pixel of bool HxW; EMPTY where there is none."""
    left, top, width, height = cv2.boundingRect(marked.view(np.uint8))
    return Rectangle(top, left, height, width) if width and height else EMPTY
