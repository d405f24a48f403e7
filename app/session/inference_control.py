"""Inference as the window sees it: its state, its predictions, pause and resume. The work is in inference_worker.py."""

import re
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.session.clip_session import ClipSession
from app.session.inference_worker import InferenceWorker
from app.session.playback import Playback
from app.session.prediction_store import PredictionStore
from app.session.records import Failure, InferenceState, NoticesReport, PredictionReady, ProgressReport
from app.session.worker_thread import ThreadPark, WorkerThread
from core.inference.settings import InferenceSettings

_AT_WORK = (InferenceState.LOADING, InferenceState.RUNNING, InferenceState.FAILED)


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
    """A sentence that was not told before of this clip and model."""
    notices_changed = Signal()
    """`notices` are others."""

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
        self._told: set[str] = set()
        self.model = model
        self.settings = InferenceSettings()
        self.notices: tuple[str, ...] = ()
        """What should be known of how this clip is predicted, as long as it holds."""
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
        self._begin_anew()

    def set_settings(self, settings: InferenceSettings) -> None:
        """Predict in this way from now on; what is predicted already stays, unless it is of another flow."""
        before, self.settings = self.settings, settings
        if settings.flow != before.flow:
            self._begin_anew()
        elif settings != before and self.state in _AT_WORK:
            self._stop_worker()
            self._start()

    def _begin_anew(self) -> None:
        self._told.clear()
        if self._session.info is not None:
            self._stop_worker()
            self._run += 1
            self.store = PredictionStore(self._session.frame_count)
            self.frames_known.emit()
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
        self._show_notices(())
        worker = InferenceWorker(info.path, self.model, self._run, self.settings)
        worker.predicted.connect(self._prediction_came)
        worker.progressed.connect(self._progress_came)
        worker.failed.connect(self._failure_came)
        worker.noticed.connect(self._notices_came)
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
        if self._worker is None:
            return
        index, playing = self._session.index, self._playback.playing
        # Of a frame that is here already only a person who stays on it says where to go on.
        if self.store.get(index) is None or not (playing or self.state is InferenceState.DONE):
            self._worker.focus(index, playing)

    @Slot()
    def _clip_left(self) -> None:
        self._stop_worker()
        self._run += 1
        self.store = PredictionStore(0)
        self._told.clear()
        self._show_notices(())
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
            self.store.note_confidence(self._worker.stored_confidence())
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
    def _notices_came(self, report: NoticesReport) -> None:
        if not self._is_current(report.generation):
            return
        self._show_notices(report.sentences)
        for sentence in report.sentences:
            kind = re.sub(r"\d+", "", sentence)  # a count that grows is no news
            if kind not in self._told:
                self._told.add(kind)
                self.noticed.emit(Failure(report.generation, sentence, sentence))

    def _show_notices(self, sentences: tuple[str, ...]) -> None:
        if sentences != self.notices:
            self.notices = sentences
            self.notices_changed.emit()
