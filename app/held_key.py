"""A key that does one thing when tapped and another while it is held. Which key, and what it does: not here."""

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

_BOUNCE_MS = 30


class HeldKey(QObject):
    """Told of every press and release of its key that is no repetition.

    X11 repeats a held key as release and press. Where the press is late, Qt takes the release for a real one: a
    release after a long hold therefore counts only if no press follows at once.
    """

    pressed = Signal()
    released = Signal(bool)
    """Whether it was a tap."""

    def __init__(self, tap_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tap_ms = tap_ms
        self._since: QElapsedTimer | None = None
        self._bounce = QTimer(self, singleShot=True, interval=_BOUNCE_MS)
        self._bounce.timeout.connect(self.let_go)

    @property
    def held(self) -> bool:
        return self._since is not None

    def press(self) -> None:
        """The key went down."""
        self._bounce.stop()
        if self._since is None:
            self._since = QElapsedTimer()
            self._since.start()
            self.pressed.emit()

    def release(self) -> None:
        """The key came up."""
        if self._since is None:
            return
        if self._since.elapsed() < self._tap_ms:
            self._end(tapped=True)
        else:
            self._bounce.start()

    @Slot()
    def let_go(self) -> None:
        """The key is held no longer, and that was no tap: the keyboard has gone elsewhere, say."""
        if self._since is not None:
            self._end(tapped=False)

    def _end(self, tapped: bool) -> None:
        self._bounce.stop()
        self._since = None
        self.released.emit(tapped)
