"""Drives core's live inference in a thread of its own. torch is loaded here, long after the window has shown."""

import logging
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QThread, Signal, Slot

from app.session.background import step_back
from app.session.preload import preload_runtimes
from app.session.records import Failure, NoticesReport, PredictionReady, ProgressReport
from core.errors import StudioError
from core.inference.reading import ClipConfidence

if TYPE_CHECKING:
    from core.inference import InferenceProgress, InferenceSettings, LiveInference
    from core.types import Prediction

_log = logging.getLogger(__name__)
_TURN = threading.Lock()
"""Held by the one worker that has a model."""
_TURN_SECONDS = 0.05


class InferenceWorker(QObject):
    """Lives in its thread; `focus`, `stop`, `stored_confidence` and `cache_place` may be called from any thread."""

    predicted = Signal(object)
    progressed = Signal(object)
    failed = Signal(object)
    noticed = Signal(object)

    def __init__(self, clip: Path, model: Path, generation: int, settings: "InferenceSettings") -> None:
        super().__init__()
        self.settings = settings
        self._clip, self._model, self._generation = clip, model, generation
        self._lock = threading.Lock()
        self._live: LiveInference | None = None
        self._focus = (0, False)
        self._stopped = False
        self._noticed: tuple[str, ...] = ()

    def focus(self, index: int, playing: bool) -> None:
        """This frame first, then the ones after it."""
        with self._lock:
            self._focus = (index, playing)
            live = self._live
        if live is not None:
            live.focus(index, playing)

    def stop(self) -> None:
        """End after the frame in work."""
        with self._lock:
            self._stopped = True
            live = self._live
        if live is not None:
            live.stop()

    def stored_confidence(self) -> ClipConfidence:
        """The confidence of all frames, earlier runs included; no values before the model is there."""
        with self._lock:
            live = self._live
        return (
            live.stored_confidence() if live is not None else ClipConfidence(np.empty(0, np.float32), False)
        )

    def cache_place(self) -> tuple[Path, str] | None:
        """Folder and key of the cache that the predictions go to; None before it is opened."""
        with self._lock:
            live = self._live
        return live.cache_place if live is not None else None

    @Slot()
    def start(self) -> None:
        """Predict until stopped, then end the thread."""
        step_back()
        try:
            self._run()
        except StudioError as error:
            _log.warning("%s", error)
            self.failed.emit(Failure(self._generation, str(error), traceback.format_exc()))
        except Exception as error:  # noqa: BLE001  whatever a runtime throws is told, it does not end the program
            _log.exception("inference on %s", self._clip)
            sentence = f"Prediction stopped on {self._clip.name}: {error}. The log has the rest."
            self.failed.emit(Failure(self._generation, sentence, traceback.format_exc()))
        QThread.currentThread().quit()

    def _run(self) -> None:
        # Getting a model ready cannot be cut short. A second one beside it would make both slower, and clips opened
        # in quick succession would have as many in memory: whoever is stopped while waiting loads nothing.
        while not _TURN.acquire(timeout=_TURN_SECONDS):
            if self._stopped:
                return
        try:
            if not self._stopped:
                self._predict()
        finally:
            _TURN.release()

    def _predict(self) -> None:
        preload_runtimes()
        from core.inference import LiveInference  # loads torch or OpenVINO

        live = LiveInference(self._clip, self._model, self.settings)
        with self._lock:
            if self._stopped:
                return
            self._live = live
            focus = self._focus
        live.focus(*focus)
        try:
            live.run(self._tell_prediction, self._tell_progress)
        finally:
            self._tell_notices()
            with self._lock:
                self._live = None  # the model goes now, not when the garbage collector finds this object

    def _tell_prediction(self, prediction: "Prediction") -> None:
        self.predicted.emit(PredictionReady(self._generation, prediction))

    def _tell_progress(self, progress: "InferenceProgress") -> None:
        self.progressed.emit(ProgressReport(self._generation, progress))
        self._tell_notices()

    def _tell_notices(self) -> None:
        assert self._live is not None
        notices = tuple(self._live.notices)
        if notices != self._noticed:
            self._noticed = notices
            self.noticed.emit(NoticesReport(self._generation, notices))
