"""A hand for the tests of correcting: a mouse on the picture of a window, and patience. No tests here."""

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.session.records import PredictionReady
from core.masks.frame_editor import FrameEditor
from core.types import Prediction

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


class Hand:
    """Drives one window: a mouse on its RGB picture, and patience."""

    def __init__(self, window: MainWindow, qtbot: QtBot, make_prediction: Callable[..., Prediction]) -> None:
        self.window, self.qtbot, self._make_prediction = window, qtbot, make_prediction
        self.picture = window.pane_set.rgb.picture
        self.said: list[str] = []
        window.editing.noticed.connect(self._hear)
        window.project.failed.connect(self._hear)

    def _hear(self, failure) -> None:
        self.said.append(failure.sentence)

    def at(self, x: float, y: float) -> QPoint:
        """A frame pixel's place on the picture."""
        width, height = self.window.view.frame_wh
        px, py = self.picture.viewport.to_pane((x / width, y / height))
        return QPoint(round(px), round(py))

    def stroke(self, *points: tuple[float, float], button=LEFT, modifiers=NONE) -> None:
        QTest.mousePress(self.picture, button, modifiers, self.at(*points[0]))
        for point in points[1:]:
            self.qtbot.mouseMove(self.picture, self.at(*point))
        QTest.mouseRelease(self.picture, button, modifiers, self.at(*points[-1]))

    def use(self, tool: str, diameter: int = 9) -> None:
        self.window.tools.set_brush_diameter(diameter)
        self.window.commands.by_name[tool].trigger()
        assert self.window.tools.tool == tool

    def do(self, command: str) -> None:
        self.window.commands.by_name[command].trigger()

    def go(self, index: int) -> None:
        self.window.session.go(index)
        self.qtbot.waitUntil(lambda: self.window.editing.index == index and self.ready, timeout=10_000)

    def predict(self, index: int) -> None:
        """As if the model had answered."""
        inference = self.window.inference
        inference._prediction_came(PredictionReady(inference._run, self._make_prediction(index)))

    @property
    def ready(self) -> bool:
        return self.window.editing.available

    @property
    def editor(self) -> FrameEditor:
        editor = self.window.editing.editor
        assert editor is not None
        return editor

    @property
    def mask(self) -> np.ndarray:
        return self.editor.mask

    @property
    def layer(self) -> np.ndarray:
        return self.editor.layer

    def settle(self) -> None:
        """Until everything asked for is done."""
        window = self.window
        self.qtbot.waitUntil(
            lambda: not window.edits.tasks and not window.editing.computing and self.ready, timeout=10_000
        )

    def stored(self, frame: int) -> np.ndarray:
        """The layer as it is in the file."""
        self.settle()
        session = self.window.project
        assert session.project is not None
        assert session.clip_id is not None
        return session.project.layer(session.clip_id, frame)


def wait_for(gate: list[bool]) -> None:
    """In a queue's thread: until something is in the gate."""
    while not gate:
        time.sleep(0.005)
