"""Writes the settings down soon after each change, in a thread, and once more at the end. Their fields: settings.py."""

import threading
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.settings import Settings, encoded, write_settings

_SOON_MS = 150


class SettingsKeeper(QObject):
    """Its owner says that something has changed; all members belong to the window's thread."""

    failed = Signal(str)
    """One sentence: the settings could not be written."""
    _ended = Signal(object)

    def __init__(self, settings: Settings, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings, self._path = settings, path
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._timer.timeout.connect(self._begin)
        self._ended.connect(self._told)

    @Slot()
    def changed(self) -> None:
        """Save soon: a slider that is dragged changes many times."""
        self._timer.start()

    def save_now(self) -> str | None:
        """Save and wait for it. Returns None, or a sentence for the person."""
        self._timer.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        return write_settings(encoded(self._settings), self._path)

    @Slot()
    def _begin(self) -> None:
        if self._thread is not None:
            self._timer.start()
            return
        self._thread = threading.Thread(target=self._write, args=(encoded(self._settings),), name="settings")
        self._thread.start()

    def _write(self, data: bytes) -> None:
        self._ended.emit(write_settings(data, self._path))

    @Slot(object)
    def _told(self, sentence: str | None) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if sentence is not None:
            self.failed.emit(sentence)
