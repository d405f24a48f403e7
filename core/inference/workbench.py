"""What the reading thread and the running thread of live inference share, under one lock. No work is done here."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.inference.schedule import FrameScheduler

if TYPE_CHECKING:
    from core.inference.predictor import NetworkInput

_DEPTH = 3
"""Prepared frames that wait at most. They are at network size, under a megabyte each."""


class Workbench:
    """Prepared frames, the order of work, and what was asked for. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._scheduler: FrameScheduler | None = None
        self._lead: Callable[[], int] = lambda: 0
        self._ready: dict[int, NetworkInput] = {}
        self._running: int | None = None
        self._requested: tuple[int, bool] | None = None
        self._to_deliver: int | None = None
        self._failure: BaseException | None = None
        self._stopped = False

    def open(self, scheduler: FrameScheduler, lead: Callable[[], int]) -> None:
        """Begin; a focus asked for before now counts, otherwise the first frame has it.

        Args:
            lead: frames that playback goes on while one is computed.
        """
        with self._changed:
            self._scheduler, self._lead = scheduler, lead
            self._requested = self._requested or (0, False)
            self._apply_focus(scheduler)
            self._changed.notify_all()

    def focus(self, index: int, playing: bool) -> None:
        """The latest call wins."""
        with self._changed:
            self._requested = (index, playing)
            if self._scheduler is not None:
                self._apply_focus(self._scheduler)
            self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    @property
    def stopped(self) -> bool:
        return self._stopped

    def fail(self, error: BaseException) -> None:
        """The reading thread ended with an error, which next_task raises."""
        with self._changed:
            self._failure = error
            self._changed.notify_all()

    def next_to_read(self) -> int | None:
        """Wait for a frame to prepare; None on stop."""
        with self._changed:
            while not self._stopped:
                for index in self._wanted():
                    if index not in self._ready and len(self._ready) < _DEPTH:
                        return index
                self._changed.wait()
        return None

    def add(self, prepared: "NetworkInput") -> None:
        """A frame is prepared; it is dropped when the focus has moved away meanwhile."""
        with self._changed:
            if prepared.index in self._wanted():
                self._ready[prepared.index] = prepared
            self._changed.notify_all()

    def next_task(self, on_idle: Callable[[], None]) -> "NetworkInput | int | None":
        """Wait for work: a frame to run, the number of a finished frame to deliver, or None on stop.

        Args:
            on_idle: called when there is nothing left to do, before waiting.

        Raises:
            BaseException: what the reading thread met.
        """
        with self._changed:
            while not self._stopped:
                if self._to_deliver is not None:
                    index, self._to_deliver = self._to_deliver, None
                    return index
                wanted = self._wanted()
                for index in wanted:
                    if index in self._ready:
                        self._running = index
                        self._changed.notify_all()
                        return self._ready.pop(index)
                if self._failure is not None:
                    raise self._failure
                if not wanted:
                    on_idle()
                self._changed.wait()
        return None

    def finish(self, index: int) -> None:
        """The frame that was run is done."""
        with self._changed:
            if self._scheduler is not None:
                self._scheduler.finish(index)
            self._running = None
            self._changed.notify_all()

    def skip(self, index: int) -> None:
        """A frame cannot be read. The running thread hears of it as of a frame to deliver."""
        with self._changed:
            if self._scheduler is not None:
                self._scheduler.finish(index)
            if self._to_deliver is None:
                self._to_deliver = index
            self._changed.notify_all()

    def reopen(self, index: int) -> None:
        """The result of a finished frame is lost."""
        with self._changed:
            if self._scheduler is not None:
                self._scheduler.reopen(index)
            self._changed.notify_all()

    def finished(self) -> frozenset[int]:
        with self._changed:
            return self._scheduler.finished() if self._scheduler is not None else frozenset()

    def counts(self) -> tuple[int, int]:
        """Frames done and frames of the clip."""
        with self._changed:
            scheduler = self._scheduler
            return (scheduler.finished_count, scheduler.frame_count) if scheduler is not None else (0, 0)

    def _wanted(self) -> list[int]:
        if self._scheduler is None:
            return []
        return [index for index in self._scheduler.upcoming(_DEPTH + 1) if index != self._running]

    def _apply_focus(self, scheduler: FrameScheduler) -> None:
        index, playing = self._requested or (0, False)
        scheduler.focus(index, self._lead() if playing else 0)
        shown = min(max(index, 0), scheduler.frame_count - 1)
        self._to_deliver = shown if scheduler.is_finished(shown) else None
        wanted = set(self._wanted())
        self._ready = {index: item for index, item in self._ready.items() if index in wanted}
