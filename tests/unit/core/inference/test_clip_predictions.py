"""Predictions for an export: taken from the cache where they are, computed where not, and only those asked for."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled
from core.inference import InferenceSettings
from core.inference.clip_predictions import ClipPredictions

SETTINGS = InferenceSettings(device="cpu", runtime="torch", size=64, threads=1)
MakeClip = Callable[..., Path]


def test_what_is_stored_is_taken_and_the_rest_is_computed_once(
    image_clip: MakeClip, checkpoint: Path, tmp_path: Path
) -> None:
    clip = image_clip(5)
    notes: list[str] = []
    predictions = ClipPredictions(checkpoint, SETTINGS, cache_folder=tmp_path / "c", on_note=notes.append)
    first = list(predictions(clip, range(1, 4)))
    assert [prediction.index for prediction in first] == [1, 2, 3]
    assert notes == [f"{clip}: running the model on 3 of 5 frames"]
    every = list(predictions(clip))
    assert [prediction.index for prediction in every] == [0, 1, 2, 3, 4]
    assert notes[1:] == [f"{clip}: running the model on 2 of 5 frames"]
    for known, again in zip(first, every[1:4], strict=True):
        assert np.array_equal(known.saliency_u8, again.saliency_u8)
    list(predictions(clip))
    assert len(notes) == 2


def test_a_damaged_stored_prediction_is_computed_again(
    image_clip: MakeClip, checkpoint: Path, tmp_path: Path
) -> None:
    clip = image_clip(3)
    predictions = ClipPredictions(checkpoint, SETTINGS, cache_folder=tmp_path / "c")
    before = list(predictions(clip))
    (stored,) = (tmp_path / "c").glob("*.sqlite")
    with closing(sqlite3.connect(stored)) as connection:
        connection.execute("UPDATE predictions SET saliency = x'00' WHERE frame = 1")
        connection.commit()
    after = list(predictions(clip))
    assert all(np.array_equal(a.saliency_u8, b.saliency_u8) for a, b in zip(before, after, strict=True))


def test_it_ends_where_it_is_cancelled(image_clip: MakeClip, checkpoint: Path, tmp_path: Path) -> None:
    seen: list[int] = []
    predictions = ClipPredictions(
        checkpoint, SETTINGS, cache_folder=tmp_path / "c", cancelled=lambda: len(seen) >= 2
    )
    clip = image_clip(6)
    with pytest.raises(Cancelled):
        seen.extend(prediction.index for prediction in predictions(clip))
    assert seen == [0, 1]
