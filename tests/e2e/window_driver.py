"""Runs the real program, and prints what happens in it: one event a line, and the longest stall of the window's thread.

Started by the end-to-end tests as a process of its own; its arguments are those of cagdde-studio.
"""

import sys
import time

from PySide6.QtCore import QObject, QPoint, QTimer, Slot
from PySide6.QtWidgets import QApplication

from app import main as program
from app.main_window import MainWindow

BEAT_MS = 5


class Watcher(QObject):
    """Finds the program's window, follows its signals and measures the gaps between its timer's beats."""

    def __init__(self) -> None:
        super().__init__()
        self._window: MainWindow | None = None
        self._last = time.perf_counter()
        self._longest = {"before": 0.0, "after": 0.0}
        self._phase = "before"
        self._picture: tuple[float, ...] = ()
        self._timer = QTimer(self, interval=BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self._longest[self._phase] = max(self._longest[self._phase], now - self._last)
        self._last = now
        if self._window is None:
            self._find()
        else:
            self._tell_picture(self._window)

    def _tell_picture(self, window: MainWindow) -> None:
        """Where the whole frame lies in the RGB pane, once it shows one: left, top, width, height on the screen."""
        view = window.pane_set.rgb.picture
        if view.scene is None or not view.isVisible():
            return
        left, top, width, height = view.viewport.rectangle
        corner = view.mapToGlobal(QPoint(0, 0))
        picture = (corner.x() + left, corner.y() + top, width, height)
        if picture != self._picture:
            self._picture = picture
            tell("picture", *picture)

    def _find(self) -> None:
        windows = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]
        if windows and windows[0].isVisible():
            window = self._window = windows[0]
            window.session.opened.connect(self._opened)
            window.session.index_changed.connect(self._index)
            window.playback.playing_changed.connect(self._playing)
            window.editing.available_changed.connect(self._available)
            window.tools.changed.connect(self._tool)
            window.inference.state_changed.connect(self._state)
            window.closing.connect(self._closing)
            window.stopped.connect(self._stopped)
            self._window_found(window)
            tell("visible")

    def _window_found(self, window: MainWindow) -> None:
        """For drivers that follow more of it."""

    @Slot(object)
    def _opened(self, message: object) -> None:
        strip = self._window.timeline.strip if self._window is not None else None
        assert strip is not None
        corner = strip.mapToGlobal(strip.rect().topLeft())
        tell("opened", corner.x(), corner.y(), strip.width(), strip.height())

    @Slot(int)
    def _index(self, index: int) -> None:
        tell("index", index)

    @Slot()
    def _available(self) -> None:
        assert self._window is not None
        if self._window.editing.available:
            tell("ready", self._window.editing.index)

    @Slot()
    def _tool(self) -> None:
        assert self._window is not None
        tell("tool", self._window.tools.tool)

    @Slot(bool)
    def _playing(self, playing: bool) -> None:
        tell("playing", int(playing))

    @Slot(object)
    def _state(self, state: object) -> None:
        tell("state", getattr(state, "name", state))
        if getattr(state, "name", "") == "RUNNING":
            self._phase = "after"

    @Slot()
    def _stopped(self) -> None:
        tell("stopped")

    @Slot()
    def _closing(self) -> None:
        self._timer.stop()
        tell("stall_ms", *(round(seconds * 1000) for seconds in self._longest.values()))


def tell(*words: object) -> None:
    """Print one event."""
    print(*words, flush=True)


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    watcher = Watcher()
    sys.exit(program.main(sys.argv[1:]))
