"""Draws a Scene under a Viewport. No widgets, no input."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from app.panes.scene import Scene
from app.panes.viewport import Viewport
from app.tokens import MASK_TINT, Tokens

_PIXELS_FROM = 5.0
"""From so many device pixels per frame pixel on, pixels are drawn as squares."""
_DIMMED_ALPHA = 150


def paint_scene(painter: QPainter, scene: Scene, viewport: Viewport, tokens: Tokens, ratio: float) -> None:
    """Draw `scene` into the pane.

    Args:
        ratio: device pixels per logical pixel.
    """
    frame = QRectF(*viewport.rectangle)
    device_scale = viewport.scale * ratio
    for number, layer in enumerate(scene.layers):
        squares = number == 0 and device_scale >= _PIXELS_FROM
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not squares)
        image = layer
        if number == 0 and scene.preview is not None and frame.width() * ratio <= scene.preview.width() * 1.1:
            image = scene.preview
        painter.drawImage(frame, image)
    if scene.outline is not None:
        _paint_outline(painter, scene.outline, frame)
    if scene.dimmed:
        veil = QColor(tokens.canvas)
        veil.setAlpha(_DIMMED_ALPHA)
        painter.fillRect(frame, veil)


def _paint_outline(painter: QPainter, path: QPainterPath, frame: QRectF) -> None:
    placed = QTransform(frame.width(), 0, 0, frame.height(), frame.left(), frame.top()).map(path)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # A dark line under the bright one keeps the border visible on every picture.
    for colour, width in ((QColor(0, 0, 0, 170), 4.0), (QColor(MASK_TINT), 2.0)):
        painter.setPen(
            QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        painter.drawPath(placed)


def paint_crosshair(painter: QPainter, viewport: Viewport, position: tuple[float, float]) -> None:
    """The shared cursor: thin lines over the frame with a gap around the point."""
    x, y = viewport.to_pane(position)
    left, top, width, height = viewport.rectangle
    gap = 9.0
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    segments = (
        (QPointF(left, y), QPointF(x - gap, y)),
        (QPointF(x + gap, y), QPointF(left + width, y)),
        (QPointF(x, top), QPointF(x, y - gap)),
        (QPointF(x, y + gap), QPointF(x, top + height)),
    )
    for colour, offset in ((QColor(0, 0, 0, 150), 1.0), (QColor(255, 255, 255, 200), 0.0)):
        painter.setPen(QPen(colour, 1))
        shift = QPointF(offset, offset)
        for start, end in segments:
            painter.drawLine(start + shift, end + shift)
