"""Predictions of the open clip in memory: the latest within a bound, the scores of all. No threads, no widgets."""

from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from app.panes.reading import mean_deep_score
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

    def add(self, prediction: Prediction, keep: bool = True) -> None:
        """Take in a prediction; the oldest ones make room for it.

        Args:
            keep: False for one that nobody looks at: its scores are noted, and it stays only if there is room.
        """
        self.predicted[prediction.index] = True
        self.mean_scores[prediction.index] = mean_deep_score(prediction.scores)
        if keep or self._bytes + _size(prediction) <= self._limit_bytes:
            self._keep(prediction)

    def _keep(self, prediction: Prediction) -> None:
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

    def mark_predicted(self, indices: Iterable[int]) -> None:
        """These frames are in the cache on disk."""
        places = np.fromiter(indices, np.int64)
        self.predicted[places[(places >= 0) & (places < len(self.predicted))]] = True


def _size(prediction: Prediction) -> int:
    arrays = (prediction.saliency_u8, prediction.scores, prediction.side_maps_u8, prediction.flow_picture)
    return sum(array.nbytes for array in arrays)
