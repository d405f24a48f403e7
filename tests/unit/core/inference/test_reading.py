"""What the scores say in words."""

import subprocess
import sys

import numpy as np
import pytest

from core.inference.reading import frame_confidence, mean_deep_score, short_score, stream_sentence


def scores(rgb: float, flow: float) -> np.ndarray:
    return np.array([[0.1, 0.9]] * 3 + [[rgb, flow]] * 2, np.float32)


@pytest.mark.parametrize(
    ("rgb", "flow", "look_twice", "words"),
    [
        (0.78, 0.31, True, "Motion is unreliable here: flow .31, RGB .78"),
        (0.2, 0.8, True, "Appearance is unreliable here: RGB .20, flow .80"),
        (0.9, 0.6, True, "The streams differ here: RGB .90, flow .60"),
        (0.2, 0.3, True, "Both streams are unsure here: RGB .20, flow .30"),
        (0.63, 0.42, False, "RGB is the surer stream: RGB .63, flow .42"),
        (0.6, 0.8, False, "Flow is the surer stream: RGB .60, flow .80"),
        (0.8, 0.75, False, "The streams agree: RGB .80, flow .75"),
    ],
)
def test_one_plain_sentence(rgb: float, flow: float, look_twice: bool, words: str) -> None:
    assert stream_sentence(scores(rgb, flow)) == (look_twice, words)


def test_the_sentence_goes_by_the_numbers_that_it_shows() -> None:
    # .629 and .381 are .248 apart, but .63 and .38 are .25 apart.
    assert stream_sentence(scores(0.629, 0.381)) == (True, "Motion is unreliable here: flow .38, RGB .63")


def test_the_mean_is_of_levels_four_and_five() -> None:
    assert mean_deep_score(scores(0.6, 0.4)) == pytest.approx(0.5)


def test_a_frame_without_an_expected_iou_falls_back_to_its_scores() -> None:
    assert frame_confidence(scores(0.6, 0.4), 0.83) == 0.83
    assert frame_confidence(scores(0.6, 0.4), None) == pytest.approx(0.5)


@pytest.mark.parametrize(("value", "text"), [(0.784, ".78"), (0.0, ".00"), (0.999, "1.00"), (1.0, "1.00")])
def test_scores_as_they_are_written(value: float, text: str) -> None:
    assert short_score(value) == text


def test_reading_scores_loads_no_torch() -> None:
    words = "import sys, core.inference.reading; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0
