"""Means of scores over a clip, as commands report them."""

import numpy as np

from core.exchange.scores import SCORE_COLUMNS, MeanScores
from core.types import LEVELS, STREAMS, Prediction


def prediction(index: int, score: float, expected_iou: float | None) -> Prediction:
    picture = np.zeros((16, 16), np.uint8)
    scores = np.full((LEVELS, len(STREAMS)), score, np.float32)
    sides = np.zeros((LEVELS, len(STREAMS), 4, 4), np.uint8)
    return Prediction(index, index / 25, picture, scores, sides, np.dstack([picture] * 3), expected_iou)


def test_means_of_a_calibrated_clip() -> None:
    means = MeanScores()
    for index, (score, expected) in enumerate(((0.2, 0.5), (0.6, 0.8))):
        means.add(prediction(index, score, expected))
    assert means.named() == dict.fromkeys(SCORE_COLUMNS, 0.4) | {"expected_iou": 0.65}


def test_without_calibration_no_expected_iou() -> None:
    means = MeanScores()
    means.add(prediction(0, 0.2, None))
    means.add(prediction(1, 0.6, 0.8))
    assert list(means.named()) == list(SCORE_COLUMNS[:-1])
