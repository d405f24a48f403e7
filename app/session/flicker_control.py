"""Flicker as the window sees it: computed once all frames are predicted, never while clip or jobs are running."""

import itertools

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from app.session.clip_session import ClipSession
from app.session.flicker_worker import FlickerWorker
from app.session.inference_control import InferenceControl
from app.session.playback import Playback
from app.session.records import FlickerReady, InferenceState
from app.session.task_queue import TaskQueue
from app.session.worker_thread import ThreadPark, WorkerThread

_generations = itertools.count(1)


class FlickerControl(QObject):
    """The flicker of the open clip's frames. All members belong to the window's thread."""

    changed = Signal()
    """Values have come, or are gone with the clip or the model."""

    def __init__(
        self,
        session: ClipSession,
        inference: InferenceControl,
        playback: Playback,
        jobs: TaskQueue,
        park: ThreadPark,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._inference, self._park = session, inference, park
        self._playback, self._jobs = playback, jobs
        self._thread: WorkerThread | None = None
        self._worker: FlickerWorker | None = None
        self._generation = 0
        self.values: NDArray[np.float32] = np.zeros(0, np.float32)
        """float32 (frames,), NaN where unknown. Replaced by another array when values come."""
        inference.state_changed.connect(self._inference_changed)
        playback.playing_changed.connect(self._hold)
        jobs.submitted.connect(self._hold)
        jobs.finished.connect(self._hold)

    @Slot(object)
    def _inference_changed(self, state: InferenceState) -> None:
        self._stop()
        if state in (InferenceState.OFF, InferenceState.LOADING):
            count = self._session.frame_count if state is InferenceState.LOADING else 0
            self.values = np.full(count, np.nan, np.float32)
            self.changed.emit()
        elif state is InferenceState.DONE:
            self._start()

    def _start(self) -> None:
        info, place = self._session.info, self._inference.cache_place
        if info is None or place is None:
            return
        worker = FlickerWorker(info.path, place, self._generation)
        worker.delivered.connect(self._values_came)
        self._worker = worker
        self._hold()
        self._thread = self._park.launch(worker, "flicker")

    def _stop(self) -> None:
        if self._thread is not None:
            self._thread.ask_stop()
        self._thread = self._worker = None
        self._generation = next(_generations)

    @Slot()
    def _hold(self) -> None:
        if self._worker is not None:
            self._worker.hold(self._playback.playing or bool(self._jobs.tasks))

    @Slot(object)
    def _values_came(self, message: FlickerReady) -> None:
        if message.generation == self._generation:
            known = message.indices < len(self.values)
            values = self.values.copy()
            values[message.indices[known]] = message.values[known]
            self.values = values
            self.changed.emit()
