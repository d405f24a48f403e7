"""Work that is done in a thread of its own, one task after the other, with progress and cancel. No widgets here."""

import itertools
import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from app.session.background import step_back
from app.session.records import Failure
from app.session.worker_thread import ThreadPark
from core.errors import Cancelled, StudioError

T = TypeVar("T")
_REPORT_SECONDS = 0.05
"""Progress is told at most so often: a task may count faster than a screen can show."""
_log = logging.getLogger(__name__)
_numbers = itertools.count(1)


class Task(QObject):
    """One piece of work as the window sees it. name: for people, empty for work that is not shown."""

    def __init__(self, name: str, cancellable: bool, parent: QObject) -> None:
        super().__init__(parent)
        self.number = next(_numbers)
        self.name, self.cancellable = name, cancellable
        self.done = self.total = 0
        self.began_at: float | None = None
        self._cancelled = threading.Event()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask it to end; neither `done` nor `failed` is called any more. Harmless where it has ended."""
        self._cancelled.set()

    @property
    def seconds_left(self) -> float | None:
        """From the pace so far; None while it cannot be told."""
        if self.began_at is None or not 0 < self.done <= self.total:
            return None
        return (time.monotonic() - self.began_at) / self.done * (self.total - self.done)


class TaskContext:
    """What a task may ask and tell while it runs in its thread."""

    def __init__(self, task: Task, tell: Callable[[int, int, int], None]) -> None:
        self._task, self._tell = task, tell
        self._told_at = 0.0

    def cancelled(self) -> bool:
        return self._task.cancelled

    def report(self, done: int, total: int) -> None:
        """So much of it is done."""
        now = time.monotonic()
        if done >= total or now - self._told_at >= _REPORT_SECONDS:
            self._told_at = now
            self._tell(self._task.number, done, total)


class _Worker(QObject):
    """Lives in the thread; takes tasks from a queue until None comes."""

    began = Signal(int)
    advanced = Signal(int, int, int)
    ended = Signal(int, object, object)
    """Number of the task, its result, and a Failure or None."""

    def __init__(self, long: bool) -> None:
        super().__init__()
        self._long = long
        self.waiting: queue.SimpleQueue[tuple[Task, Callable[[TaskContext], Any]] | None] = (
            queue.SimpleQueue()
        )
        self._leaving = threading.Event()

    def stop(self) -> None:
        """Finish what was asked for: a stroke that is waiting to be written must reach the disk."""
        if not self._leaving.is_set():
            self._leaving.set()
            self.waiting.put(None)

    @Slot()
    def start(self) -> None:
        if self._long:
            step_back()
        while (item := self.waiting.get()) is not None:
            task, work = item
            if task.cancelled:
                self.ended.emit(task.number, None, None)
                continue
            self.began.emit(task.number)
            result, failure = self._run(task, work)
            del work, item  # what it holds must not live until the next task comes
            self.ended.emit(task.number, result, failure)
            del result

    def _run(self, task: Task, work: Callable[[TaskContext], Any]) -> tuple[Any, Failure | None]:
        try:
            return work(TaskContext(task, self.advanced.emit)), None
        except Cancelled:
            task.cancel()
            return None, None
        except StudioError as error:
            _log.warning("%s", error)
            return None, Failure(task.number, str(error), traceback.format_exc(), type(error).__name__)
        except Exception as error:  # noqa: BLE001  a bug in one task is told, it does not end the queue
            _log.exception("%s", task.name or "a task")
            sentence = (
                f"{task.name or 'That'} failed: {error}. The log has the rest; nothing else was changed."
            )
            return None, Failure(task.number, sentence, traceback.format_exc())


class TaskQueue(QObject):
    """The window's handle on one thread of work. All members belong to the window's thread."""

    submitted = Signal(object)
    """Task: it waits for its turn."""
    started = Signal(object)
    """Task: it runs now."""
    progressed = Signal(object)
    finished = Signal(object)
    """Task: done, failed or cancelled; its callback has been called."""

    def __init__(
        self, park: ThreadPark, name: str, parent: QObject | None = None, *, long: bool = False
    ) -> None:
        """long: its tasks take seconds and more; they run at a lower priority."""
        super().__init__(parent)
        self._park, self._name, self._long = park, name, long
        self._worker: _Worker | None = None
        self._tasks: dict[
            int, tuple[Task, Callable[[Any], None] | None, Callable[[Failure], None] | None]
        ] = {}

    @property
    def tasks(self) -> list[Task]:
        """Running and waiting, in order."""
        return [task for task, _, _ in self._tasks.values()]

    def submit(
        self,
        work: Callable[[TaskContext], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Failure], None] | None = None,
        *,
        name: str = "",
        cancellable: bool = False,
    ) -> Task:
        """Do `work` in the thread, then call `done` with its result, or `failed`, in the window's thread.

        Args:
            name: what it is called where jobs are shown. cancellable: whether a person may cancel it.
        """
        task = Task(name, cancellable, self)
        self._tasks[task.number] = (task, done, failed)
        if self._worker is None:
            self._worker = _Worker(self._long)
            self._worker.began.connect(self._began)
            self._worker.advanced.connect(self._advanced)
            self._worker.ended.connect(self._ended)
            self._park.launch(self._worker, self._name)
        self._worker.waiting.put((task, work))
        self.submitted.emit(task)
        return task

    @Slot()
    def cancel_all(self) -> None:
        """Ask every task to end."""
        for task in self.tasks:
            task.cancel()

    @Slot(int)
    def _began(self, number: int) -> None:
        task = self._tasks[number][0]
        task.began_at = time.monotonic()
        self.started.emit(task)

    @Slot(int, int, int)
    def _advanced(self, number: int, done: int, total: int) -> None:
        task = self._tasks[number][0]
        task.done, task.total = done, total
        self.progressed.emit(task)

    @Slot(int, object, object)
    def _ended(self, number: int, result: Any, failure: Failure | None) -> None:
        task, done, failed = self._tasks.pop(number)
        if not task.cancelled:
            if failure is None and done is not None:
                done(result)
            elif failure is not None and failed is not None:
                failed(failure)
        self.finished.emit(task)
        task.deleteLater()
