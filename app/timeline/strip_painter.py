"""Draws the timeline's still parts: ruler, curves, frame states, frames in memory. What moves: overlay.py."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.timeline.content import StripContent
from app.timeline.curves import paint_curves
from app.timeline.jump import clock
from app.timeline.scale import TimeScale
from app.timeline.states_painter import FLAG, paint_held_out, paint_states
from app.tokens import Tokens

RULER, STATES, CACHED = 20.0, 10.0, 4.0
"""Heights of the rows, logical pixels; the curves take the rest."""
EXTENT = 3.0
"""Height of the line over a magnified timeline."""
_TICK_PIXELS = 90.0


def curves_row(width: float, height: float) -> QRectF:
    """Where the curves are drawn."""
    return QRectF(0, RULER, width, max(height - RULER - FLAG - STATES - CACHED - 3, 8))


def paint_strip(
    painter: QPainter, scale: TimeScale, height: float, tokens: Tokens, content: StripContent
) -> None:
    """Draw the rows from top to bottom."""
    curves = curves_row(scale.width, height)
    painter.fillRect(curves, QColor(tokens.canvas))
    _paint_ruler(painter, scale, curves, tokens, content.pts_seconds)
    paint_curves(painter, scale, curves, tokens, content.scores, content.flicker)
    if not scale.is_whole:
        _paint_extent(painter, scale, tokens)
    states = QRectF(0, curves.bottom() + FLAG + 1, scale.width, STATES)
    paint_states(painter, scale, states, tokens, content.statuses)
    paint_held_out(painter, scale, states, tokens, content.held_out)
    memory = QRectF(0, states.bottom() + 2, scale.width, CACHED - 1)
    _paint_cached(painter, scale, memory, tokens, content.cached)


def _paint_ruler(
    painter: QPainter, scale: TimeScale, curves: QRectF, tokens: Tokens, pts_seconds: NDArray[np.float64]
) -> None:
    step = _round_step(_TICK_PIXELS / scale.frame_width)
    first = int(np.ceil(scale.start / step)) * step
    grid = QColor(tokens.border)
    for frame in range(first, int(min(scale.start + scale.span, scale.frame_count - 1)) + 1, step):
        x = scale.left_of(frame + 0.5)
        painter.setPen(QPen(grid, 1))
        painter.drawLine(QLineF(x, RULER - 5, x, curves.bottom()))
        painter.setPen(QColor(tokens.muted))
        text = f"{frame}" if scale.frame_count < 10 else f"{frame}  {clock(float(pts_seconds[frame]))}"
        room = QRectF(x + 3, EXTENT - 1, _TICK_PIXELS - 6, RULER - 5 - EXTENT)
        if room.left() + painter.fontMetrics().horizontalAdvance(text) <= scale.width:
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)


def _paint_extent(painter: QPainter, scale: TimeScale, tokens: Tokens) -> None:
    """A line at the top tells which part of the clip is in sight, as a scroll bar would."""
    share = scale.width / scale.frame_count
    painter.fillRect(QRectF(0, 0, scale.width, EXTENT), QColor(tokens.raised))
    seen = QRectF(scale.start * share, 0, max(scale.span * share, 6.0), EXTENT)
    painter.fillRect(seen, QColor(tokens.control))


def _round_step(frames: float) -> int:
    step = 1
    while step < frames:
        for factor in (1, 2, 5):
            if step * factor >= frames:
                return step * factor
        step *= 10
    return step


def _paint_cached(
    painter: QPainter, scale: TimeScale, row: QRectF, tokens: Tokens, cached: NDArray[np.int64]
) -> None:
    held = np.zeros(scale.frame_count, np.bool_)
    held[cached[cached < scale.frame_count]] = True
    for left, right in _stretches(held, scale):
        painter.fillRect(QRectF(left, row.top(), max(right - left, 1.0), row.height()), QColor(tokens.muted))


def _stretches(flags: NDArray[np.bool_], scale: TimeScale) -> list[tuple[float, float]]:
    """Left and right ends of the flagged frames in sight, logical pixels: at most one stretch for two pixels.

    Where several frames share a pixel, it counts as flagged if all of them are.
    """
    first = int(scale.start)
    last = min(int(np.ceil(scale.start + scale.span)), scale.frame_count)
    group = max(int(1 / scale.frame_width), 1)
    places = np.arange(first, last, group)
    if not len(places):
        return []
    whole = np.minimum.reduceat(flags[first:last], places - first)
    padded = np.concatenate([[False], whole, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1]) * group + first
    pixels = np.clip((np.minimum(edges, last) - scale.start) * scale.frame_width, 0, scale.width)
    return [(left, right) for left, right in pixels.reshape(-1, 2).tolist()]
