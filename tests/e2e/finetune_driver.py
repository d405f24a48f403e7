"""The real program with a finetuning of seconds: tells its phases, where its buttons are, and what the pane shows.

Started by test_finetune_live.py as a process of its own; its arguments are those of cagdde-studio.
"""

import sys
import zlib
from typing import Any

from PySide6.QtCore import QPoint, QTimer, Slot
from PySide6.QtWidgets import QApplication, QPushButton
from window_driver import Watcher, tell

from app import main as program
from app.main_window import MainWindow
from core.finetune.job import FinetuneSettings, preset_settings

FEW: dict[str, Any] = {
    "iterations": 4, "side": 64, "batch": 4, "views": 6, "select_every": 2, "warmup": 1, "rate": 1e-2,
    "device": "cpu", "threads": 1, "mixed_precision": False, "least_gain": -1.0, "allowed_points": 100.0,
    "refit": False,
}  # fmt: skip
"""Settings of seconds; whatever comes of them is chosen."""
QUIET_MS = 400


class FinetuneWatcher(Watcher):
    """Tells, besides: "phase NAME", "button NAME x y" that can be pressed, "shown MODEL FRAME PIXELS ACCEPTED"."""

    def __init__(self) -> None:
        super().__init__()
        self._told: set[tuple[object, ...]] = set()
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._tell_saliency)

    def _window_found(self, window: MainWindow) -> None:
        window.finetune.finetuning.make_settings = _few
        window.finetune.finetuning.changed.connect(self._tell_phase)
        window.inference.predicted.connect(self._quiet.start)
        window.project.frames_changed.connect(self._quiet.start)
        window.session.index_changed.connect(self._quiet.start)

    @Slot()
    def _beat(self) -> None:
        super()._beat()
        if self._window is not None:
            self._tell_buttons(self._window)

    @Slot()
    def _tell_phase(self) -> None:
        assert self._window is not None
        self._told.clear()
        tell("phase", self._window.finetune.finetuning.phase.name)

    def _tell_buttons(self, window: MainWindow) -> None:
        dock = window.finetune.dock
        buttons: dict[str, QPushButton] = {
            "start": dock.start.button,
            "promote": dock.result.promote,
            "roll_back": dock.history._back,
        }
        for name, button in buttons.items():
            if button.isEnabled() and not button.visibleRegion().isEmpty():
                place = button.mapToGlobal(button.rect().center())
                self._tell_once("button", name, place.x(), place.y())

    @Slot()
    def _tell_saliency(self) -> None:
        """The pixels of the saliency pane on the screen, once all frames are predicted and nothing moves any more."""
        window = self._window
        if window is None or window.inference.state.name != "DONE":
            return
        view = window.pane_set.saliency.picture
        corner, size = view.mapToGlobal(QPoint(0, 0)), view.size()
        shot = QApplication.primaryScreen().grabWindow(0, corner.x(), corner.y(), size.width(), size.height())
        accepted = sum(record.has_accepted for record in window.project.frames.values())
        pixels = zlib.crc32(bytes(shot.toImage().constBits()))
        tell("shown", window.inference.model.parent.name, window.session.index, pixels, accepted)

    def _tell_once(self, *words: object) -> None:
        if words not in self._told:
            self._told.add(words)
            tell(*words)


def _few(preset: str, heads_only: bool) -> FinetuneSettings:
    return preset_settings("quick", heads_only=heads_only, **FEW)


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    watcher = FinetuneWatcher()
    sys.exit(program.main(sys.argv[1:]))
