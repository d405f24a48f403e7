"""Draws a mask or a correction layer over a part of a pane, at the pane's own resolution. No state, no widgets."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from app.images import image_from_indices
from app.panes.pixel_grid import PixelGrid, grid_of, sampled
from app.panes.scene import CorrectionView, MaskView
from app.panes.viewport import Viewport
from app.tokens import BACKGROUND_TINT, FOREGROUND_TINT, MASK_TINT, ONION_TINT

_CASING_ALPHA = 0.7
_DASH = 5.0
"""Logical pixels of a dash of the onion skin's outline."""
_HATCH, _HATCH_LINE = 9.0, 2.0
"""Logical pixels from one line of the corrections' hatching to the next, and its width."""
_CORRECTION_ALPHA, _HATCH_ALPHA = 0.38, 0.9
_LAYER_VALUES = np.array([128, 255, 0] + 253 * [128], np.uint8)
"""follow, foreground, background as one number that may be averaged: the middle is neither."""

_OUTLINES = {"outline": MASK_TINT, "heat": "#ffffff"}
"""The modes that show the mask by its border, which must stand out from what is under it."""


def paint_mask(
    painter: QPainter, view: MaskView | CorrectionView, viewport: Viewport, ratio: float, clip: QRect
) -> None:
    """Draw the part of `view` inside `clip`; the same pixels as when the whole is drawn.

    Args:
        painter: paints on device pixels, one to one.
        ratio: device pixels per logical pixel.
        clip: device pixels of the pane.
    """
    if isinstance(view, CorrectionView):
        _paint_corrections(painter, view, grid_of(viewport, ratio, view.layer.shape), ratio, clip)
        return
    grid = grid_of(viewport, ratio, view.mask.shape)
    part = clip.intersected(grid.rectangle)
    if part.isEmpty() or view.mode == "off":
        return
    if view.mode in _OUTLINES:
        _paint_outline(painter, view.mask, grid, ratio, part, _OUTLINES[view.mode])
        return
    curve = _edge(grid.sharpness)
    if view.mode == "cut-out":
        _draw(painter, part, sampled(view.mask, grid, part), _flat(1 - curve, view.behind, view.opacity))
        return
    _draw(painter, part, sampled(view.mask, grid, part), _flat(curve, MASK_TINT, view.opacity))
    if view.mode == "onion" and view.previous is not None:
        grid = grid_of(viewport, ratio, view.previous.shape)
        part = clip.intersected(grid.rectangle)
        _paint_outline(painter, view.previous, grid, ratio, part, ONION_TINT, dashed=True)


def halo_of(ratio: float) -> int:
    """So many device pixels beside a changed pixel may change as well."""
    return sum(_radii(ratio))


def _paint_outline(
    painter: QPainter,
    mask: NDArray[np.uint8],
    grid: PixelGrid,
    ratio: float,
    part: QRect,
    colour: str,
    dashed: bool = False,
) -> None:
    """A bright line along the mask's edge with a dark one around it, which keeps it visible on every picture.

    The line is the difference between the grown and the shrunk mask on device pixels: as thin at every zoom, and
    of any mask in the same time.
    """
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    if part.isEmpty():
        return
    bright_radius, casing = _radii(ratio)
    halo = bright_radius + casing
    around = part.adjusted(-halo, -halo, halo, halo).intersected(grid.rectangle)
    table = np.rint(_edge(grid.sharpness) * 255).astype(np.uint8)
    covered = cv2.LUT(sampled(mask, grid, around), table)
    left, top = part.left() - around.left(), part.top() - around.top()
    inner = slice(top, top + part.height()), slice(left, left + part.width())
    bright, dark = (
        np.asarray(cv2.morphologyEx(covered, cv2.MORPH_GRADIENT, _disc(radius)), np.uint8)[inner]
        for radius in (bright_radius, halo)
    )
    bright = bright >> np.uint8(4)
    if dashed:
        bright *= _dashes(grid, ratio, part)
    _draw(painter, part, (bright << np.uint8(4)) | (dark >> np.uint8(4)), _line_table(colour))


def _radii(ratio: float) -> tuple[int, int]:
    """Half the bright line's width and the dark one's beside it, device pixels."""
    return max(int(ratio), 1), max(int(ratio), 1)


def _disc(radius: int) -> NDArray[np.uint8]:
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    side = 2 * radius + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _dashes(grid: PixelGrid, ratio: float, part: QRect) -> NDArray[np.uint8]:
    """1 and 0 like a chessboard that moves with the frame."""
    field = max(round(_DASH * ratio), 1)
    x = (np.arange(part.width()) + part.left() - grid.x.span[0]) // field
    y = (np.arange(part.height()) + part.top() - grid.y.span[0]) // field
    even = (x & 1)[None, :] == (y & 1)[:, None]
    return even.view(np.uint8)


def _paint_corrections(
    painter: QPainter, view: CorrectionView, grid: PixelGrid, ratio: float, clip: QRect
) -> None:
    """Foreground and background in their own colours, hatched to the right and to the left."""
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    part = clip.intersected(grid.rectangle)
    if part.isEmpty():
        return
    values = sampled(view.layer, grid, part, _LAYER_VALUES)
    index = np.asarray(cv2.LUT(values, _levels(grid.sharpness)), np.uint8)
    index |= _hatching(grid, ratio, part)
    _draw(painter, part, index, _correction_table())


def _hatching(grid: PixelGrid, ratio: float, part: QRect) -> NDArray[np.uint8]:
    """Bit 0: lines that lean to the right, bit 1: to the left. They move with the frame."""
    period, line = max(round(_HATCH * ratio), 2), max(round(_HATCH_LINE * ratio), 1)
    x = np.arange(part.width())[None, :] + (part.left() - grid.x.span[0])
    y = np.arange(period)[:, None]
    tile = np.zeros((period, part.width()), np.uint8)
    tile[(x + y) % period < line] = 1
    tile[(x - y) % period < line] |= 2
    rows = (np.arange(part.height()) + (part.top() - grid.y.span[0])) % period
    return np.take(tile, rows, axis=0)


def _levels(sharpness: float) -> NDArray[np.uint8]:
    """Strength of the correction in steps of 4, 0 to 124, foreground from 128 on; two bits are left free."""
    value = np.arange(256, dtype=np.float32)
    strength = np.clip((np.abs(value - 128) / 127 - 0.5) * sharpness + 0.5, 0, 1)
    strength[128] = 0
    return (np.rint(strength * 31) * 4 + (value > 128) * 128).astype(np.uint8)


def _correction_table() -> NDArray[np.uint8]:
    index = np.arange(256)
    foreground = (index >> 7)[:, None] > 0
    hatched = np.where(foreground, (index & 1)[:, None], (index & 2)[:, None]) > 0
    alpha = ((index >> 2) & 31)[:, None] / 31 * np.where(hatched, _HATCH_ALPHA, _CORRECTION_ALPHA)
    return _colours(np.where(foreground, _bgr(FOREGROUND_TINT), _bgr(BACKGROUND_TINT)), alpha)


def _edge(sharpness: float) -> NDArray[np.float32]:
    """Coverage of a device pixel by the mask for each interpolated value, 256 of 0 to 1."""
    value = np.arange(256, dtype=np.float32) / 255
    return np.clip((value - 0.5) * sharpness + 0.5, 0, 1).astype(np.float32)


def _flat(coverage: NDArray[np.float32], colour: str, opacity: float) -> NDArray[np.uint8]:
    return _colours(_bgr(colour), coverage[:, None] * opacity)


def _line_table(colour: str) -> NDArray[np.uint8]:
    """Colours of bright * 16 + dark, each 0 to 15: the bright line over the dark one."""
    index = np.arange(256)
    bright, dark = (index >> 4)[:, None] / 15, (index & 15)[:, None] / 15 * _CASING_ALPHA
    alpha = bright + dark * (1 - bright)
    share = np.divide(bright, alpha, out=np.zeros_like(alpha), where=alpha > 0)
    return _colours(_bgr(colour) * share, alpha)


def _colours(bgr: NDArray[np.float64], alpha: NDArray[np.floating]) -> NDArray[np.uint8]:
    """uint8 256x4, B, G, R, A. bgr: (3,) or (256, 3), 0 to 255. alpha: (256, 1), 0 to 1."""
    table = np.concatenate([np.broadcast_to(bgr, (256, 3)), alpha * 255], axis=1)
    return np.rint(table).astype(np.uint8)


def _bgr(colour: str) -> NDArray[np.float64]:
    parsed = QColor(colour)
    return np.array([parsed.blue(), parsed.green(), parsed.red()], np.float64)


def _draw(painter: QPainter, part: QRect, index: NDArray[np.uint8], table: NDArray[np.uint8]) -> None:
    image: QImage = image_from_indices(index, table)
    painter.drawImage(part.topLeft(), image)
