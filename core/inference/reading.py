"""What the scores of a frame say, as one number and in one plain sentence. Loads neither torch nor a model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.types import STREAMS

DEEP_LEVELS = slice(3, 5)
"""Levels 4 and 5: the only ones whose scores follow the quality of the mask."""

_APART = 0.25
_LEADING = 0.1
_DOUBTFUL = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ClipConfidence:
    """frame_confidence of many frames. values: float32 (frames,), NaN where a frame has no prediction.

    calibrated: they are expected IoUs; else mean scores, which rank frames and say nothing of the mask's quality.
    """

    values: NDArray[np.float32]
    calibrated: bool


def frame_confidence(scores: NDArray[np.float32], expected_iou: float | None) -> float:
    """The one number for a frame: its expected IoU, or the mean deep score where the model is not calibrated.

    Args:
        scores: float32 (5, 2), 0 to 1, columns rgb and flow. expected_iou: as in a Prediction.
    """
    return mean_deep_score(scores) if expected_iou is None else expected_iou


def mean_deep_score(scores: NDArray[np.float32]) -> float:
    """Mean over both streams of the scores of levels 4 and 5.

    Args:
        scores: float32 (5, 2), 0 to 1, columns rgb and flow.
    """
    return float(scores[DEEP_LEVELS].mean(dtype=np.float32))


def stream_sentence(scores: NDArray[np.float32]) -> tuple[bool, str]:
    """Whether a person should look twice, and one sentence on how the two streams stand to each other.

    Args:
        scores: float32 (5, 2), 0 to 1, columns rgb and flow.
    """
    # Rounded as they are written, so that the sentence never contradicts the numbers in it.
    deep = scores[DEEP_LEVELS].mean(axis=0, dtype=np.float64)
    rgb, flow = (round(float(deep[column]), 2) for column in range(len(STREAMS)))
    ahead = round(rgb - flow, 2)
    if ahead >= _APART and flow < _DOUBTFUL:
        return True, f"Motion is unreliable here: flow {short_score(flow)}, RGB {short_score(rgb)}"
    if -ahead >= _APART and rgb < _DOUBTFUL:
        return True, f"Appearance is unreliable here: RGB {short_score(rgb)}, flow {short_score(flow)}"
    values = f"RGB {short_score(rgb)}, flow {short_score(flow)}"
    if abs(ahead) >= _APART:
        return True, f"The streams differ here: {values}"
    if max(rgb, flow) < _DOUBTFUL:
        return True, f"Both streams are unsure here: {values}"
    if abs(ahead) >= _LEADING:
        return False, f"{'RGB' if ahead > 0 else 'Flow'} is the surer stream: {values}"
    return False, f"The streams agree: {values}"


def short_score(score: float) -> str:
    """A score as it is written everywhere: .78, or 1.00."""
    return f"{score:.2f}".removeprefix("0") if score < 0.995 else "1.00"
