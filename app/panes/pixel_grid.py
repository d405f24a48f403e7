"""Which pixels of a frame-sized array each device pixel of a pane shows, and their values there. No painting.

Every value depends on the place of its device pixel alone, never on the part that is asked for: a part that is
drawn anew fits into the rest without a seam.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

from app.panes.viewport import Viewport

if TYPE_CHECKING:
    from core.masks import Rectangle

PIXELS_FROM = 5.0
"""From so many device pixels per frame pixel on, pixels are drawn as squares."""
_STEPS = 32
"""Places between two pixels that OpenCV's bilinear interpolation tells apart."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction. start: device pixels to the frame's edge. scale: device pixels per pixel. count: pixels."""

    start: float
    scale: float
    count: int

    @property
    def reduction(self) -> int:
        """So many pixels are averaged before they are drawn."""
        return max(int(1 / self.scale), 1)

    @property
    def squares(self) -> bool:
        return self.scale >= PIXELS_FROM

    @property
    def span(self) -> tuple[int, int]:
        """First device pixel of the frame and the first behind it, rounded as Qt rounds a picture's edges."""
        return math.floor(self.start + 0.5), math.floor(self.start + self.count * self.scale + 0.5)

    def touched(self, first: int, last: int) -> tuple[int, int]:
        """Device pixels that change with pixels `first` to `last` - 1, as `span`."""
        reach = 0 if self.squares else 2 * self.reduction
        low = self.start + (first - reach) * self.scale
        return math.floor(low) - 1, math.ceil(self.start + (last + reach) * self.scale) + 1

    def places(self, first: int, last: int) -> NDArray[np.float64]:
        """Positions of device pixels' centres, in reduced pixels."""
        centres = np.arange(first, last, dtype=np.float64) + (0.5 - self.start)
        return centres / (self.scale * self.reduction)

    def nearest(self, first: int, last: int) -> NDArray[np.intp]:
        """The pixel that each device pixel lies in."""
        return np.clip(np.floor(self.places(first, last)).astype(np.intp), 0, self.count - 1)

    def between(self, first: int, last: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The reduced pixel before each device pixel (-1 at the edge), and how far behind it, in steps."""
        place = self.places(first, last) - 0.5
        before = np.floor(place)
        return before.astype(np.intp), ((place - before) * _STEPS).astype(np.intp)

    def source(self, before: NDArray[np.intp]) -> tuple[int, int]:
        """The reduced pixels that `before` and their right neighbours need, as `span`."""
        whole = -(-self.count // self.reduction)
        return max(int(before[0]), 0), min(int(before[-1]) + 2, whole)


@dataclass(frozen=True, slots=True)
class PixelGrid:
    """A frame-sized array on the device pixels of a pane."""

    x: Axis
    y: Axis

    @property
    def rectangle(self) -> QRect:
        """The device pixels that show the frame, beyond the pane's edges too."""
        (left, right), (top, bottom) = self.x.span, self.y.span
        return QRect(left, top, right - left, bottom - top)

    @property
    def sharpness(self) -> float:
        """Steepness that brings an interpolated edge back to about one device pixel."""
        return 1.0 if self.x.squares else max(self.x.scale, 1.0)

    def touched(self, rectangle: "Rectangle", halo: int = 0) -> QRect:
        """The device pixels that change with a rectangle of the frame; `halo`: reach of what is drawn of it."""
        left, right = self.x.touched(rectangle.left, rectangle.right)
        top, bottom = self.y.touched(rectangle.top, rectangle.bottom)
        return QRect(left, top, right - left, bottom - top).adjusted(-halo, -halo, halo, halo)


def grid_of(viewport: Viewport, ratio: float, shape: tuple[int, ...]) -> PixelGrid:
    """The grid of an array of `shape` (height, width) that is stretched over the frame.

    Args:
        ratio: device pixels per logical pixel.
    """
    left, top, width, height = (value * ratio for value in viewport.rectangle)
    return PixelGrid(Axis(left, width / shape[1], shape[1]), Axis(top, height / shape[0], shape[0]))


def sampled(
    values: NDArray[np.uint8], grid: PixelGrid, clip: QRect, table: NDArray[np.uint8] | None = None
) -> NDArray[np.uint8]:
    """The values under the device pixels of `clip`, which lies on the grid's rectangle and is not empty.

    Reads only the part of `values` that lies there: averaged where the frame is drawn smaller than it is,
    interpolated up to PIXELS_FROM, unchanged beyond.

    Args:
        values: uint8 HxW.
        table: uint8 (256,), through which the values go before they are averaged.

    Returns:
        uint8 of the clip's height and width, of its own memory.
    """
    columns = clip.left(), clip.left() + clip.width()
    rows = clip.top(), clip.top() + clip.height()
    if grid.x.squares and grid.y.squares:
        column, row = grid.x.nearest(*columns), grid.y.nearest(*rows)
        part = _looked_up(values[row[0] : row[-1] + 1, column[0] : column[-1] + 1], table)
        return np.take(np.take(part, row - row[0], axis=0), column - column[0], axis=1)
    (column, step_x), (row, step_y) = grid.x.between(*columns), grid.y.between(*rows)
    (left, right), (top, bottom) = grid.x.source(column), grid.y.source(row)
    reduced = _averaged(values, grid, (left, right), (top, bottom), table)
    # x in the lower half and y in the upper, as OpenCV's pairs of int16 lie in memory (little-endian).
    packed = ((row - top) << 16).astype(np.int32)[:, None] | ((column - left) & 0xFFFF).astype(np.int32)
    places = packed.view(np.int16).reshape(len(row), len(column), 2)
    steps = (step_y * _STEPS).astype(np.uint16)[:, None] | step_x.astype(np.uint16)[None, :]
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    drawn = cv2.remap(reduced, places, steps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, np.uint8)


def _looked_up(part: NDArray[np.uint8], table: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    if table is None:
        return part
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    return np.asarray(cv2.LUT(part, table), np.uint8)


def _averaged(
    values: NDArray[np.uint8],
    grid: PixelGrid,
    columns: tuple[int, int],
    rows: tuple[int, int],
    table: NDArray[np.uint8] | None,
) -> NDArray[np.uint8]:
    """The means of blocks that begin at multiples of the reduction, wherever the part begins."""
    across, down = grid.x.reduction, grid.y.reduction
    cut = values[rows[0] * down : rows[1] * down, columns[0] * across : columns[1] * across]
    part = _looked_up(cut, table)
    if across == down == 1:
        return part
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    width, height = columns[1] - columns[0], rows[1] - rows[0]
    missing_x, missing_y = width * across - part.shape[1], height * down - part.shape[0]
    if missing_x or missing_y:  # the last blocks of a frame that does not divide evenly
        part = cv2.copyMakeBorder(part, 0, missing_y, 0, missing_x, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
