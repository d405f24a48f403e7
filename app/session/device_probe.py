"""Finds out in a thread which devices can predict: that loads torch, which takes seconds."""

from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.session.preload import preload_runtimes


class DeviceProbe(QObject):
    """Lives in its thread and ends with its one answer."""

    found = Signal(object)
    """A tuple of core.inference.settings.Device."""

    def stop(self) -> None:
        """It ends by itself."""

    @Slot()
    def start(self) -> None:
        """Look, tell, end the thread."""
        preload_runtimes()
        from core.inference.runtime import available_devices

        self.found.emit(available_devices())
        QThread.currentThread().quit()
