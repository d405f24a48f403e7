"""Draws a Scene's picture and the crosshair under a Viewport. Masks: mask_painter.py. No widgets, no input."""

from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from app.panes.pixel_grid import PIXELS_FROM, grid_of
from app.panes.scene import Scene
from app.panes.viewport import Viewport
from app.tokens import Tokens

_DIMMED_ALPHA = 150
_GAP = 9.0


def paint_scene(painter: QPainter, scene: Scene, viewport: Viewport, tokens: Tokens, ratio: float) -> None:
    """Draw `scene` into the pane, all but its mask.

    Args:
        ratio: device pixels per logical pixel.
    """
    frame = QRectF(*viewport.rectangle)
    covered = QRectF(grid_of(viewport, ratio, viewport.frame_wh[::-1]).rectangle)
    painter.setClipRect(QTransform.fromScale(1 / ratio, 1 / ratio).mapRect(covered))
    device_scale = viewport.scale * ratio
    for number, layer in enumerate(scene.layers):
        squares = number == 0 and device_scale >= PIXELS_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not squares)
        image = layer
        if number == 0 and scene.preview is not None and frame.width() * ratio <= scene.preview.width() * 1.1:
            image = scene.preview
        painter.drawImage(frame, image)
    if scene.dimmed:
        veil = QColor(tokens.canvas)
        veil.setAlpha(_DIMMED_ALPHA)
        painter.fillRect(frame, veil)


def crosshair_region(viewport: Viewport, position: tuple[float, float]) -> tuple[QRect, QRect]:
    """The row and the column of the pane that the crosshair is drawn on, logical pixels."""
    x, y = viewport.to_pane(position)
    pane_w, pane_h = viewport.pane_wh
    return QRect(0, int(y) - 2, pane_w, 5), QRect(int(x) - 2, 0, 5, pane_h)


def paint_crosshair(painter: QPainter, viewport: Viewport, position: tuple[float, float]) -> None:
    """The shared cursor: thin lines over the frame with a _GAP around the point."""
    x, y = viewport.to_pane(position)
    left, top, width, height = viewport.rectangle
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    segments = (
        (QPointF(left, y), QPointF(x - _GAP, y)),
        (QPointF(x + _GAP, y), QPointF(left + width, y)),
        (QPointF(x, top), QPointF(x, y - _GAP)),
        (QPointF(x, y + _GAP), QPointF(x, top + height)),
    )
    for colour, offset in ((QColor(0, 0, 0, 150), 1.0), (QColor(255, 255, 255, 200), 0.0)):
        painter.setPen(QPen(colour, 1))
        shift = QPointF(offset, offset)
        for start, end in segments:
            painter.drawLine(start + shift, end + shift)
