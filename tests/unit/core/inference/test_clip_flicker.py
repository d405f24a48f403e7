"""The flicker of a clip from stored predictions: values, what is kept, resting and stopping."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.inference.cache import PredictionCache
from core.inference.clip_flicker import ClipFlicker
from core.types import Prediction

COUNT, KEY = 8, "0" * 40
JUMP = 5
"""The map goes out in this frame and stays away."""
MakeClip = Callable[..., Path]


def prediction(index: int) -> Prediction:
    saliency = np.zeros((48, 80), np.uint8)
    if index < JUMP:
        saliency[12:32, 4 + 3 * index : 24 + 3 * index] = 255
    side = np.zeros((5, 2, 12, 20), np.uint8)
    return Prediction(
        index, index / 25, saliency, np.zeros((5, 2), np.float32), side, np.zeros((48, 80, 3), np.uint8)
    )


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[PredictionCache]:
    cache = PredictionCache(tmp_path / "predictions", KEY)
    for index in range(COUNT):
        cache.put(prediction(index))
    yield cache
    cache.close()


def computed(clip: Path, tmp_path: Path) -> list[dict[int, float]]:
    batches: list[dict[int, float]] = []
    ClipFlicker(clip, tmp_path / "predictions", KEY).run(batches.append)
    return batches


def merged(batches: list[dict[int, float]]) -> dict[int, float]:
    return {index: value for batch in batches for index, value in batch.items()}


def test_the_jump_of_the_map_stands_out(image_clip: MakeClip, tmp_path: Path, cache: PredictionCache) -> None:
    values = merged(computed(image_clip(COUNT), tmp_path))
    assert sorted(values) == list(range(1, COUNT))  # the first frame has none before it
    others = [value for index, value in values.items() if index != JUMP]
    assert values[JUMP] > 0.05
    assert max(others) < values[JUMP] / 2


def test_what_is_known_is_not_computed_again(
    image_clip: MakeClip, tmp_path: Path, cache: PredictionCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = image_clip(COUNT)
    first = merged(computed(clip, tmp_path))
    assert cache.flicker() == pytest.approx(first)
    monkeypatch.setattr(ClipFlicker, "_value", lambda *_: pytest.fail("computed again"))
    assert merged(computed(clip, tmp_path)) == pytest.approx(first)


def test_a_frame_without_prediction_leaves_a_gap(
    image_clip: MakeClip, tmp_path: Path, cache: PredictionCache
) -> None:
    assert cache._file is not None
    cache._file.remove(3)
    clip = image_clip(COUNT)
    assert sorted(merged(computed(clip, tmp_path))) == [1, 2, 5, 6, 7]
    cache.put(prediction(3))
    assert sorted(merged(computed(clip, tmp_path))) == list(range(1, COUNT))


def test_a_damaged_frame_leaves_a_gap_and_is_tried_again(
    image_clip: MakeClip, tmp_path: Path, cache: PredictionCache
) -> None:
    clip = image_clip(COUNT)
    picture = clip / "00003.png"
    intact = picture.read_bytes()
    picture.write_bytes(intact[: len(intact) // 3])
    assert 3 not in merged(computed(clip, tmp_path))
    picture.write_bytes(intact)
    assert 3 in merged(computed(clip, tmp_path))


def test_it_rests_while_it_is_held_and_ends_when_stopped(
    image_clip: MakeClip, tmp_path: Path, cache: PredictionCache
) -> None:
    job = ClipFlicker(image_clip(COUNT), tmp_path / "predictions", KEY)
    batches: list[dict[int, float]] = []
    job.hold(True)
    thread = threading.Thread(target=job.run, args=(batches.append,))
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    assert not batches
    job.stop()
    thread.join(20)
    assert not thread.is_alive()
    assert not cache.flicker()


def test_it_goes_on_after_a_rest(image_clip: MakeClip, tmp_path: Path, cache: PredictionCache) -> None:
    job = ClipFlicker(image_clip(COUNT), tmp_path / "predictions", KEY)
    batches: list[dict[int, float]] = []
    job.hold(True)
    thread = threading.Thread(target=job.run, args=(batches.append,))
    thread.start()
    job.hold(False)
    thread.join(20)
    assert sorted(merged(batches)) == list(range(1, COUNT))


def test_no_value_is_kept_as_such(cache: PredictionCache) -> None:
    cache.put_flicker({2: float("nan"), 3: 0.25})
    kept = cache.flicker()
    assert np.isnan(kept[2])
    assert kept[3] == 0.25


def test_the_saliency_map_alone(cache: PredictionCache) -> None:
    found = cache.saliency(2)
    assert found is not None
    np.testing.assert_array_equal(found, prediction(2).saliency_u8)
    assert cache.saliency(COUNT) is None
    assert cache._file is not None
    cache._file._connection.execute("UPDATE predictions SET saliency = x'00' WHERE frame = 2")
    assert cache.saliency(2) is None
