"""Draws what a tool shows while it is in hand: ring, outline, box and a few words. Which tool, is not known here."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from app.canvas.preview import Preview
from app.panes.viewport import Viewport
from app.tokens import Tokens

_SMALLEST_RING = 2.0
"""Logical pixels of radius: a smaller brush is still seen."""
_MARGIN = 4
_CHIP_GAP = 14.0


def paint_preview(painter: QPainter, preview: Preview, viewport: Viewport, tokens: Tokens) -> None:
    """Draw `preview` into the pane, on logical pixels."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in _pens(preview.removing):
        painter.setPen(pen)
        if preview.box is not None:
            painter.drawRect(_box(preview.box, viewport))
        if preview.path:
            corners = QPolygonF([_placed(viewport, *corner) for corner in preview.path])
            if preview.closed:
                painter.drawPolygon(corners)
            else:
                painter.drawPolyline(corners)
        if preview.ring is not None:
            painter.drawEllipse(_ring(preview.ring, viewport))
    if preview.words:
        chip = _chip(preview, viewport, QFontMetricsF(painter.font()))
        paint_chip(painter, chip, preview.words, tokens)
    painter.restore()


def preview_region(preview: Preview | None, viewport: Viewport, metrics: QFontMetricsF) -> QRect:
    """The logical pixels that `preview` is drawn on; empty where there is nothing."""
    if preview is None:
        return QRect()
    covered = QRectF()
    if preview.box is not None:
        covered = covered.united(_box(preview.box, viewport))
    if preview.path:
        corners = QPolygonF([_placed(viewport, *corner) for corner in preview.path])
        covered = covered.united(corners.boundingRect().adjusted(0, 0, 1, 1))
    if preview.ring is not None:
        covered = covered.united(_ring(preview.ring, viewport))
    if preview.words:
        covered = covered.united(_chip(preview, viewport, metrics))
    if covered.isEmpty():
        return QRect()
    return covered.toAlignedRect().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)


def ring_radius(preview: Preview | None, viewport: Viewport) -> float:
    """Of the ring on screen, logical pixels; 0 where there is none."""
    return preview.ring[2] * viewport.scale if preview is not None and preview.ring is not None else 0.0


def paint_chip(painter: QPainter, chip: QRectF, words: str, tokens: Tokens) -> None:
    """A few words on a rounded ground."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(tokens.control), 1))
    painter.setBrush(QColor(tokens.surface))
    painter.drawRoundedRect(chip, 5, 5)
    painter.setPen(QColor(tokens.text))
    painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), words)


def _pens(removing: bool) -> tuple[QPen, QPen]:
    """A dark line under a bright one, seen on every picture; removing is the reverse and broken."""
    dark, bright = QColor(0, 0, 0, 190), QColor(255, 255, 255)
    if not removing:
        return QPen(dark, 3.0), QPen(bright, 1.2)
    over = QPen(dark, 1.4)
    over.setDashPattern([4.0, 3.0])
    return QPen(bright, 3.0), over


def _placed(viewport: Viewport, x: float, y: float) -> QPointF:
    return QPointF(*viewport.to_pane((x / viewport.frame_wh[0], y / viewport.frame_wh[1])))


def _ring(ring: tuple[float, float, float], viewport: Viewport) -> QRectF:
    radius = max(ring[2] * viewport.scale, _SMALLEST_RING)
    centre = _placed(viewport, ring[0], ring[1])
    return QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)


def _box(box: tuple[float, float, float, float], viewport: Viewport) -> QRectF:
    return QRectF(_placed(viewport, box[0], box[1]), _placed(viewport, box[2], box[3])).normalized()


def _chip(preview: Preview, viewport: Viewport, metrics: QFontMetricsF) -> QRectF:
    """Below and right of what is drawn, or on the other side where the pane ends."""
    width, height = metrics.horizontalAdvance(preview.words) + 20, metrics.height() + 8
    if preview.ring is not None:
        ring = _ring(preview.ring, viewport)
        near, far = ring.topLeft(), ring.bottomRight()
    elif preview.path:
        near = far = _placed(viewport, *preview.path[-1])
    elif preview.box is not None:
        near = far = _placed(viewport, preview.box[2], preview.box[3])
    else:
        near = far = QPointF(0, 0)
    x, y = far.x() + _CHIP_GAP, far.y() + _CHIP_GAP
    if x + width > viewport.pane_wh[0]:
        x = near.x() - _CHIP_GAP - width
    if y + height > viewport.pane_wh[1]:
        y = near.y() - _CHIP_GAP - height
    x = min(max(x, 2.0), max(viewport.pane_wh[0] - width - 2, 2.0))
    y = min(max(y, 2.0), max(viewport.pane_wh[1] - height - 2, 2.0))
    return QRectF(x, y, width, height)
