"""The key that is held over a picture to see it alone: Tab, which moves on when tapped, or another in its place."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent

from app.held_key import HeldKey
from app.panes.view_state import ViewState

_TAP_MS = 250


class PeekKey(QObject):
    """Is given the key events of the view that has the keyboard."""

    peek = Signal(bool)
    """The key is held down (True) or was let go (False)."""
    moved_on = Signal()
    """Tab was tapped."""

    def __init__(self, view: ViewState, parent: QObject) -> None:
        super().__init__(parent)
        self._view = view
        self._moves_on = False
        self._key = HeldKey(_TAP_MS, self)
        self._key.pressed.connect(self._begin)
        self._key.released.connect(self._end)

    def take(self, event: QKeyEvent) -> bool:
        """Whether the event was of this key."""
        if event.key() not in self._view.peek_keys:
            return False
        kinds = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)
        if event.modifiers() != Qt.KeyboardModifier.NoModifier or event.type() not in kinds:
            return False
        if event.isAutoRepeat():
            return True
        if event.type() == QEvent.Type.KeyPress:
            self._moves_on = event.key() == Qt.Key.Key_Tab
            self._key.press()
        else:
            self._key.release()
        return True

    def let_go(self) -> None:
        """The keyboard has gone elsewhere."""
        self._key.let_go()

    @Slot()
    def _begin(self) -> None:
        self.peek.emit(True)

    @Slot(bool)
    def _end(self, tapped: bool) -> None:
        self.peek.emit(False)
        if tapped and self._moves_on:
            self.moved_on.emit()
