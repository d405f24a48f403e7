"""Plays the clip in real time by its presentation times: frames are dropped rather than played late."""

import time

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from app.session.clip_session import ClipSession

_TICK_MS = 7


class Playback(QObject):
    """Moves the session's current frame while playing."""

    playing_changed = Signal(bool)

    def __init__(self, session: ClipSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._started_at = 0.0
        self._started_pts = 0.0
        self._expected = -1
        self.loop = False
        self._timer = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        session.opening.connect(self.pause)
        session.closed.connect(self.pause)
        session.frame_failed.connect(self.pause)

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @Slot()
    def toggle(self) -> None:
        if self.playing:
            self.pause()
        else:
            self.play()

    @Slot()
    def play(self) -> None:
        """Play from the current frame, from the first one if the last is on screen."""
        if self.playing or self._session.frame_count < 2:
            return
        if self._session.index >= self._session.frame_count - 1:
            self._session.go(0)
        self._start_clock()
        self._timer.start()
        self.playing_changed.emit(True)

    @Slot()
    def pause(self) -> None:
        if self.playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def _start_clock(self) -> None:
        assert self._session.info is not None
        self._started_at = time.perf_counter()
        self._expected = self._session.index
        self._started_pts = float(self._session.info.pts_seconds[self._expected])

    @Slot()
    def _tick(self) -> None:
        session, info = self._session, self._session.info
        if info is None or session.waiting:
            return  # the frame on its way is shown first; those that become due meanwhile are dropped
        if session.index != self._expected:
            self._start_clock()  # someone went elsewhere: play on from there
        due = self._started_pts + time.perf_counter() - self._started_at
        if due >= info.duration_seconds:
            self._at_end()
            return
        self._expected = max(int(np.searchsorted(info.pts_seconds, due, side="right")) - 1, 0)
        if self._expected != session.index:
            session.go(self._expected)

    def _at_end(self) -> None:
        if self.loop:
            self._session.go(0)
            self._start_clock()
            return
        self._session.go(self._session.frame_count - 1)
        self.pause()
