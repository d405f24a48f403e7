"""Draws what moves over the strip's still parts: the selected range with its handles, the playhead, the pointer."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.timeline.scale import TimeScale
from app.timeline.strip_painter import EXTENT, RULER, curves_row
from app.tokens import Tokens

_ARM = 5.0
"""Length of a handle's arms, logical pixels."""


def paint_range(
    painter: QPainter, scale: TimeScale, height: float, tokens: Tokens, selected: range, active: bool
) -> None:
    """The band of a range and a bracket at each end in sight. active: an end is being dragged."""
    left, right = scale.left_of(selected.start), scale.left_of(selected.stop)
    seen = QRectF(0, EXTENT, scale.width, curves_row(scale.width, height).bottom() - EXTENT)
    band = QRectF(left, EXTENT, right - left, height).intersected(seen)  # states keep their colours
    shade = QColor(tokens.accent)
    shade.setAlpha(44)
    painter.fillRect(band, shade)
    colour = QColor(tokens.text if active else tokens.accent)
    painter.fillRect(QRectF(band.left(), RULER - 3, band.width(), 3), colour)
    painter.setPen(QPen(colour, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    for x, inwards in ((left + 1, 1), (right - 1, -1)):
        if -1 <= x <= scale.width + 1:
            arm = inwards * _ARM
            painter.drawPolyline(
                QPolygonF(
                    [
                        QPointF(x + arm, EXTENT + 1),
                        QPointF(x, EXTENT + 1),
                        QPointF(x, height - 1),
                        QPointF(x + arm, height - 1),
                    ]
                )
            )


def paint_playhead(painter: QPainter, scale: TimeScale, height: float, tokens: Tokens, frame: int) -> None:
    """The current frame."""
    left, width = scale.left_of(frame), scale.frame_width
    shade = QColor(tokens.accent)
    shade.setAlpha(60)
    painter.fillRect(QRectF(left, RULER, width, height - RULER), shade)
    x, top = left + width / 2, RULER - 5
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(tokens.text), 1.5))
    painter.drawLine(QPointF(x, RULER - 2), QPointF(x, height))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.text))
    painter.drawPolygon(QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, top + 7)]))


def paint_pointer(painter: QPainter, height: float, tokens: Tokens, x: float) -> None:
    """Where a click would go."""
    painter.setPen(QPen(QColor(tokens.muted), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, RULER), QPointF(x, height))
