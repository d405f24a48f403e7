"""The row of playing: buttons, the typed jump, frame and time, and what the strip's colours mean."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from app.theme import Theme
from app.timeline.jump import clock
from app.timeline.jump_field import JumpField
from app.timeline.legend import LegendRow
from app.widgets.labels import label

if TYPE_CHECKING:
    from app.actions import Actions


_GAPS = 36
"""Between the groups of the row."""


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
        do = actions
        self._buttons = [
            _button(action) for action in (do.first, do.back, do.play, do.forward, do.last, do.loop)
        ]
        for button in self._buttons:
            row.addWidget(button)
        row.addSpacing(10)
        self.field = JumpField()
        self.field.jumped.connect(self.jumped)
        self.field.done.connect(self.done)
        self._of = QLabel()
        self._time = label(kind="quiet")
        self._frame = label("Frame", "quiet")
        for widget in (self._frame, self.field, self._of, self._time):
            row.addWidget(widget)
            row.addSpacing(6)
        row.addStretch(1)
        self.legend = LegendRow(theme)
        self.legend.changed.connect(self._fit)
        row.addWidget(self.legend)
        row.addSpacing(6)
        actions.legend.setIconText("Legend")
        self.legend_button = _button(actions.legend)
        row.addWidget(self.legend_button)
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

    def minimumSizeHint(self) -> QSize:
        return QSize(self._needed(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _needed(self) -> int:
        """The width of what is always there."""
        widths = [widget.sizeHint().width() + 2 for widget in (*self._buttons, self._of)]
        return sum(widths) + self.field.width() + _GAPS

    @Slot()
    def _fit(self) -> None:
        """Where there is little room the row of the legend goes first: its button, and the menu, open all of it."""
        room = self.width() - self._needed()
        widths: dict[QWidget, int] = {
            self.legend_button: self.legend_button.sizeHint().width(),
            self._time: self._time.fontMetrics().horizontalAdvance("0:00.00 / 0:00.00"),
            self._frame: self._frame.sizeHint().width(),
            self.legend: self.legend.sizeHint().width(),
        }
        for widget, width in widths.items():
            room -= width + 8
            widget.setVisible(width > 0 and room >= 0)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(18, 18))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    return button
