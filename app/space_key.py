"""The space bar: a tap plays, holding it lets the mouse drag the picture. Which widget had the key: not here."""

from PySide6.QtCore import QElapsedTimer, QObject, Signal

from app.panes.view_state import ViewState

TAP_MS = 350


class SpaceKey(QObject):
    """Told by the window of the space bar that no text field or button wanted."""

    tapped = Signal()

    def __init__(self, view: ViewState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._held: QElapsedTimer | None = None

    def press(self) -> None:
        """Space went down."""
        self._held = QElapsedTimer()
        self._held.start()
        self._view.arm_pan()

    def release(self, tap_counts: bool = True) -> None:
        """Space was let go, or the window lost the keyboard."""
        if self._held is None:
            return
        tapped = self._held.elapsed() < TAP_MS
        self._held = None
        panned = self._view.disarm_pan()
        if tap_counts and tapped and not panned:
            self.tapped.emit()
