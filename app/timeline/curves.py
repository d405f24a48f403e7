"""The strip's curves, score and flicker: drawing them, and finding the dip that a person points at."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from app.timeline.scale import TimeScale
from app.tokens import Tokens
from core.review.suggestion import FULL_FLICKER

FLICKER_TOP = 2 * FULL_FLICKER
"""The flicker at the top of the curve's row; more is drawn there too."""
_MARGIN = 2.0
_REACH_X, _REACH_Y = 6.0, 9.0
"""So near to a dip's lowest point, in pixels, the pointer means the dip."""
_SHOULDER = 18.0
"""So far to its sides, in pixels, a dip must have climbed..."""
_DEPTH = 0.04
"""... by so much."""


def paint_curves(
    painter: QPainter,
    scale: TimeScale,
    row: QRectF,
    tokens: Tokens,
    scores: NDArray[np.float32],
    flicker: NDArray[np.float32],
) -> None:
    """Flicker dashed, the score over it, each with a dotted line at half height behind.

    Args:
        scores, flicker: float32 (frames,), NaN where unknown.
    """
    painter.setPen(QPen(QColor(tokens.border), 1, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(0, row.center().y()), QPointF(scale.width, row.center().y()))
    # Where a frame is less than a pixel a lone peak keeps its colour.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale.frame_width >= 1)
    height = np.minimum(flicker / np.float32(FLICKER_TOP), 1)
    # Of flicker the peaks are what one looks for, of the score the dips.
    _paint_curve(painter, scale, row, flicker_pen(tokens), -height, -1.0)
    _paint_curve(painter, scale, row, score_pen(tokens), scores, 1.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def score_pen(tokens: Tokens) -> QPen:
    return QPen(QColor(tokens.accent), 1.6)


def flicker_pen(tokens: Tokens) -> QPen:
    """One pixel of the screen wide: Qt needs 1 ms for the dashes of such a pen where a wider one takes 60."""
    pen = QPen(QColor(tokens.flicker), 1.0)
    pen.setCosmetic(True)
    pen.setDashPattern([3.0, 2.5])
    return pen


def height_of(value: float, row: QRectF) -> float:
    """Where a value in [0, 1] is drawn."""
    return row.bottom() - _MARGIN - value * (row.height() - 2 * _MARGIN)


def dip_at(scores: NDArray[np.float32], scale: TimeScale, row: QRectF, x: float, y: float) -> int | None:
    """The lowest frame of the dip of the score curve that lies under the pointer, or within a few pixels of it.

    A dip is lower than the curve a little to the left and to the right of it; at the clip's ends one side will do.
    """
    near = _between(x - _REACH_X, x + _REACH_X, scale)
    values = scores[near]
    if not len(values) or np.isnan(values).all():
        return None
    lowest = near.start + int(np.nanargmin(values))
    value, place = float(scores[lowest]), scale.left_of(lowest + 0.5)
    if abs(y - height_of(value, row)) > _REACH_Y or abs(x - place) > _REACH_X:
        return None
    around = _between(place - _SHOULDER, place + _SHOULDER, scale)
    before = scores[min(around.start, max(lowest - 1, 0)) : lowest][::-1]
    after = scores[lowest + 1 : max(around.stop, lowest + 2)]
    known = [side[~np.isnan(side)] for side in (before, after)]
    climbs = [side[0] >= value and side.max() >= value + _DEPTH for side in known if len(side)]
    return lowest if climbs and all(climbs) else None


def _between(left: float, right: float, scale: TimeScale) -> slice:
    """The frames that lie between two places, wholly or in part."""
    first = int(np.floor(scale.start + left / scale.frame_width))
    last = int(np.floor(scale.start + right / scale.frame_width))
    return slice(max(first, 0), max(min(last + 1, scale.frame_count), 0))


def _paint_curve(
    painter: QPainter, scale: TimeScale, row: QRectF, pen: QPen, values: NDArray[np.float32], sign: float
) -> None:
    first = max(int(scale.start), 0)
    last = min(int(np.ceil(scale.start + scale.span)), scale.frame_count)
    places, lowest = thinned(first, values[first:last], scale)
    x = (places + 0.5 - scale.start) * scale.frame_width
    y = row.bottom() - _MARGIN - sign * lowest * (row.height() - 2 * _MARGIN)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for run in _runs(lowest):
        points = [QPointF(a, b) for a, b in zip(x[run].tolist(), y[run].tolist(), strict=True)]
        if len(points) == 1:
            painter.setBrush(pen.color())
            painter.drawEllipse(points[0], 1.2, 1.2)
        elif pen.style() == Qt.PenStyle.SolidLine:
            # Line by line: as one polyline this pen would take Qt 45 ms for 1800 points instead of 2.
            painter.drawLines([QLineF(a, b) for a, b in pairwise(points)])
        else:
            painter.drawPolyline(QPolygonF(points))


def thinned(
    first: int, values: NDArray[np.float32], scale: TimeScale
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """At most one value a pixel, the lowest of each group, at the place of its frame.

    Args:
        first: frame of the first value. values: float32 (n,), NaN where unknown.

    Returns:
        Frames, ascending, and their values.
    """
    group = max(int(np.ceil(1 / scale.frame_width)), 1)
    places = np.arange(first, first + len(values), dtype=np.float64)
    if group == 1:
        return places, values
    padded = np.full(-(-len(values) // group) * group, np.inf, np.float32)
    padded[: len(values)] = np.where(np.isnan(values), np.inf, values)
    groups = padded.reshape(-1, group)
    chosen = groups.argmin(axis=1)
    lowest = groups[np.arange(len(groups)), chosen]
    return places[::group] + chosen, np.where(np.isinf(lowest), np.nan, lowest).astype(np.float32)


def _runs(values: NDArray[np.float32]) -> list[slice]:
    """Stretches without NaN."""
    known = np.concatenate([[False], ~np.isnan(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
