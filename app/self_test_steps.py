"""The steps of `cagdde-studio --self-test`, with the window's own parts. How they are run: self_test.py."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from app.canvas.pointer import PointerSample
from app.collector import GarbageCollector
from app.finetune.records import Phase
from app.main_window import MainWindow
from app.project.project_names import SUFFIX
from app.session.background import share_python_often
from app.session.records import Failure
from app.settings import Settings, settings_path
from app.theme import Theme
from core.resources import default_weights_path

if TYPE_CHECKING:
    from core.finetune.job import FinetuneSettings, PresetName

PAINTED = 1
"""The frame that gets a stroke."""
ACCEPTED = (0, 2, 20, 40)
"""As few frames as a finetuning takes, far enough apart for all three parts of the hold-out."""
STEPS_TRAINED = 3
_STROKE = ((90.0, 70.0), (150.0, 70.0), (210.0, 90.0))
_LIMIT_SECONDS = 600.0
_BEAT_MS = 10


class SelfTestFailure(Exception):
    """A sentence on what did not work."""


class SelfTest:
    """The steps, in order. Each returns what is worth saying of it and raises SelfTestFailure."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        self._application, self._folder = application, folder
        self._project = folder / f"self-test.{SUFFIX}"
        self._trouble: list[str] = []
        self._runtime = ""
        self._collector = GarbageCollector(application)
        share_python_often()
        self._window: MainWindow | None = None
        self.steps: list[Callable[[], str]] = [
            self.show_window,
            self.predict_sample,
            self.convert_model,
            self.paint_stroke,
            self.save_project,
            self.open_project_again,
            self.accept_frames,
            self.finetune,
            self.close_window,
        ]

    @property
    def window(self) -> MainWindow:
        assert self._window is not None
        return self._window

    # The steps

    def show_window(self) -> str:
        theme = Theme(self._application, "dark")
        settings = Settings(tour_seen=True)
        window = self._window = MainWindow(settings, settings_path(), theme, default_weights_path())
        window.inference.state_changed.connect(self._collector.settle)
        window.inference.progressed.connect(self._note_runtime)
        # A notice of the prediction says that something else had to take over.
        for signal in (
            window.inference.failed,
            window.inference.noticed,
            window.session.open_failed,
            window.session.frame_failed,
            window.project.failed,
            window.finetune.finetuning.failed,
        ):
            signal.connect(self._note_trouble)
        shown: list[bool] = []
        window.painted.connect(lambda: shown.append(True))
        window.show()
        self._wait(lambda: bool(shown), "the window was not painted")
        return f"on the platform {self._application.platformName()}"

    def predict_sample(self) -> str:
        self.window.opening.open_sample()
        self._wait(lambda: self.window.session.frame is not None, "no frame of the sample was decoded")
        frames = (*ACCEPTED, PAINTED)
        for index in frames:
            self._show(index)
            prediction = self.window.inference.store.get(index)
            if prediction is None or prediction.saliency_u8.max() < 128:
                raise SelfTestFailure(f"nothing is salient on frame {index}, where the object is")
        return f"{len(frames)} frames, {self._runtime}"

    def convert_model(self) -> str:
        from core.inference import InferenceSettings, Predictor
        from core.inference.conversion_process import conversion_process
        from core.network import file_hash

        weights = default_weights_path()
        process = conversion_process(weights, file_hash(weights), self._folder / "converted")
        self._wait(lambda: not process.running, "the model was not converted")
        if process.failure is not None:
            raise SelfTestFailure(f"the model cannot be converted: {process.failure}")
        predictor = Predictor.load(weights, InferenceSettings(device="cpu", runtime="openvino"))
        predictor.warm_up((480, 854))
        return f"in a child process; it runs on {predictor.device_name}, {predictor.precision}"

    def paint_stroke(self) -> str:
        self._show(PAINTED)
        window = self.window
        window.tools.choose("brush")
        controller = window.tool_controller
        controller.press(PointerSample(*_STROKE[0]))
        for x, y in _STROKE[1:]:
            controller.move(PointerSample(x, y))
        controller.release(PointerSample(*_STROKE[-1]))
        self._wait(lambda: window.project.clip_id is not None, "the stroke was not kept")
        return f"{self._painted_pixels()} pixels"

    def save_project(self) -> str:
        self.window.project.save_as(self._project)
        self._wait(lambda: self.window.project.is_named, "the project was not saved")
        return f"{self._project.stat().st_size / 1024:.0f} KiB"

    def open_project_again(self) -> str:
        window, before = self.window, self._painted_pixels()
        window.parts.commands.close()
        self._wait(lambda: window.project.path is None, "the project was not closed")
        window.opening.open(self._project)
        self._wait(
            lambda: window.project.is_named and window.session.frame is not None,
            "the project was not opened",
        )
        self._show(PAINTED)
        if self._painted_pixels() != before:
            raise SelfTestFailure(f"the stroke had {before} pixels and has {self._painted_pixels()} now")
        return "the stroke is there"

    def accept_frames(self) -> str:
        for index in ACCEPTED:
            self._show(index)
            self.window.steps.accept()
            self._wait(lambda: self._is_accepted(index), f"frame {index} was not accepted")  # noqa: B023
        return f"{len(ACCEPTED)} frames"

    def finetune(self) -> str:
        window, run = self.window, self.window.finetune.finetuning
        run.make_settings = _few_steps
        run.start(self._project, window.inference.model, "quick", True)
        self._wait(lambda: run.phase in (Phase.DONE, Phase.BROKEN), "the child process did not end")
        if run.broken is not None:
            raise SelfTestFailure(run.broken.sentence)
        if run.record.iteration < STEPS_TRAINED:
            raise SelfTestFailure(f"{run.record.iteration} of {STEPS_TRAINED} steps were trained")
        assert run.finished is not None
        return f"{run.record.iteration} steps in a child process; {run.finished.report.result.reason}"

    def close_window(self) -> str:
        self.window.close()
        self._wait(lambda: not self.window.park.names, "threads of the window did not end")
        return "all threads have ended"

    def end(self) -> None:
        """Whatever has happened, no child process and no thread stays."""
        if self._window is not None and self._window.isVisible():
            self._window.finetune.finetuning.leave()
            self._window.close()
            self._trouble.clear()
            with contextlib.suppress(SelfTestFailure):
                self._wait(lambda: not self.window.park.names, "")

    # Parts of steps

    def _show(self, index: int) -> None:
        """Bring a frame on screen, predicted and ready to be changed."""
        window = self.window
        window.session.go(index)
        self._wait(
            lambda: window.editing.available and window.inference.store.get(index) is not None,
            f"frame {index} was not predicted",
        )

    def _painted_pixels(self) -> int:
        """Of the frame on screen."""
        from core.masks import FOREGROUND

        editor = self.window.editing.editor
        count = 0 if editor is None else int((editor.layer == FOREGROUND).sum())
        if not count:
            raise SelfTestFailure("the frame on screen holds no stroke")
        return count

    def _is_accepted(self, index: int) -> bool:
        record = self.window.project.frames.get(index)
        return record is not None and record.has_accepted

    def _wait(self, condition: Callable[[], bool], otherwise: str) -> None:
        """Let the window work until it is so; `otherwise` is the sentence where that takes too long."""
        deadline = time.monotonic() + _LIMIT_SECONDS
        loop, timer = QEventLoop(), QTimer(interval=_BEAT_MS)

        def look() -> None:
            if condition() or self._trouble or time.monotonic() > deadline:
                loop.quit()

        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        timer.stop()
        if self._trouble:
            raise SelfTestFailure(self._trouble[0])
        if not condition():
            raise SelfTestFailure(f"{otherwise} within {_LIMIT_SECONDS:.0f} s")

    def _note_trouble(self, failure: Failure) -> None:
        self._trouble.append(failure.sentence)

    def _note_runtime(self, progress: object) -> None:
        device, precision = getattr(progress, "device", ""), getattr(progress, "precision", "")
        self._runtime = f"{device}, {precision}"


def _few_steps(preset: "PresetName", heads_only: bool) -> "FinetuneSettings":
    from core.finetune.job import preset_settings

    small = preset_settings(preset, heads_only=heads_only)
    return replace(
        small, iterations=STEPS_TRAINED, side=128, batch=2, views=4, select_every=STEPS_TRAINED, warmup=1,
        replay_frames=4, refit=False, device="cpu", threads=1,
    )  # fmt: skip
