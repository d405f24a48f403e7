"""Keeps Enter for the control that has the keyboard: in a field, a list or on a button it is no command."""

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

_TAKERS = (
    QLineEdit, QAbstractSpinBox, QComboBox, QTextEdit, QPlainTextEdit, QAbstractItemView, QAbstractButton,
)  # fmt: skip
TAKES_ENTER = "takesEnter"
"""Property of a widget of another kind that wants Enter for itself."""
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TextKeys(QObject):
    """Watches the control with the keyboard, and only that one: a filter on the program would cost every event."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    @Slot(QWidget, QWidget)
    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is not None:
            old.removeEventFilter(self)
        if new is None or new.window().windowType() is Qt.WindowType.Popup:
            return  # no shortcut of the window reaches it, and the list of a combo box takes Enter in this very event
        if isinstance(new, _TAKERS) or new.property(TAKES_ENTER):
            new.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in _ENTER
        ):
            event.accept()
            return True
        return False
