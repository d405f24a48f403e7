"""The ten confidence scores and the expected IoU of each frame as a CSV table."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.types import SCORE_NAMES, Prediction

SCORE_COLUMNS = (*SCORE_NAMES, "expected_iou")
"""rgb_1 to rgb_5, flow_1 to flow_5; level 1 is the finest. The last is empty where the model is not calibrated."""


def named_scores(scores: NDArray[np.floating]) -> dict[str, float]:
    """Scores (5, 2) by column name."""
    values = scores.T.reshape(-1)
    return {name: float(value) for name, value in zip(SCORE_NAMES, values, strict=True)}


def score_cells(prediction: Prediction) -> list[str]:
    """The cells of SCORE_COLUMNS."""
    expected = "" if prediction.expected_iou is None else f"{prediction.expected_iou:.4f}"
    return [*(f"{value:.4f}" for value in named_scores(prediction.scores).values()), expected]


class ScoreTable:
    """Writes scores.csv row by row; keeps only the sums for the means."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._table = csv.writer(self._file)
        self._table.writerow(("frame", "pts_seconds", *SCORE_COLUMNS))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, prediction: Prediction) -> None:
        self._table.writerow((prediction.index, f"{prediction.pts_seconds:.6f}", *score_cells(prediction)))
