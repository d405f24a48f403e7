"""The ten confidence scores of each frame as a CSV table."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core.types import LEVELS, STREAMS, Prediction

SCORE_NAMES = tuple(f"{stream}_{level}" for stream in STREAMS for level in range(1, LEVELS + 1))
"""rgb_1 to rgb_5, flow_1 to flow_5; level 1 is the finest."""


def named_scores(scores: NDArray[np.floating]) -> dict[str, float]:
    """Scores (5, 2) by column name."""
    values = scores.T.reshape(-1)
    return {name: float(value) for name, value in zip(SCORE_NAMES, values, strict=True)}


class ScoreTable:
    """Writes scores.csv row by row; keeps only the sums for the means."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._table = csv.writer(self._file)
        self._table.writerow(("frame", "pts_seconds", *SCORE_NAMES))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, prediction: Prediction) -> None:
        values = (f"{value:.4f}" for value in named_scores(prediction.scores).values())
        self._table.writerow((prediction.index, f"{prediction.pts_seconds:.6f}", *values))
