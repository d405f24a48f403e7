"""Draws the timeline's still parts: frame states, score curve, frames in memory, ticks. The playhead: strip.py."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPolygonF

from app.timeline.jump import clock
from app.timeline.scale import TimeScale
from app.tokens import Tokens

RULER, STATES, CACHED = 20.0, 9.0, 4.0
"""Heights of the rows, logical pixels; the curve takes the rest."""
EXTENT = 3.0
"""Height of the line over a magnified timeline."""
_TICK_PIXELS = 90.0


def paint_strip(
    painter: QPainter,
    scale: TimeScale,
    height: float,
    tokens: Tokens,
    predicted: NDArray[np.bool_],
    mean_scores: NDArray[np.float32],
    cached: NDArray[np.int64],
    pts_seconds: NDArray[np.float64],
) -> None:
    """Draw the rows from top to bottom: ruler, curve, states, frames in memory.

    Args:
        predicted: bool (frames,). mean_scores: float32 (frames,), NaN where unknown. cached: frame indices.
        pts_seconds: float64 (frames,).
    """
    width = scale.width
    curve = QRectF(0, RULER, width, max(height - RULER - STATES - CACHED - 3, 8))
    painter.fillRect(curve, QColor(tokens.canvas))
    _paint_ruler(painter, scale, curve, tokens, pts_seconds)
    _paint_curve(painter, scale, curve, tokens, mean_scores)
    if not scale.is_whole:
        _paint_extent(painter, scale, tokens)
    states = QRectF(0, curve.bottom() + 1, width, STATES)
    _paint_states(painter, scale, states, tokens, predicted)
    _paint_cached(painter, scale, QRectF(0, states.bottom() + 2, width, CACHED - 1), tokens, cached)


def _paint_ruler(
    painter: QPainter, scale: TimeScale, curve: QRectF, tokens: Tokens, pts_seconds: NDArray[np.float64]
) -> None:
    step = _round_step(_TICK_PIXELS / scale.frame_width)
    first = int(np.ceil(scale.start / step)) * step
    grid = QColor(tokens.border)
    for frame in range(first, int(min(scale.start + scale.span, scale.frame_count - 1)) + 1, step):
        x = scale.left_of(frame + 0.5)
        painter.setPen(QPen(grid, 1))
        painter.drawLine(QLineF(x, RULER - 5, x, curve.bottom()))
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


def _paint_curve(
    painter: QPainter, scale: TimeScale, curve: QRectF, tokens: Tokens, mean_scores: NDArray[np.float32]
) -> None:
    painter.setPen(QPen(QColor(tokens.border), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(0, curve.center().y()), QPointF(scale.width, curve.center().y()))
    first = max(int(scale.start), 0)
    last = min(int(np.ceil(scale.start + scale.span)), scale.frame_count)
    places, values = _thinned(first, mean_scores[first:last], scale)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(tokens.accent), 1.6))
    inner = curve.adjusted(0, 2, 0, -2)
    for run in _runs(values):
        points = [
            QPointF(scale.left_of(place + 0.5), inner.bottom() - float(value) * inner.height())
            for place, value in zip(places[run], values[run], strict=True)
        ]
        if len(points) == 1:
            painter.setBrush(QColor(tokens.accent))
            painter.drawEllipse(points[0], 1.2, 1.2)
        else:
            painter.drawPolyline(QPolygonF(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _thinned(
    first: int, values: NDArray[np.float32], scale: TimeScale
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """At most two values a pixel; of each group the lowest is kept, since dips are what one looks for."""
    group = max(int(np.ceil(1 / (2 * scale.frame_width))), 1)
    places = np.arange(first, first + len(values), dtype=np.float64)
    if group == 1:
        return places, values
    padded = np.full(-(-len(values) // group) * group, np.nan, np.float32)
    padded[: len(values)] = values
    lowest = np.where(np.isnan(padded), np.inf, padded).reshape(-1, group).min(axis=1)
    return places[::group], np.where(np.isinf(lowest), np.nan, lowest).astype(np.float32)


def _runs(values: NDArray[np.float32]) -> list[slice]:
    """Stretches without NaN."""
    known = np.concatenate([[False], ~np.isnan(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _paint_states(
    painter: QPainter, scale: TimeScale, row: QRectF, tokens: Tokens, predicted: NDArray[np.bool_]
) -> None:
    """Predicted frames are filled, the others hatched: the two differ without colour too."""
    painter.fillRect(row, QColor(tokens.canvas))
    painter.fillRect(row, QBrush(QColor(tokens.unpredicted), Qt.BrushStyle.BDiagPattern))
    for left, right in _stretches(predicted, scale):
        painter.fillRect(QRectF(left, row.top(), right - left, row.height()), QColor(tokens.predicted))


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
