"""The timeline's strip: a slider over the frames that shows what stands for them, with zoom and a range."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip

from app.theme import Theme
from app.timeline.content import StripContent
from app.timeline.curves import dip_at
from app.timeline.overlay import paint_playhead, paint_pointer, paint_range
from app.timeline.pointing import Meaning, Pointing, opposite_end
from app.timeline.scale import TimeScale
from app.timeline.strip_painter import RULER, curves_row, paint_strip

_RULER_HINT = "Drag here to select a range"


class TimelineStrip(QAbstractSlider):
    """Screen readers know it as a slider. What the person chooses is told by `scrubbed` and `range_changed`."""

    scrubbed = Signal(int)
    range_changed = Signal(object)
    """range, or None."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._content = StripContent.of_clip(np.zeros(0))
        self._scale = TimeScale.whole(1, 1.0)
        self._selected: range | None = None
        self._still: QPixmap | None = None
        self._pointing = Pointing()
        self._hover_x: float | None = None
        self._following = False
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(68)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._value_set)
        theme.changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(400, 76)

    @property
    def scale(self) -> TimeScale:
        return self._scale

    @property
    def content(self) -> StripContent:
        return self._content

    @property
    def selected(self) -> range | None:
        """The selected frames."""
        return self._selected

    def show_clip(self, pts_seconds: NDArray[np.float64]) -> None:
        """A clip was opened; an empty array is no clip."""
        self._scale = TimeScale.whole(len(pts_seconds), float(self.width()))
        self._pointing = Pointing()
        self._following = True
        self.setRange(0, max(len(pts_seconds) - 1, 0))
        self.setValue(0)
        self._following = False
        self.setEnabled(len(pts_seconds) > 0)
        self.select(None)
        self.show_content(StripContent.of_clip(pts_seconds))

    def show_content(self, content: StripContent) -> None:
        """More is known of the same clip."""
        self._content = content
        self._redraw()

    def show_index(self, index: int) -> None:
        """Move the playhead."""
        self._magnify(self._scale.showing(index))
        self._following = True
        self.setValue(index)
        self._following = False
        self.setAccessibleDescription(self._content.describe(index))
        self.update()

    def select(self, frames: range | None) -> None:
        """Select frames within the clip; None or none of them clears the range."""
        inside = frames and range(max(frames.start, 0), min(frames.stop, self._content.frame_count))
        self._selected, before = inside or None, self._selected
        if self._selected != before:
            self.update()
            self.range_changed.emit(self._selected)

    @Slot(int)
    def _value_set(self, value: int) -> None:
        if not self._following:  # by a key of the slider or by a screen reader
            self.scrubbed.emit(value)

    def zoom_by(self, factor: float, x: float | None = None) -> None:
        """Magnify around `x`, or around the playhead."""
        if x is None:
            x = self._scale.left_of(self.value() + 0.5)
        self._magnify(self._scale.zoomed_at(x, factor))

    def _magnify(self, scale: TimeScale) -> None:
        if scale is not self._scale:
            self._scale = scale
            self._redraw()

    @Slot()
    def _redraw(self) -> None:
        self._still = None
        self.update()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens, height = self._theme.tokens, float(self.height())
        ratio = self.devicePixelRatioF()
        if self._still is None or self._still.devicePixelRatioF() != ratio:
            self._still = self._draw_still(ratio)
        painter.drawPixmap(0, 0, self._still)
        if self._content.frame_count:
            if self._selected is not None:
                paint_range(painter, self._scale, height, tokens, self._selected, self._pointing.selecting)
            if self._hover_x is not None and not self._pointing.busy:
                paint_pointer(painter, height, tokens, self._hover_x)
            paint_playhead(painter, self._scale, height, tokens, self.value())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _draw_still(self, ratio: float) -> QPixmap:
        still = QPixmap(self.size() * ratio)
        still.setDevicePixelRatio(ratio)
        still.fill(QColor(self._theme.tokens.window))
        if self._content.frame_count:
            painter = QPainter(still)
            font = painter.font()
            font.setPointSizeF(max(font.pointSizeF() * 0.85, 7.0))
            painter.setFont(font)
            paint_strip(painter, self._scale, float(self.height()), self._theme.tokens, self._content)
            painter.end()
        return still

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._scale = self._scale.resized(float(self.width()))
        self._redraw()

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._content.frame_count:
            place, on_ruler = event.position(), event.position().y() < RULER
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            dip = self._dip_at(place)
            self._obey(self._pointing.press(place.x(), self._scale, self._selected, on_ruler, shift, dip))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_x = x = event.position().x()
        if self._pointing.busy:
            self._obey(self._pointing.move(x, self._scale))
        if not self._content.frame_count or (self._pointing.busy and not self._pointing.selecting):
            return
        on_ruler = event.position().y() < RULER
        at_end = on_ruler and opposite_end(x, self._scale, self._selected) is not None
        dragging_end = at_end or self._pointing.selecting
        self.setCursor(Qt.CursorShape.SplitHCursor if dragging_end else Qt.CursorShape.ArrowCursor)
        QToolTip.showText(self._above(x), self._words_at(event.position(), on_ruler), self)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._obey(self._pointing.release(self._scale))
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The whole clip again, after a look at a part of it."""
        self._magnify(TimeScale.whole(self._scale.frame_count, self._scale.width))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_x = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        sideways = event.angleDelta().x() or (
            event.angleDelta().y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0
        )
        if sideways:
            self._magnify(self._scale.moved_by(-sideways / 120 * self._scale.span / 10))
        elif event.angleDelta().y():
            self.zoom_by(1.25 ** (event.angleDelta().y() / 120), event.position().x())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._selected is not None:
            self.select(None)
        else:
            super().keyPressEvent(event)

    def _obey(self, meaning: Meaning) -> None:
        if isinstance(meaning, range):
            self.select(meaning)
        elif meaning is not None:
            self.scrubbed.emit(meaning)

    def _dip_at(self, place: QPointF) -> int | None:
        row = curves_row(self._scale.width, float(self.height()))
        return dip_at(self._content.scores, self._scale, row, place.x(), place.y())

    def _words_at(self, place: QPointF, on_ruler: bool) -> str:
        """The frame that a click goes to, in words, or the range that is being made."""
        if self._pointing.selecting and self._selected is not None:
            return self._content.describe_range(self._selected)
        dip = self._dip_at(place)
        if dip is not None:
            return f"Dip: {self._content.describe(dip)}"
        words = self._content.describe(self._scale.frame_at(place.x()))
        if not on_ruler:
            return words
        if self._selected is not None:
            return f"{words}  ·  {self._content.describe_range(self._selected)}"
        return f"{words}  ·  {_RULER_HINT}"

    def _above(self, x: float) -> QPoint:
        """Where a tooltip over the strip begins: Qt puts it some way below the place that it is told."""
        lift = QToolTip.font().pointSizeF() * self.logicalDpiY() / 72 * 1.6 + 34
        return self.mapToGlobal(QPoint(round(x), -round(lift)))
