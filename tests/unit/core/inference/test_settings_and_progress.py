"""Settings refuse what cannot work; the rate meter tells what a person would measure."""

from typing import Any

import pytest

from core.inference.progress import RateMeter
from core.inference.settings import InferenceSettings


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({"device": "tpu"}, "tpu"),
        ({"flow": "raft9"}, "raft9"),
        ({"runtime": "tensorrt"}, "tensorrt"),
        ({"size": 16}, "16 pixels"),
        ({"size": 9000}, "9000 pixels"),
        ({"threads": 0}, "at least 1"),
        ({"runtime": "openvino", "device": "cuda"}, "choose device cpu"),
    ],
)
def test_wrong_choices_are_named(choice: dict[str, Any], found: str) -> None:
    with pytest.raises(ValueError, match=found):
        InferenceSettings(**choice)


def test_rate_and_time_left() -> None:
    now = [0.0]
    meter = RateMeter(lambda: now[0])
    assert (meter.frames_per_second, meter.seconds_left(10)) == (0.0, None)
    for _ in range(11):
        meter.tick()
        now[0] += 0.1
    assert meter.frames_per_second == pytest.approx(10)
    assert meter.seconds_left(50) == pytest.approx(5)


def test_only_the_last_seconds_count_and_a_pause_starts_anew() -> None:
    now = [0.0]
    meter = RateMeter(lambda: now[0])
    for step in [2.0] * 5 + [0.1] * 60:
        meter.tick()
        now[0] += step
    assert meter.frames_per_second == pytest.approx(10)
    meter.pause()
    assert meter.frames_per_second == 0
