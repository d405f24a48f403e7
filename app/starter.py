"""The first moments and the last: opens the clip once the window has shown, and sees that the process ends."""

import logging
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from app.main_window import MainWindow
from core.resources import sample_clip_path

GRACE_MS = 5000
"""Threads that have not ended so long after the window went hold nothing that could be lost: a library is loading."""
_log = logging.getLogger(__name__)


class Starter(QObject):
    """Begins after the first paint, so that nothing stands between the person and the window."""

    def __init__(self, window: MainWindow, clip: Path | None, trouble: str | None, probe: bool) -> None:
        """trouble: a sentence to begin with, if there is one."""
        super().__init__(window)
        self._window, self._clip, self._trouble, self._probe = window, clip, trouble, probe
        window.painted.connect(self._painted)
        window.closing.connect(self._closing)

    @Slot()
    def _painted(self) -> None:
        # The paint has to reach the screen first: the event loop does that before it comes back here.
        QTimer.singleShot(0, self._begin)

    @Slot()
    def _begin(self) -> None:
        if self._probe:
            sys.stdout.write(f"shown at {time.monotonic():.6f}\n")
            sys.stdout.flush()
            # The first time, it may stay to say that the settings cannot be saved.
            if not self._window.close():
                self._window.close()
            return
        self._open_first()
        troubles = [words for words in (self._trouble, self._window.commands.key_notice) if words]
        if troubles:  # after the opening, which clears what was said before it
            self._window.banner.say(" ".join(troubles), "notice")

    def _open_first(self) -> None:
        if self._clip is not None and self._clip.resolve() != sample_clip_path():
            self._window.opening.open(self._clip.absolute())
        elif self._window.start_with == "nothing":
            return
        elif self._window.start_with == "last" and (last := self._window.last_clip) is not None:
            self._window.opening.open(last)
        elif sample_clip_path().exists():
            self._window.session.opened.connect(self._sample_opened)
            self._window.opening.open_sample()

    @Slot(object)
    def _sample_opened(self, message: object) -> None:
        """The sample plays by itself, and at the very first start the panes are named."""
        self._window.session.opened.disconnect(self._sample_opened)
        if not self._window.tour_seen:
            self._window.commands.loop.setChecked(True)
            self._window.show_tour()
        self._window.playback.play()

    @Slot()
    def _closing(self) -> None:
        QTimer.singleShot(GRACE_MS, self._leave)

    @Slot()
    def _leave(self) -> None:
        _log.info("left without waiting for %s", ", ".join(self._window.park.names))
        logging.shutdown()
        os._exit(0)
