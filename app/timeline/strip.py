"""The timeline's strip: the playhead over what strip_painter draws; mouse scrubs, wheel zooms."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip

from app.theme import Theme
from app.timeline.jump import clock
from app.timeline.scale import TimeScale
from app.timeline.strip_painter import RULER, paint_strip
from core.inference.reading import short_score

_REDRAW_MS = 60
"""Predictions come faster than the eye follows: the still parts are drawn again at most this often."""


class TimelineStrip(QAbstractSlider):
    """A slider over the frames, so that screen readers know it as one. `scrubbed` tells what the person chose."""

    scrubbed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._scale = TimeScale.whole(1, 1.0)
        self._pts_seconds: NDArray[np.float64] = np.zeros(0)
        self._predicted: NDArray[np.bool_] = np.zeros(0, np.bool_)
        self._mean_scores: NDArray[np.float32] = np.zeros(0, np.float32)
        self._cached: NDArray[np.int64] = np.zeros(0, np.int64)
        self._still: QPixmap | None = None
        self._dragging = False
        self._hover_x: float | None = None
        self._following = False
        self._redraw_soon = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw_soon.timeout.connect(self._redraw)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(62)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._value_set)
        theme.changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(400, 70)

    @property
    def scale(self) -> TimeScale:
        return self._scale

    def show_clip(self, pts_seconds: NDArray[np.float64]) -> None:
        """A clip was opened; an empty array is no clip."""
        self._pts_seconds = pts_seconds
        count = len(pts_seconds)
        self._scale = TimeScale.whole(count, float(self.width()))
        self._cached = np.zeros(0, np.int64)
        self._following = True
        self.setRange(0, max(count - 1, 0))
        self.setValue(0)
        self._following = False
        self.setEnabled(count > 0)
        self.show_states(np.zeros(count, np.bool_), np.full(count, np.nan, np.float32))

    def show_states(self, predicted: NDArray[np.bool_], mean_scores: NDArray[np.float32]) -> None:
        """The arrays may change in place afterwards: call `refresh` then."""
        self._predicted, self._mean_scores = predicted, mean_scores
        self._redraw()

    def show_cached(self, indices: tuple[int, ...]) -> None:
        """Frames held in memory."""
        self._cached = np.array(indices, np.int64)
        self.refresh()

    def refresh(self) -> None:
        """States or scores have changed: draw them soon."""
        if not self._redraw_soon.isActive():
            self._redraw_soon.start()

    def show_index(self, index: int) -> None:
        """Move the playhead."""
        scale = self._scale.showing(index)
        if scale is not self._scale:
            self._scale = scale
            self._redraw()
        self._following = True
        self.setValue(index)
        self._following = False
        self.update()

    @Slot(int)
    def _value_set(self, value: int) -> None:
        if not self._following:  # by a key of the slider or by a screen reader
            self.scrubbed.emit(value)

    def zoom_by(self, factor: float, x: float | None = None) -> None:
        """Magnify around `x`, or around the playhead."""
        if x is None:
            x = self._scale.left_of(self.value() + 0.5)
        self._scale = self._scale.zoomed_at(x, factor)
        self._redraw()

    @Slot()
    def _redraw(self) -> None:
        self._still = None
        self.update()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatioF() != ratio:
            self._still = self._draw_still(ratio)
        painter.drawPixmap(0, 0, self._still)
        if len(self._pts_seconds):
            self._paint_playhead(painter)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.tokens.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _draw_still(self, ratio: float) -> QPixmap:
        still = QPixmap(self.size() * ratio)
        still.setDevicePixelRatio(ratio)
        still.fill(QColor(self._theme.tokens.window))
        if len(self._pts_seconds):
            painter = QPainter(still)
            font = painter.font()
            font.setPointSizeF(max(font.pointSizeF() * 0.85, 7.0))
            painter.setFont(font)
            paint_strip(
                painter,
                self._scale,
                float(self.height()),
                self._theme.tokens,
                self._predicted,
                self._mean_scores,
                self._cached,
                self._pts_seconds,
            )
            painter.end()
        return still

    def _paint_playhead(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        if self._hover_x is not None and not self._dragging:
            painter.setPen(QPen(QColor(tokens.muted), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(self._hover_x, RULER), QPointF(self._hover_x, self.height()))
        left, width = self._scale.left_of(self.value()), self._scale.frame_width
        shade = QColor(tokens.accent)
        shade.setAlpha(60)
        painter.fillRect(QRectF(left, RULER, width, self.height() - RULER), shade)
        x = left + width / 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.text), 1.5))
        painter.drawLine(QPointF(x, RULER - 2), QPointF(x, self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.text))
        top = RULER - 5
        painter.drawPolygon(QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x, top + 7)]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scale = self._scale.resized(float(self.width()))
        self._redraw()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and len(self._pts_seconds):
            self._dragging = True
            self._scrub(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_x = event.position().x()
        if self._dragging:
            self._scrub(event.position().x())
        elif len(self._pts_seconds):
            frame = self._scale.frame_at(event.position().x())
            QToolTip.showText(self._above(event.position().x()), self._describe(frame), self)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The whole clip again, after a look at a part of it."""
        self._scale = TimeScale.whole(self._scale.frame_count, self._scale.width)
        self._redraw()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_x = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        sideways = event.angleDelta().x() or (
            event.angleDelta().y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if sideways:
            self._scale = self._scale.moved_by(-sideways / 120 * self._scale.span / 10)
            self._redraw()
        elif event.angleDelta().y():
            self.zoom_by(1.25 ** (event.angleDelta().y() / 120), event.position().x())
        event.accept()

    def _scrub(self, x: float) -> None:
        self.scrubbed.emit(self._scale.frame_at(x))

    def _above(self, x: float) -> QPoint:
        """Where a tooltip over the strip begins: Qt puts it some way below the place that it is told."""
        lift = QToolTip.font().pointSizeF() * self.logicalDpiY() / 72 * 1.6 + 34
        return self.mapToGlobal(QPoint(round(x), -round(lift)))

    def _describe(self, frame: int) -> str:
        words = [f"Frame {frame}", clock(float(self._pts_seconds[frame]))]
        words.append("predicted" if self._predicted[frame] else "not predicted yet")
        if not np.isnan(self._mean_scores[frame]):
            words.append(f"mean score {short_score(float(self._mean_scores[frame]))}")
        return ", ".join(words)
