"""Gaps between the beats of a timer in the window's thread: how long it stood still, why, and where. Linux only."""

import sys
import threading
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer, Slot

BEAT_MS, LONG_GAP_SECONDS = 5, 0.04


class Moment(NamedTuple):
    """Seconds. wall: of the clock. busy: processor time of a thread. waited: how long it waited for a processor."""

    wall: float
    busy: float
    waited: float

    def since(self, before: "Moment") -> "Moment":
        return Moment(self.wall - before.wall, self.busy - before.busy, self.waited - before.waited)


class ThreadClock:
    """Reads the moments of the thread that makes it, from any thread."""

    def __init__(self) -> None:
        self._file = open(f"/proc/self/task/{threading.get_native_id()}/schedstat")  # noqa: SIM115  closed below

    def now(self) -> Moment:
        self._file.seek(0)
        busy, waited, _ = self._file.read().split()
        return Moment(time.monotonic(), int(busy) / 1e9, int(waited) / 1e9)

    def close(self) -> None:
        self._file.close()


class Beats(QObject):
    """Measures the gaps between the beats of a timer in the window's thread; looks at the stack of long ones.

    gaps: by phase. stacks: for each long gap how long it was when it was noticed, its phase, and the functions that
    the thread was in.
    """

    def __init__(self) -> None:
        super().__init__()
        self.phase = "start"
        self.gaps: dict[str, list[Moment]] = {}
        self.stacks: list[tuple[Moment, str, str]] = []
        self._clock, self._watched = ThreadClock(), ThreadClock()
        self._last = self._clock.now()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, args=(threading.get_ident(),))

    def start(self) -> None:
        self._last = self._clock.now()
        self._timer.start()
        self._watcher.start()

    def stop(self) -> None:
        self._timer.stop()
        self._over.set()
        self._watcher.join()
        self._clock.close()
        self._watched.close()

    @Slot()
    def _beat(self) -> None:
        last, now = self._last, self._clock.now()
        self.gaps.setdefault(self.phase, []).append(now.since(last))
        self._last = now

    def _watch(self, thread: int) -> None:
        seen = 0.0
        while not self._over.wait(0.005):
            last = self._last
            if time.monotonic() - last.wall > LONG_GAP_SECONDS and last.wall != seen:
                seen = last.wall
                words = _words(sys._current_frames().get(thread))
                self.stacks.append((self._watched.now().since(last), self.phase, words))


def _words(frame: FrameType | None) -> str:
    """The innermost functions of a stack."""
    entries = traceback.extract_stack(frame)[-4:] if frame is not None else []
    return " > ".join(f"{Path(entry.filename).name}:{entry.lineno} {entry.name}" for entry in entries)
