"""The key of playing (Space at first): a tap plays, held it lets the mouse drag. Which key it is: not here."""

from PySide6.QtCore import QObject, Signal, Slot

from app.held_key import HeldKey
from app.panes.view_state import ViewState

TAP_MS = 350


class SpaceKey(QObject):
    """Told by the window of its key where no text field or button wanted it."""

    tapped = Signal()

    def __init__(self, view: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._key = HeldKey(TAP_MS, self)
        self._key.pressed.connect(view.arm_pan)
        self._key.released.connect(self._released)

    def press(self) -> None:
        """The key went down."""
        self._key.press()

    def release(self) -> None:
        """The key was let go."""
        self._key.release()

    def let_go(self) -> None:
        """The window lost the keyboard."""
        self._key.let_go()

    @Slot(bool)
    def _released(self, tapped: bool) -> None:
        panned = self._view.disarm_pan()
        if tapped and not panned:
            self.tapped.emit()
