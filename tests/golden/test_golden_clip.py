"""The bundled model on the bundled clip: right, and the same as when it was recorded."""

from pathlib import Path

import numpy as np
import pytest
from golden_clip import FRAMES, RECORD, predict_golden, small

from core.network import inspect_checkpoint
from core.opencv import cv2
from core.resources import default_weights_path
from core.types import Prediction


@pytest.fixture(scope="module")
def predictions() -> list[Prediction]:
    return predict_golden()


def test_the_object_of_the_sample_is_found(predictions: list[Prediction], repository: Path) -> None:
    for prediction in predictions:
        path = repository / "resources" / "sample" / "ground_truth" / f"{prediction.index:05d}.png"
        truth = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)) > 127
        found = cv2.resize(prediction.saliency_u8, truth.shape[::-1], interpolation=cv2.INTER_LINEAR) >= 128
        assert (found & truth).sum() / (found | truth).sum() > 0.8


def test_results_are_as_recorded(predictions: list[Prediction]) -> None:
    record = np.load(RECORD)
    for position, prediction in enumerate(predictions):
        difference = np.abs(small(prediction.saliency_u8).astype(int) - record["saliency"][position])
        assert difference.mean() < 0.5, f"frame {FRAMES[position]}: saliency"
        assert np.abs(prediction.scores - record["scores"][position]).max() < 0.02


def test_the_default_model_says_where_it_comes_from() -> None:
    path = default_weights_path()
    metadata = inspect_checkpoint(path)
    assert path.stat().st_size < 20e6
    assert metadata.config.name == "cagdde-lite"
    assert metadata.flow["timing"] == "t->t+1"
    assert {"flow/authors", "white/authors", "rgb/authors", "flow/davsod"} <= set(metadata.metrics)
    assert all("seed" in run for run in metadata.training["average_of"])
