"""The field in which one types a frame number or a time to go there. What may be typed: jump.py."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolTip

from app.timeline.jump import parse_jump

_HELP = "Frame, or a time such as 0:02.5"
_WRONG = "That is neither a frame number nor a time such as 0:02.5"
_SAID_MS = 5000
_TOOLTIP_OFFSET = 21
"""Qt shows a tooltip so far below the place that it is given."""


class JumpField(QLineEdit):
    """Shows the current frame until somebody types. Enter goes there, Escape or leaving the field forgets it."""

    jumped = Signal(int)
    done = Signal()
    """The person has finished: the keyboard may go back to where it came from."""

    def __init__(self) -> None:
        super().__init__()
        self._pts_seconds: NDArray[np.float64] = np.zeros(0)
        self._index = 0
        self.setAccessibleName("Go to a frame number or a time")
        self._help = _HELP
        self.setToolTip(_HELP)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("00:00.00 ") + 18)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.returnPressed.connect(self._jump)
        self.textEdited.connect(self._typed)

    def name_key(self, key: str) -> None:
        """Name the key that leads here."""
        self._help = f"{_HELP} ({key})"
        self.setToolTip(self._help)

    def show_clip(self, pts_seconds: NDArray[np.float64]) -> None:
        """A clip was opened; an empty array is no clip."""
        self._pts_seconds, self._index = pts_seconds, 0
        self.setEnabled(len(pts_seconds) > 0)
        self._restore()

    def show_index(self, index: int) -> None:
        """The current frame; what is being typed stays."""
        self._index = index
        if not self.hasFocus() or not self.isModified():
            self._restore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._restore()
            self.done.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._restore()

    def _restore(self) -> None:
        self.setText(str(self._index) if len(self._pts_seconds) else "")
        self.setModified(False)
        self._mark(False)

    @Slot()
    def _jump(self) -> None:
        index = parse_jump(self.text(), self._pts_seconds)
        if index is None:
            self._mark(True)
            above = QPoint(0, -_TOOLTIP_OFFSET - self.fontMetrics().height() - 24)
            QToolTip.showText(self.mapToGlobal(above), _WRONG, self, self.rect(), _SAID_MS)
            return
        self.setModified(False)
        self.jumped.emit(index)
        self.show_index(index)
        self.done.emit()

    @Slot()
    def _typed(self) -> None:
        self._mark(False)

    def _mark(self, wrong: bool) -> None:
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            self.setToolTip(_WRONG if wrong else self._help)
            self.setAccessibleDescription(_WRONG if wrong else "")
            self.style().polish(self)
            if not wrong:
                QToolTip.hideText()
