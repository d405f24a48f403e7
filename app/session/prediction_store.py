"""Predictions of the open clip in memory: the latest within a bound, the confidence of all. No threads, no widgets."""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from core.inference.reading import ClipConfidence, frame_confidence
from core.types import Prediction

LIMIT_BYTES = 160 << 20


class PredictionStore:
    """Keeps the most recently used predictions within `limit_bytes`, and per frame its state and confidence."""

    def __init__(self, frame_count: int, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._kept: OrderedDict[int, Prediction] = OrderedDict()
        self.predicted: NDArray[np.bool_] = np.zeros(frame_count, np.bool_)
        """bool (frames,): the frame's prediction exists, here or in the cache on disk."""
        self.confidence: NDArray[np.float32] = np.full(frame_count, np.nan, np.float32)
        """float32 (frames,): see core.inference.reading.frame_confidence; NaN while unknown."""
        self.calibrated = False
        """The confidence is an expected IoU."""

    def add(self, prediction: Prediction) -> None:
        """Take in a prediction; the oldest ones make room for it."""
        self.predicted[prediction.index] = True
        self.confidence[prediction.index] = frame_confidence(prediction.scores, prediction.expected_iou)
        self.calibrated = prediction.expected_iou is not None
        old = self._kept.pop(prediction.index, None)
        self._bytes += _size(prediction) - (_size(old) if old is not None else 0)
        self._kept[prediction.index] = prediction
        while self._bytes > self._limit_bytes and len(self._kept) > 1:
            self._bytes -= _size(self._kept.popitem(last=False)[1])

    def get(self, index: int) -> Prediction | None:
        """The prediction of a frame if it is in memory."""
        prediction = self._kept.get(index)
        if prediction is not None:
            self._kept.move_to_end(index)
        return prediction

    def note_confidence(self, stored: ClipConfidence) -> None:
        """Take in the confidence of frames that are in the cache on disk; no values for none at all."""
        values = stored.values[: len(self.predicted)]
        known = np.flatnonzero(~np.isnan(values))
        self.predicted[known] = True
        self.confidence[known] = values[known]
        if len(known):
            self.calibrated = stored.calibrated


def _size(prediction: Prediction) -> int:
    arrays = (prediction.saliency_u8, prediction.scores, prediction.side_maps_u8, prediction.flow_picture)
    return sum(array.nbytes for array in arrays)
