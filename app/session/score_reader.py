"""Fetches the scores of frames that an earlier run predicted, for the timeline's curve. Predicts nothing."""

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from app.session.inference_control import InferenceControl
from app.session.records import InferenceState

_TICK_MS = 20
_PATIENCE = 25
"""Ticks after which a frame that does not come is left out: it may be one that cannot be decoded."""


class ScoreReader(QObject):
    """Asks for one frame after another while all are predicted and nobody plays."""

    def __init__(self, inference: InferenceControl) -> None:
        super().__init__()
        self._inference = inference
        self._asked = -1
        self._waited = 0
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._next)
        inference.state_changed.connect(self._state_changed)

    @Slot(object)
    def _state_changed(self, state: InferenceState) -> None:
        self._asked, self._waited = -1, 0
        if state is InferenceState.DONE:
            self._timer.start()
        else:
            self._timer.stop()

    @Slot()
    def _next(self) -> None:
        unknown = np.isnan(self._inference.store.mean_scores)
        if 0 <= self._asked < len(unknown) and unknown[self._asked] and self._waited < _PATIENCE:
            self._waited += 1
            return
        later = np.flatnonzero(unknown[self._asked + 1 :])
        if not len(later):
            self._timer.stop()
        elif self._inference.fetch(self._asked + 1 + int(later[0])):
            self._asked, self._waited = self._asked + 1 + int(later[0]), 0
