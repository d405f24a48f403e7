"""How predictions are kept in memory."""

from collections.abc import Callable

import numpy as np
import pytest

from app.session.prediction_store import PredictionStore
from core.types import Prediction


def test_the_store_keeps_the_latest_within_its_bound(make_prediction: Callable[..., Prediction]) -> None:
    one = make_prediction(0)
    size = sum(a.nbytes for a in (one.saliency_u8, one.scores, one.side_maps_u8, one.flow_picture))
    store = PredictionStore(10, limit_bytes=3 * size)
    for index in range(5):
        store.add(make_prediction(index))
    assert [index for index in range(10) if store.get(index) is not None] == [2, 3, 4]
    assert store.predicted.tolist() == [True] * 5 + [False] * 5
    assert np.isnan(store.mean_scores[5:]).all()
    assert store.mean_scores[:5] == pytest.approx(0.8)


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


def test_frames_on_disk_are_known_with_their_scores() -> None:
    store = PredictionStore(4)
    scores = np.full((5, 5, 2), np.nan, np.float32)
    scores[1], scores[3], scores[4] = 0.4, 0.6, 0.9
    store.note_scores(scores)
    assert store.predicted.tolist() == [False, True, False, True]
    assert store.mean_scores == pytest.approx([np.nan, 0.4, np.nan, 0.6], nan_ok=True)


def test_no_scores_on_disk_change_nothing(make_prediction: Callable[..., Prediction]) -> None:
    store = PredictionStore(3)
    store.add(make_prediction(1))
    store.note_scores(np.empty((0, 5, 2), np.float32))
    assert store.predicted.tolist() == [False, True, False]
    assert store.mean_scores[1] == pytest.approx(0.8)
