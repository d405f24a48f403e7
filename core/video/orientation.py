"""The eight ways to lay a stored frame upright, from a display matrix. OpenCV applies EXIF orientation itself."""

import math
from dataclasses import dataclass

import numpy as np

from core.opencv import cv2
from core.types import RgbImage, SizeHW


@dataclass(frozen=True, slots=True)
class Orientation:
    """A quarter-turn rotation with or without reflection.

    transpose: rows and columns are exchanged first. flip_x, flip_y: then left-right, up-down.
    rotation: the degrees counterclockwise that FFmpeg reports for the same matrix, -180 to 180.
    """

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False
    rotation: int = 0

    def displayed(self, size_hw: SizeHW) -> SizeHW:
        """Size as displayed of a frame stored with size_hw."""
        return (size_hw[1], size_hw[0]) if self.transpose else size_hw

    def apply(self, rgb: RgbImage) -> RgbImage:
        """The upright image; the same array if nothing is to be done.

        Args: rgb: uint8 HxWx3. Returns: uint8, contiguous, HxWx3 or WxHx3.
        """
        if not (self.transpose or self.flip_x or self.flip_y):
            return rgb
        turned = cv2.transpose(rgb) if self.transpose else rgb
        if self.flip_x and self.flip_y:
            turned = cv2.flip(turned, -1)
        elif self.flip_x or self.flip_y:
            turned = cv2.flip(turned, 1 if self.flip_x else 0)
        return np.asarray(turned, np.uint8)


def orientation_of(matrix: tuple[int, int, int, int] | None) -> Orientation:
    """The orientation nearest to a display matrix.

    Args: matrix: (a, b, c, d) of the display matrix in any scale: x' = a x + c y, y' = b x + d y, y down;
        None is upright.
    """
    if matrix is None or not any(matrix):
        return Orientation()
    a, b, c, d = matrix
    rotation = round(-math.degrees(math.atan2(b, a)))
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(False, a < 0, d < 0, rotation)
    return Orientation(True, c < 0, b < 0, rotation)
