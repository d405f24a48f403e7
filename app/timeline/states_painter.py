"""Draws frame states, on the strip and in its legend. Every state has a colour and a shape of its own.

The shapes differ from top to bottom, so that they can be told apart where a frame is one pixel wide. They fill up
as a frame gets done; what needs work stands out above the row.
"""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from app.timeline.scale import TimeScale
from app.tokens import Tokens
from core.review import FrameStatus, most_urgent
from core.review.status import Statuses

FLAG = 4.0
"""What needs work stands so far above the row, logical pixels."""
_BARS: dict[FrameStatus, tuple[tuple[float, float], ...]] = {
    FrameStatus.PREDICTED: ((0.5, 1.0),),
    FrameStatus.PROPAGATED: ((0.0, 0.2), (0.4, 0.6), (0.8, 1.0)),
    FrameStatus.CORRECTED: ((0.0, 0.4), (0.6, 1.0)),
    FrameStatus.ACCEPTED: ((0.0, 1.0),),
    FrameStatus.NEEDS_WORK: ((0.0, 1.0),),
}
"""Upper and lower edges of a state's bars as shares of the row's height."""


def paint_states(
    painter: QPainter, scale: TimeScale, row: QRectF, tokens: Tokens, statuses: Statuses
) -> None:
    """The row of the frames in sight. Where several share a pixel, the most urgent one is drawn."""
    painter.fillRect(row, QColor(tokens.canvas))
    first = int(scale.start)
    last = min(int(np.ceil(scale.start + scale.span)), scale.frame_count)
    group = max(int(1 / scale.frame_width), 1)
    shown = most_urgent(statuses[first:last], group)
    edges = np.concatenate([[0], np.flatnonzero(shown[1:] != shown[:-1]) + 1, [len(shown)]])
    frames = np.minimum(edges * group + first, last)
    pixels = np.clip((frames - scale.start) * scale.frame_width, 0, scale.width).tolist()
    for status in FrameStatus:
        boxes = [
            QRectF(pixels[run], row.top(), pixels[run + 1] - pixels[run], row.height())
            for run in np.flatnonzero(shown[edges[:-1]] == status).tolist()
        ]
        _paint_boxes(painter, status, boxes, tokens)


def paint_held_out(
    painter: QPainter, scale: TimeScale, row: QRectF, tokens: Tokens, frames: tuple[int, ...]
) -> None:
    """Hatching over the states of frames in sight, two pixels wide at least."""
    for frame in frames:
        left = scale.left_of(frame)
        if -scale.frame_width < left < scale.width:
            width = max(scale.frame_width, 2.0)
            paint_hatching(painter, QRectF(left, row.top(), width, row.height()), tokens)


def paint_hatching(painter: QPainter, box: QRectF, tokens: Tokens) -> None:
    """The sign of a frame that is held out."""
    painter.fillRect(box, QColor(tokens.held_out))
    painter.fillRect(box, QBrush(QColor(tokens.canvas), Qt.BrushStyle.FDiagPattern))


def paint_state(painter: QPainter, status: FrameStatus, box: QRectF, tokens: Tokens) -> None:
    """One state in a box, for a legend. What needs work is higher than the box."""
    painter.fillRect(box, QColor(tokens.canvas))
    _paint_boxes(painter, status, [box], tokens)


def _paint_boxes(painter: QPainter, status: FrameStatus, boxes: list[QRectF], tokens: Tokens) -> None:
    if not boxes:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    if status is FrameStatus.NO_PREDICTION:
        painter.setBrush(QBrush(QColor(tokens.unpredicted), Qt.BrushStyle.BDiagPattern))
        painter.drawRects(boxes)
        return
    painter.setBrush(QColor(getattr(tokens, status.name.lower())))
    flag = FLAG if status is FrameStatus.NEEDS_WORK else 0.0
    for top, bottom in _BARS[status]:
        painter.drawRects(
            [
                QRectF(
                    box.left(),
                    box.top() + top * box.height() - flag,
                    box.width(),
                    (bottom - top) * box.height() + flag,
                )
                for box in boxes
            ]
        )
