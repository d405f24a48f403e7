"""The row of playing: buttons, the typed jump, frame and time, and what the strip's colours mean."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QBrush, QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.theme import Theme
from app.timeline.jump import clock
from app.timeline.jump_field import JumpField
from app.widgets.labels import label

if TYPE_CHECKING:
    from app.actions import Actions


_BETWEEN = 15
"""Pixels between two entries of the legend."""


class Transport(QWidget):
    """Its buttons are those of the program's actions, so keys, menus and buttons stay the same thing."""

    jumped = Signal(int)
    done = Signal()
    """The person has finished with the field."""

    def __init__(self, actions: "Actions", theme: Theme) -> None:
        super().__init__()
        self._pts_seconds: NDArray[np.float64] = np.zeros(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for action in (
            actions.first,
            actions.back,
            actions.play,
            actions.forward,
            actions.last,
            actions.loop,
        ):
            row.addWidget(_button(action))
        row.addSpacing(10)
        self.field = JumpField()
        self.field.jumped.connect(self.jumped)
        self.field.done.connect(self.done)
        self._of = QLabel()
        self._time = label(kind="quiet")
        frame = label("Frame", "quiet")
        for widget in (frame, self.field, self._of, self._time):
            row.addWidget(widget)
            row.addSpacing(6)
        row.addStretch(1)
        self._legend = StateLegend(theme)
        row.addWidget(self._legend)
        self.show_clip(self._pts_seconds)

    def show_clip(self, pts_seconds: NDArray[np.float64]) -> None:
        """A clip was opened; an empty array is no clip."""
        self._pts_seconds = pts_seconds
        self.field.show_clip(pts_seconds)
        self._of.setText(f"/ {len(pts_seconds) - 1}" if len(pts_seconds) else "")
        self._time.setText("")

    def show_index(self, index: int) -> None:
        """The current frame."""
        self.field.show_index(index)
        now, end = float(self._pts_seconds[index]), float(self._pts_seconds[-1])
        self._time.setText(f"{clock(now)} / {clock(end)}")

    @Slot()
    def begin_typing(self) -> None:
        """Put the keyboard into the field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        # The legend goes first where there is little room: the strip's tooltip says the same.
        taken = self._time.geometry().right() + self._time.fontMetrics().horizontalAdvance(
            "0:00.00 / 0:00.00"
        )
        self._legend.setVisible(self.width() - taken >= self._legend.sizeHint().width())


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(18, 18))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    return button


class StateLegend(QWidget):
    """Names the marks on the strip."""

    _WORDS = ("Mean score, levels 4–5", "Predicted", "Not yet", "In memory")

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName("Legend of the timeline")
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        return QSize(sum(self._width(word) for word in self._WORDS) - _BETWEEN + 2, 20)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def _width(self, word: str) -> int:
        return self.fontMetrics().horizontalAdvance(word) + 21 + _BETWEEN

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        x, middle = 0.0, self.height() / 2
        for number, word in enumerate(self._WORDS):
            self._paint_mark(painter, number, QRectF(x, middle - 4, 16, 9))
            painter.setPen(QColor(self._theme.tokens.muted))
            place = QRectF(x + 21, 0, self._width(word), self.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), word)
            x += self._width(word)
        painter.end()

    def _paint_mark(self, painter: QPainter, number: int, box: QRectF) -> None:
        tokens = self._theme.tokens
        if number == 0:
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawLine(box.bottomLeft(), box.topRight())
        elif number == 1:
            painter.fillRect(box, QColor(tokens.predicted))
        elif number == 2:
            painter.fillRect(box, QColor(tokens.canvas))
            painter.fillRect(box, QBrush(QColor(tokens.unpredicted), Qt.BrushStyle.BDiagPattern))
        else:
            painter.fillRect(QRectF(box.left(), box.center().y() - 1, box.width(), 3), QColor(tokens.muted))
