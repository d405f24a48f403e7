"""The ten confidence scores and the expected IoU of each frame as a CSV table."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.types import LEVELS, SCORE_NAMES, STREAMS, Prediction

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


class MeanScores:
    """Means over the frames of a clip, kept as sums."""

    def __init__(self) -> None:
        self._frames = 0
        self._scores: NDArray[np.float64] = np.zeros((LEVELS, len(STREAMS)))
        self._expected_iou: float | None = 0.0

    def add(self, prediction: Prediction) -> None:
        self._frames += 1
        self._scores += prediction.scores
        if self._expected_iou is not None:
            known = prediction.expected_iou
            self._expected_iou = None if known is None else self._expected_iou + known

    def named(self) -> dict[str, float]:
        """By name of SCORE_COLUMNS, four digits; without expected_iou where a frame has none. At least one frame."""
        means = named_scores(self._scores / self._frames)
        if self._expected_iou is not None:
            means["expected_iou"] = self._expected_iou / self._frames
        return {name: round(value, 4) for name, value in means.items()}


class ScoreTable:
    """Writes scores.csv row by row."""

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
