"""A field that takes the next key press, whatever it is, as the key to be chosen. What becomes of it: key_editor.py."""

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

_MODIFIERS = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R,
)  # fmt: skip


class KeyCapture(QLineEdit):
    """Waits after `begin` for one key press; Esc or leaving it ends the waiting without one."""

    pressed = Signal(str)
    """A key, as Qt writes it."""
    ended = Signal()
    """It waits no longer."""
    waiting = False

    def __init__(self) -> None:
        super().__init__(readOnly=True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName("The new key")

    def begin(self) -> None:
        """Take the keyboard and wait."""
        self.waiting = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setText("Press a key, or Esc")
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        if self.waiting and isinstance(event, QKeyEvent):
            event.accept()
            if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
                self._take(event)
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.waiting:
            self._end()

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in _MODIFIERS or event.key() in (0, Qt.Key.Key_unknown):
            return
        text = key_text(event)
        self._end()
        if text != "Esc":
            self.pressed.emit(text)

    def _end(self) -> None:
        self.waiting = False
        self.setText("")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ended.emit()


def key_text(event: QKeyEvent) -> str:
    """The key of a key press, as Qt writes it."""
    if event.key() == Qt.Key.Key_Backtab:
        return "Shift+Tab"
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    text = event.text()
    if text and text.isprintable() and not text.isalnum() and not text.isspace():
        # The sign can only be typed with Shift: Shift is part of it.
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(modifiers, Qt.Key(event.key()))).toString()
