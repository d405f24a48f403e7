"""Predictions of the open clip in memory: the latest within a bound, the scores of all. No threads, no widgets."""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from core.inference.reading import mean_deep_score, mean_deep_scores
from core.types import Prediction

LIMIT_BYTES = 160 << 20


class PredictionStore:
    """Keeps the most recently used predictions within `limit_bytes`, and per frame its state and mean score."""

    def __init__(self, frame_count: int, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._kept: OrderedDict[int, Prediction] = OrderedDict()
        self.predicted: NDArray[np.bool_] = np.zeros(frame_count, np.bool_)
        """bool (frames,): the frame's prediction exists, here or in the cache on disk."""
        self.mean_scores: NDArray[np.float32] = np.full(frame_count, np.nan, np.float32)
        """float32 (frames,): mean score of levels 4 and 5, NaN while unknown."""

    def add(self, prediction: Prediction) -> None:
        """Take in a prediction; the oldest ones make room for it."""
        self.predicted[prediction.index] = True
        self.mean_scores[prediction.index] = mean_deep_score(prediction.scores)
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

    def note_scores(self, scores: NDArray[np.float32]) -> None:
        """Take in the scores of frames that are in the cache on disk.

        Args:
            scores: float32 (frames, 5, 2), NaN where a frame has no prediction; no rows for none at all.
        """
        means = mean_deep_scores(scores[: len(self.predicted)])
        known = np.flatnonzero(~np.isnan(means))
        self.predicted[known] = True
        self.mean_scores[known] = means[known]


def _size(prediction: Prediction) -> int:
    arrays = (prediction.saliency_u8, prediction.scores, prediction.side_maps_u8, prediction.flow_picture)
    return sum(array.nbytes for array in arrays)
