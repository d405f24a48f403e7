"""Takes docs/images: the real window, looking and correcting. `python docs/take_screenshots.py CLIP [FRAME]`."""

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

_scratch = tempfile.TemporaryDirectory()
for _name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):  # nobody's own settings and drafts appear, or change
    os.environ[_name] = _scratch.name

from PySide6.QtCore import QPoint, Qt, QTimer  # noqa: E402  the platform has to be named first
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app.main_window import MainWindow  # noqa: E402
from app.session.records import InferenceState  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.theme import Theme  # noqa: E402
from core.resources import default_weights_path  # noqa: E402

IMAGES = ROOT / "docs" / "images"
PAUSE_MS = 1500
"""After each change, for whatever is computed in the background."""


class Photographer:
    """Takes one picture after the other, each when the window has come to rest."""

    def __init__(self, application: QApplication, window: MainWindow, theme: Theme, index: int) -> None:
        self._application, self._window, self._theme, self._index = application, window, theme, index
        self._steps = iter(
            (self._look, self._look_light, self._correct, self._shoot_correcting, window.close)
        )
        self._poll = QTimer(interval=500)
        self._poll.timeout.connect(self._wait)
        self._poll.start()

    def _wait(self) -> None:
        if self._window.inference.state is InferenceState.DONE:
            self._poll.stop()
            self._window.commands.tools_dock.trigger()
            self._window.session.go(self._index)
            self._next()

    def _next(self) -> None:
        QTimer.singleShot(PAUSE_MS, lambda: next(self._steps)())

    def _look(self) -> None:
        self._save("window.png")
        self._theme.choose("light")
        self._next()

    def _look_light(self) -> None:
        self._save("window-light.png")
        self._theme.choose("dark")
        self._window.commands.tools_dock.trigger()
        self._window.commands.history.trigger()
        self._next()

    def _correct(self) -> None:
        """A stroke on each side, accepted frames around, a range carried on by flow."""
        window = self._window
        for index in (self._index - 20, self._index - 19):
            window.session.go(index)
            self._pump()
            window.commands.accept.trigger()
            self._pump()
        window.commands.propagate_forward.trigger()
        self._pump()
        window.banner.dismiss()
        window.session.go(self._index + 20)
        self._pump()
        window.commands.brush.trigger()
        picture = window.pane_set.rgb.picture
        middle = picture.rect().center()
        for button, way in ((Qt.MouseButton.LeftButton, 1), (Qt.MouseButton.RightButton, -1)):
            start = middle + QPoint(35 * way, 40)
            QTest.mousePress(picture, button, Qt.KeyboardModifier.NoModifier, start)
            for step in range(12):
                QTest.mouseMove(picture, start + QPoint(5 * step * way, -3 * step))
            QTest.mouseRelease(picture, button, Qt.KeyboardModifier.NoModifier, start + QPoint(60 * way, -36))
        self._next()

    def _shoot_correcting(self) -> None:
        self._save("correcting.png")
        self._next()

    def _pump(self, seconds: float = 0.3) -> None:
        """Wait, and until the frame that was asked for is in hand and every job is done."""
        window, until = self._window, time.monotonic() + seconds
        busy = True
        while busy or time.monotonic() < until:
            self._application.processEvents()
            time.sleep(0.01)  # QTest.qWait would keep Python's lock from the threads that work
            busy = bool(window.jobs.tasks or window.edits.tasks) or not window.editing.available

    def _save(self, name: str) -> None:
        IMAGES.mkdir(exist_ok=True)
        self._pump()
        self._window.grab().save(str(IMAGES / name))


def take(clip: Path, index: int) -> None:
    """Open the clip, wait until all of it is predicted, then photograph the frame."""
    application = QApplication([])
    application.setQuitOnLastWindowClosed(False)
    theme = Theme(application, "dark")
    settings = Settings(tour_seen=True)
    window = MainWindow(settings, Path(_scratch.name) / "settings.json", theme, default_weights_path())
    window.stopped.connect(application.quit)
    window.resize(1440, 900)
    window.show()
    window.opening.open(clip)
    photographer = Photographer(application, window, theme, index)
    application.exec()
    del photographer


if __name__ == "__main__":
    take(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 30)
