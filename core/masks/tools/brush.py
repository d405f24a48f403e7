"""Brushes: the area of a stroke, painted with one value or with the values of another mask.

Points are in pixels of the layer, (0, 0) its top left corner, pixel centres at half.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.masks.edit import Edit, check_value, size_of, values_of_mask, write_values
from core.masks.rectangle import EMPTY, Rectangle, spanning
from core.types import GrayImage, SizeHW

SMALLEST_RADIUS_PX = math.sqrt(0.5)
"""A disc of this radius holds at least one pixel centre wherever it lies, so no dab goes unseen."""

_LONGEST_PIECE = 4.0
"""A segment is cut into pieces of so many radii: the box around a long oblique one would be mostly empty."""


class BrushPoint(NamedTuple):
    """One point of a stroke's path. radius_px: of the disc there; it changes linearly to the next point's."""

    x: float
    y: float
    radius_px: float


def pressed_radius(radius_px: float, pressure: float, smallest_share: float = 0.2) -> float:
    """The radius under a pen's pressure in [0, 1]: from smallest_share * radius_px up to radius_px."""
    share = min(1.0, max(0.0, pressure))
    return radius_px * (smallest_share + (1.0 - smallest_share) * share)


def stroke_area(size_hw: SizeHW, points: Sequence[BrushPoint]) -> tuple[Rectangle, NDArray[np.bool_]]:
    """The pixels under a disc that is moved along the path.

    Painting a path piece by piece, each piece from the last point of the one before, gives the same pixels.

    Returns:
        A rectangle on the picture, EMPTY where the stroke lies beside it, and bool of its size.
    """
    pieces = [(a, b) for start, end in _segments(points) for a, b in _pieces(start, end)]
    boxes = [_box(a, b).within(size_hw) for a, b in pieces]
    around = EMPTY
    for box in boxes:
        around = around.union(box)
    area = np.zeros((around.height, around.width), np.bool_)
    for (a, b), box in zip(pieces, boxes, strict=True):
        if not box.is_empty:
            inner = box._replace(top=box.top - around.top, left=box.left - around.left)
            area[inner.slices] |= _swept(a, b, box)
    return around, area


def paint_into(layer: GrayImage, points: Sequence[BrushPoint], value: int) -> Rectangle:
    """Paint a stroke, or the newest piece of one, into `layer` itself: for painting while the mouse moves.

    Args:
        layer: uint8 HxW, written to.
        points: the path; one point paints a disc.
        value: FOREGROUND, BACKGROUND, or FOLLOW to give the pixels back to the model.

    Returns:
        The bounding box of what changed.
    """
    check_value(value)
    rectangle, area = stroke_area(size_of(layer), points)
    return write_values(layer, value, area, rectangle)


def paint(layer: GrayImage, points: Sequence[BrushPoint], value: int) -> Edit:
    """paint_into on a copy."""
    changed = layer.copy()
    return Edit(changed, paint_into(changed, points, value))


def paint_mask_into(layer: GrayImage, points: Sequence[BrushPoint], source_mask: GrayImage) -> Rectangle:
    """Under the stroke, take over another mask: the neighbour's warped by flow, or the model's at another threshold.

    Args:
        layer: uint8 HxW, written to.
        source_mask: HxW of the layer's size, nonzero = foreground.

    Returns:
        The bounding box of what changed.
    """
    rectangle, area = stroke_area(size_of(layer), points)
    return write_values(layer, values_of_mask(source_mask[rectangle.slices]), area, rectangle)


def paint_mask(layer: GrayImage, points: Sequence[BrushPoint], source_mask: GrayImage) -> Edit:
    """paint_mask_into on a copy."""
    changed = layer.copy()
    return Edit(changed, paint_mask_into(changed, points, source_mask))


def _segments(points: Sequence[BrushPoint]) -> Iterator[tuple[BrushPoint, BrushPoint]]:
    wide = [point._replace(radius_px=max(point.radius_px, SMALLEST_RADIUS_PX)) for point in points]
    if len(wide) == 1:
        yield wide[0], wide[0]
    yield from pairwise(wide)


def _pieces(a: BrushPoint, b: BrushPoint) -> Iterator[tuple[BrushPoint, BrushPoint]]:
    length = math.hypot(b.x - a.x, b.y - a.y)
    longest = max(64.0, _LONGEST_PIECE * max(a.radius_px, b.radius_px))
    count = max(1, math.ceil(length / longest))
    cuts = [_along(a, b, index / count) for index in range(count + 1)]
    yield from pairwise(cuts)


def _along(a: BrushPoint, b: BrushPoint, share: float) -> BrushPoint:
    return BrushPoint(*(p + (q - p) * share for p, q in zip(a, b, strict=True)))


def _box(a: BrushPoint, b: BrushPoint) -> Rectangle:
    return spanning(
        math.floor(min(a.y - a.radius_px, b.y - b.radius_px)),
        math.floor(min(a.x - a.radius_px, b.x - b.radius_px)),
        math.ceil(max(a.y + a.radius_px, b.y + b.radius_px)),
        math.ceil(max(a.x + a.radius_px, b.x + b.radius_px)),
    )


def _swept(a: BrushPoint, b: BrushPoint, box: Rectangle) -> NDArray[np.bool_]:
    """Pixel centres that some disc between a and b holds.

    With q = p - a, d = b - a and k = r_b - r_a, p lies in the disc at share t if
    (d.d - k^2) t^2 - 2 t (q.d + r_a k) + q.q - r_a^2 <= 0; the smallest value over t in [0, 1] decides.
    """
    qx = np.arange(box.left, box.right)[None, :] + 0.5 - a.x
    qy = np.arange(box.top, box.bottom)[:, None] + 0.5 - a.y
    dx, dy, k = b.x - a.x, b.y - a.y, b.radius_px - a.radius_px
    curvature = dx * dx + dy * dy - k * k
    slope = qx * dx + qy * dy + a.radius_px * k
    at_a = qx * qx + qy * qy - a.radius_px**2
    if curvature <= 1e-9:  # one disc holds the other: the ends decide
        return np.minimum(at_a, at_a + curvature - 2 * slope) <= 0
    t = np.clip(slope / curvature, 0.0, 1.0)
    return at_a + t * (t * curvature - 2 * slope) <= 0
