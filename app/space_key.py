"""The space bar: a tap plays, holding it lets the mouse drag the picture. Which widget had the key: not here."""

from PySide6.QtCore import QObject, Signal, Slot

from app.held_key import HeldKey
from app.panes.view_state import ViewState

TAP_MS = 350


class SpaceKey(QObject):
    """Told by the window of the space bar that no text field or button wanted."""

    tapped = Signal()

    def __init__(self, view: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._key = HeldKey(TAP_MS, self)
        self._key.pressed.connect(view.arm_pan)
        self._key.released.connect(self._released)

    def press(self) -> None:
        """Space went down."""
        self._key.press()

    def release(self) -> None:
        """Space was let go."""
        self._key.release()

    def let_go(self) -> None:
        """The window lost the keyboard."""
        self._key.let_go()

    @Slot(bool)
    def _released(self, tapped: bool) -> None:
        panned = self._view.disarm_pan()
        if tapped and not panned:
            self.tapped.emit()
