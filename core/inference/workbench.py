"""What the reading thread and the running thread of live inference share, under one lock. No work is done here."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.inference.schedule import FrameScheduler

if TYPE_CHECKING:
    from core.inference.predictor import NetworkInput

_DEPTH = 3
"""Frames that are prepared ahead at most."""
_KEPT = 8
"""Prepared frames that are kept, those that the focus has left behind included. Each is about a megabyte."""
_PATIENCE = 2
"""Attempts at reading that the network waits for after a jump: the one under way, and that of the wanted frame."""


class Workbench:
    """Prepared frames, the order of work, and what was asked for. Every method may be called from any thread.

    A prepared frame is never thrown away because the focus has moved on: it will be needed, and where the focus
    moves faster than frames are read it is all there is to run.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._scheduler: FrameScheduler | None = None
        self._lead: Callable[[], int] = lambda: 0
        self._ready: dict[int, NetworkInput] = {}  # in the order of their arrival
        self._attempts = self._attempts_at_take = self._attempts_when_free = 0
        self._outpaced = False
        self._delivered = False
        self._running: int | None = None
        self._requested: tuple[int, bool] | None = None
        self._to_deliver: int | None = None
        self._failure: BaseException | None = None
        self._stopped = False

    def open(self, scheduler: FrameScheduler, lead: Callable[[], int]) -> None:
        """Begin; a focus asked for before now counts, otherwise the first frame has it.

        Args:
            lead: frames that playback goes on while one is read and computed; 0 where the network keeps up.
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
                # Playback that the network cannot follow would have every frame read and few of them run.
                enough = self._outpaced and self._ready and self._attempts > self._attempts_at_take
                for index in self._wanted():
                    if index not in self._ready and not enough:
                        return index
                self._changed.wait()
        return None

    def add(self, prepared: "NetworkInput") -> None:
        """A frame is prepared."""
        with self._changed:
            self._attempts += 1
            self._ready[prepared.index] = prepared
            while len(self._ready) > _KEPT:
                del self._ready[next(iter(self._ready))]
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
                chosen = self._choice()
                # In turn: a focus that moves over finished frames asks for deliveries without end.
                if self._to_deliver is not None and not (self._delivered and chosen is not None):
                    index, self._to_deliver, self._delivered = self._to_deliver, None, True
                    return index
                if chosen is not None:
                    return self._take(chosen)
                if self._failure is not None:
                    raise self._failure
                if not self._wanted():
                    on_idle()
                self._changed.wait()
        return None

    def _choice(self) -> int | None:
        """The prepared frame to run; None to wait."""
        for index in self._wanted():
            if index in self._ready:
                return index
        playing = self._requested is not None and self._requested[1]
        if playing or self._attempts - self._attempts_when_free >= _PATIENCE:
            return next(reversed(self._ready), None)  # the latest is nearest to where the focus has gone
        return None

    def _take(self, index: int) -> "NetworkInput":
        self._running, self._attempts_at_take, self._delivered = index, self._attempts, False
        self._changed.notify_all()
        return self._ready.pop(index)

    def finish(self, index: int) -> None:
        """The frame that was run is done."""
        with self._changed:
            if self._scheduler is not None:
                self._scheduler.finish(index)
            self._running, self._attempts_when_free = None, self._attempts
            self._changed.notify_all()

    def skip(self, index: int) -> None:
        """A frame cannot be read. The running thread hears of it as of a frame to deliver."""
        with self._changed:
            self._attempts += 1
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
        return [index for index in self._scheduler.upcoming(_DEPTH + 1) if index != self._running][:_DEPTH]

    def _apply_focus(self, scheduler: FrameScheduler) -> None:
        index, playing = self._requested or (0, False)
        lead = self._lead() if playing else 0
        scheduler.focus(index, lead)
        self._outpaced = lead > 0
        shown = min(max(index, 0), scheduler.frame_count - 1)
        self._to_deliver = shown if scheduler.is_finished(shown) else None
