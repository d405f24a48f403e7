"""How predictions are kept in memory."""

from collections.abc import Callable

import numpy as np
import pytest

from app.session.prediction_store import PredictionStore
from core.inference.reading import ClipConfidence
from core.types import Prediction


def test_the_store_keeps_the_latest_within_its_bound(make_prediction: Callable[..., Prediction]) -> None:
    one = make_prediction(0)
    size = sum(a.nbytes for a in (one.saliency_u8, one.scores, one.side_maps_u8, one.flow_picture))
    store = PredictionStore(10, limit_bytes=3 * size)
    for index in range(5):
        store.add(make_prediction(index))
    assert [index for index in range(10) if store.get(index) is not None] == [2, 3, 4]
    assert store.predicted.tolist() == [True] * 5 + [False] * 5
    assert np.isnan(store.confidence[5:]).all()
    assert store.confidence[:5] == pytest.approx(0.8)


def test_the_store_counts_a_prediction_that_comes_again_once(
    make_prediction: Callable[..., Prediction],
) -> None:
    one = make_prediction(0)
    size = sum(a.nbytes for a in (one.saliency_u8, one.scores, one.side_maps_u8, one.flow_picture))
    store = PredictionStore(10, limit_bytes=3 * size)
    for _ in range(5):
        store.add(make_prediction(0))
    store.add(make_prediction(1))
    store.add(make_prediction(2))
    assert store.get(0) is not None


def test_frames_on_disk_are_known_with_their_confidence() -> None:
    store = PredictionStore(4)
    values = np.array([np.nan, 0.4, np.nan, 0.6, 0.9], np.float32)
    store.note_confidence(ClipConfidence(values, True))
    assert store.predicted.tolist() == [False, True, False, True]
    assert store.calibrated
    assert store.confidence == pytest.approx([np.nan, 0.4, np.nan, 0.6], nan_ok=True)


def test_no_confidence_on_disk_changes_nothing(make_prediction: Callable[..., Prediction]) -> None:
    store = PredictionStore(3)
    store.add(make_prediction(1))
    store.note_confidence(ClipConfidence(np.empty(0, np.float32), True))
    assert store.predicted.tolist() == [False, True, False]
    assert store.confidence[1] == pytest.approx(0.8)
    assert not store.calibrated
