"""What the ten scores say, in numbers and in one plain sentence. No widgets here."""

import numpy as np
from numpy.typing import NDArray

DEEP_LEVELS = slice(3, 5)
"""Levels 4 and 5: the only ones whose scores follow the quality of the mask."""

_APART = 0.25
_DOUBTFUL = 0.5


def mean_deep_score(scores: NDArray[np.float32]) -> float:
    """Mean over both streams of the scores of levels 4 and 5.

    Args:
        scores: float32 (5, 2), 0 to 1, columns rgb and flow.
    """
    return float(scores[DEEP_LEVELS].mean())


def stream_sentence(scores: NDArray[np.float32]) -> tuple[bool, str]:
    """Whether the streams disagree, and one sentence that says so or not.

    Args:
        scores: float32 (5, 2), 0 to 1, columns rgb and flow.
    """
    rgb, flow = (float(value) for value in scores[DEEP_LEVELS].mean(axis=0))
    if rgb - flow >= _APART and flow < _DOUBTFUL:
        return True, f"Motion is unreliable here: flow {short(flow)}, RGB {short(rgb)}"
    if flow - rgb >= _APART and rgb < _DOUBTFUL:
        return True, f"Appearance is unreliable here: RGB {short(rgb)}, flow {short(flow)}"
    if abs(rgb - flow) >= _APART:
        return True, f"The streams differ here: RGB {short(rgb)}, flow {short(flow)}"
    if max(rgb, flow) < _DOUBTFUL:
        return True, f"Both streams are unsure here: RGB {short(rgb)}, flow {short(flow)}"
    return False, f"The streams agree: RGB {short(rgb)}, flow {short(flow)}"


def short(score: float) -> str:
    """A score as it is written everywhere: .78, or 1.00."""
    return f"{score:.2f}".removeprefix("0") if score < 0.995 else "1.00"
