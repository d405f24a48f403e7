"""What a map expects of itself, and the calibrated expected IoU: range, order, form."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.metrics.expected_iou import EVIDENCE, FORMAT, ConfidenceCalibration, own_iou

CALIBRATION = ConfidenceCalibration(-1.07, {"own_iou": 0.92, "rgb_5": 0.54}, {"clips": ["bear", "chair"]})
SCORES = np.full((5, 2), 0.7, np.float32)


def test_the_own_iou_is_the_expected_intersection_over_the_expected_union() -> None:
    saliency = np.array([[255, 204, 51, 0]], np.uint8)  # 1, .8 inside; .2 beside
    assert own_iou(saliency) == pytest.approx(1.8 / 2.2)
    assert own_iou(np.array([[255, 255, 0]], np.uint8)) == 1
    assert own_iou(np.full((2, 2), 127, np.uint8)) == 0


@settings(max_examples=50, deadline=None)
@given(arrays.arrays(np.uint8, (6, 8)), arrays.arrays(np.float32, (5, 2), elements=st.floats(0, 1, width=32)))
def test_the_expected_iou_lies_between_0_and_1(saliency: np.ndarray, scores: np.ndarray) -> None:
    assert 0 < CALIBRATION.expected_iou(saliency, scores) < 1


def test_it_rises_with_each_evidence() -> None:
    def expected(outline: int, score: float) -> float:
        saliency = np.array([[255, 255, outline, 0]], np.uint8)
        scores = SCORES.copy()
        scores[4, 0] = score
        return CALIBRATION.expected_iou(saliency, scores)

    by_map = [expected(outline, 0.7) for outline in (127, 90, 40, 10, 0)]
    by_score = [expected(40, score) for score in (0.0, 0.2, 0.5, 0.9, 1.0)]
    for values in (by_map, by_score):
        assert all(later > earlier for earlier, later in pairwise(values))


def test_a_score_is_found_by_its_name() -> None:
    saliency = np.full((2, 2), 200, np.uint8)
    for name in EVIDENCE[1:]:
        stream, level = name.split("_")
        scores = SCORES.copy()
        scores[int(level) - 1, ("rgb", "flow").index(stream)] = 0.9
        weighed = ConfidenceCalibration(0.0, {name: 1.0})
        assert weighed.expected_iou(saliency, scores) == pytest.approx(0.9)


def test_the_stored_form_comes_back() -> None:
    document = json.loads(json.dumps(CALIBRATION.to_dict()))
    assert ConfidenceCalibration.from_dict(document) == CALIBRATION
    assert ConfidenceCalibration.from_dict(document | {"format": FORMAT + 1, "bias": None}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"bias": None},
        {"bias": float("nan")},
        {"weights": {}},
        {"weights": {"own_iou": -0.1}},
        {"weights": {"area": 1.0}},
        {"weights": [1.0]},
        {"fitted": 7},
    ],
)
def test_damage_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="calibration"):
        ConfidenceCalibration.from_dict(CALIBRATION.to_dict() | change)
    with pytest.raises(ValueError, match="calibration"):
        ConfidenceCalibration.from_dict([CALIBRATION.to_dict()])
