"""What the scores say in words, and how predictions are kept."""

from collections.abc import Callable

import numpy as np
import pytest

from app.panes.reading import mean_deep_score, short, stream_sentence
from app.session.prediction_store import PredictionStore
from core.types import Prediction


def scores(rgb: float, flow: float) -> np.ndarray:
    return np.array([[0.1, 0.9]] * 3 + [[rgb, flow]] * 2, np.float32)


@pytest.mark.parametrize(
    ("rgb", "flow", "apart", "words"),
    [
        (0.78, 0.31, True, "Motion is unreliable here: flow .31, RGB .78"),
        (0.2, 0.8, True, "Appearance is unreliable here: RGB .20, flow .80"),
        (0.9, 0.6, True, "The streams differ here: RGB .90, flow .60"),
        (0.2, 0.3, True, "Both streams are unsure here: RGB .20, flow .30"),
        (0.8, 0.75, False, "The streams agree: RGB .80, flow .75"),
    ],
)
def test_one_plain_sentence(rgb: float, flow: float, apart: bool, words: str) -> None:
    assert stream_sentence(scores(rgb, flow)) == (apart, words)


def test_the_mean_is_of_levels_four_and_five() -> None:
    assert mean_deep_score(scores(0.6, 0.4)) == pytest.approx(0.5)


@pytest.mark.parametrize(("value", "text"), [(0.784, ".78"), (0.0, ".00"), (0.999, "1.00"), (1.0, "1.00")])
def test_short_scores(value: float, text: str) -> None:
    assert short(value) == text


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


def test_frames_on_disk_are_marked() -> None:
    store = PredictionStore(4)
    store.mark_predicted([1, 3, 99])
    assert store.predicted.tolist() == [False, True, False, True]


def test_the_store_does_not_give_up_the_latest_for_one_that_nobody_looks_at(
    make_prediction: Callable[..., Prediction],
) -> None:
    one = make_prediction(0)
    size = sum(a.nbytes for a in (one.saliency_u8, one.scores, one.side_maps_u8, one.flow_picture))
    store = PredictionStore(10, limit_bytes=2 * size)
    for index in (4, 5):
        store.add(make_prediction(index))
    store.add(make_prediction(9), keep=False)
    assert store.get(4) is not None
    assert store.get(9) is None
    assert store.mean_scores[9] == pytest.approx(0.8)
