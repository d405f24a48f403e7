"""Inference as the window sees it: its state, its predictions, pause and resume. The work is in inference_worker.py."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.session.clip_session import ClipSession
from app.session.inference_worker import InferenceWorker
from app.session.playback import Playback
from app.session.prediction_store import PredictionStore
from app.session.records import Failure, InferenceState, PredictionReady, ProgressReport
from app.session.worker_thread import ThreadPark, WorkerThread

if TYPE_CHECKING:
    from core.inference.settings import Device

FOLLOW_SECONDS = 0.25
"""So often playback tells the inference where it is."""


class InferenceControl(QObject):
    """Starts with every clip and follows the current frame. All members belong to the window's thread."""

    state_changed = Signal(object)
    """InferenceState."""
    predicted = Signal(int)
    """A frame's prediction is in the store."""
    progressed = Signal(object)
    """core.inference.InferenceProgress."""
    frames_known = Signal()
    """The store has learnt which frames are predicted."""
    failed = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        session: ClipSession,
        playback: Playback,
        park: ThreadPark,
        model: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._playback, self._park = session, playback, park
        self._thread: WorkerThread | None = None
        self._worker: InferenceWorker | None = None
        self._known = False
        self._run = 0
        self._followed_at = 0.0
        self.model = model
        self.device: Device = "auto"
        self.state = InferenceState.OFF
        self.store = PredictionStore(0)
        session.opening.connect(self._clip_left)
        session.closed.connect(self._clip_left)
        session.opened.connect(self._clip_opened)
        session.index_changed.connect(self._follow)
        playback.playing_changed.connect(self._follow)

    @property
    def cache_place(self) -> tuple[Path, str] | None:
        """Folder and key of the cache that holds the predictions of this clip; None while nothing runs."""
        return self._worker.cache_place() if self._worker is not None else None

    def set_model(self, model: Path) -> None:
        """Predict with another model from now on."""
        self.model = model
        if self._session.info is not None:
            self._stop_worker()
            self._run += 1
            self.store = PredictionStore(self._session.frame_count)
            self.frames_known.emit()
            self._start()

    def set_device(self, device: "Device") -> None:
        """Predict on this device from now on; what is predicted already stays."""
        if device == self.device:
            return
        self.device = device
        if self.state in (InferenceState.LOADING, InferenceState.RUNNING, InferenceState.FAILED):
            self._stop_worker()
            self._start()

    @Slot()
    def toggle(self) -> None:
        """Pause, or go on; after a failure, try again."""
        if self.state in (InferenceState.LOADING, InferenceState.RUNNING):
            self._stop_worker()
            self._set_state(InferenceState.PAUSED)
        elif self.state in (InferenceState.PAUSED, InferenceState.FAILED):
            self._start()

    def _start(self) -> None:
        info = self._session.info
        assert info is not None
        self._run += 1
        worker = InferenceWorker(info.path, self.model, self._run, self.device)
        worker.predicted.connect(self._prediction_came)
        worker.progressed.connect(self._progress_came)
        worker.failed.connect(self._failure_came)
        worker.noticed.connect(self._notice_came)
        self._worker, self._known = worker, False
        self._follow()
        self._set_state(InferenceState.LOADING)
        self._thread = self._park.launch(worker, "inference")

    def _stop_worker(self) -> None:
        if self._thread is not None:
            self._thread.ask_stop()
        self._thread = self._worker = None

    def _set_state(self, state: InferenceState) -> None:
        self.state = state
        self.state_changed.emit(state)

    @Slot()
    def _follow(self) -> None:
        if self._worker is None or not self._must_follow():
            return
        self._followed_at = time.monotonic()
        self._worker.focus(self._session.index, self._playback.playing)

    def _must_follow(self) -> bool:
        """Not for frames that are here already, nor for every frame of playback: work ahead would be thrown away."""
        if self.state is InferenceState.DONE:
            return self.store.get(self._session.index) is None
        return not self._playback.playing or time.monotonic() - self._followed_at >= FOLLOW_SECONDS

    @Slot()
    def _clip_left(self) -> None:
        self._stop_worker()
        self._run += 1
        self.store = PredictionStore(0)
        self._set_state(InferenceState.OFF)

    @Slot(object)
    def _clip_opened(self, message: object) -> None:
        self.store = PredictionStore(self._session.frame_count)
        self._start()

    def _is_current(self, run: int) -> bool:
        """Whether a message is from the worker in charge: one that was stopped may still send its last."""
        return self._worker is not None and run == self._run

    @Slot(object)
    def _prediction_came(self, message: PredictionReady) -> None:
        # The last result of a paused worker counts too: clip and model are the same.
        if message.generation == self._run and self._session.info is not None:
            self.store.add(message.prediction)
            self.predicted.emit(message.prediction.index)

    @Slot(object)
    def _progress_came(self, message: ProgressReport) -> None:
        if self._worker is None or message.generation != self._run:
            return
        if not self._known:
            self._known = True
            self.store.note_scores(self._worker.stored_scores())
            self.frames_known.emit()
        progress = message.progress
        state = InferenceState.DONE if progress.done >= progress.total else InferenceState.RUNNING
        if state is not self.state:
            self._set_state(state)
        self.progressed.emit(progress)

    @Slot(object)
    def _failure_came(self, failure: Failure) -> None:
        if self._is_current(failure.generation):
            self._thread = self._worker = None
            self._set_state(InferenceState.FAILED)
            self.failed.emit(failure)

    @Slot(object)
    def _notice_came(self, failure: Failure) -> None:
        if self._is_current(failure.generation):
            self.noticed.emit(failure)
