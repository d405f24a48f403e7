"""A QThread with its worker, started and ended so that neither is destroyed while running. No work of its own."""

import logging
from typing import Protocol

from PySide6.QtCore import QObject, QThread, Signal, Slot

_log = logging.getLogger(__name__)


class Worker(Protocol):
    """A QObject with a `start` slot; `stop` may be called from any thread and makes it return soon."""

    def start(self) -> None: ...
    def stop(self) -> None: ...


class WorkerThread(QObject):
    """Owns the thread and the worker that lives in it."""

    finished = Signal(object)
    """Carries this object."""

    def __init__(self, worker: QObject, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worker = worker
        self._thread = QThread()
        self._thread.setObjectName(name)
        worker.moveToThread(self._thread)
        self._thread.started.connect(worker.start)  # pyright: ignore[reportAttributeAccessIssue]
        self._thread.finished.connect(self._ended)

    @property
    def name(self) -> str:
        return self._thread.objectName()

    @property
    def running(self) -> bool:
        return self._thread.isRunning()

    def start(self) -> None:
        self._thread.start()

    def ask_stop(self) -> None:
        """Ask worker and thread to end; returns at once."""
        self.worker.stop()  # pyright: ignore[reportAttributeAccessIssue]
        self._thread.quit()

    @Slot()
    def _ended(self) -> None:
        # `finished` is sent from the thread's last moments: wait for the very end, which is microseconds away.
        self._thread.wait()
        self.finished.emit(self)


class ThreadPark(QObject):
    """Holds every thread until it has ended, those included that nobody needs any more."""

    emptied = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads: list[WorkerThread] = []

    @property
    def names(self) -> list[str]:
        """Threads that still run."""
        return [thread.name for thread in self._threads]

    def launch(self, worker: QObject, name: str) -> WorkerThread:
        """Start `worker` in a thread of its own."""
        thread = WorkerThread(worker, name)
        thread.finished.connect(self._remove)
        self._threads.append(thread)
        thread.start()
        return thread

    def ask_all_to_stop(self) -> None:
        """Ask all; `emptied` follows when the last one has ended, at once if there is none."""
        for thread in self._threads:
            thread.ask_stop()
        if not self._threads:
            self.emptied.emit()

    @Slot(object)
    def _remove(self, thread: WorkerThread) -> None:
        self._threads.remove(thread)
        _log.debug("thread %s has ended", thread.name)
        if not self._threads:
            self.emptied.emit()
