"""The frame whose review promises most. A pure function of what is known of the frames; no state is kept here."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from core.review.status import FrameStatus, Statuses

FLICKER_WEIGHT = 0.5
FULL_FLICKER = 0.03
"""Flicker that counts fully. The default model's is about 0.003 to 0.015 on calm clips; more is an outline that
jumps or an object that is lost."""
NEAR_SECONDS = 1.0
"""About so far a reviewed frame tells what its neighbours are like."""
_UNKNOWN_DOUBT = 0.5


def suggest_next(
    statuses: Statuses,
    confidence: NDArray[np.float32],
    flicker: NDArray[np.float32],
    pts_seconds: NDArray[np.float64],
    current: int,
    passed: Collection[int] = (),
) -> int | None:
    """The next frame to review.

    Frames with something to judge and not accepted are compared by

        (doubt + FLICKER_WEIGHT * unrest) * news

    doubt: 1 - confidence; 1 where a person has said that it needs work, 0.5 where there is none.
    unrest: flicker / FULL_FLICKER, at most 1; 0 where it is unknown.
    news: 1 - exp(-seconds to the nearest frame that is accepted or was passed / NEAR_SECONDS), because a frame
        beside a reviewed one teaches little; 1 where there is none, and where it needs work.

    The highest wins, the earliest among equals: the same knowledge always gives the same frame.

    Args:
        statuses: uint8 (frames,). confidence: float32 (frames,), expected IoU in [0, 1], NaN where
            unknown.
        flicker: float32 (frames,), NaN where unknown. pts_seconds: float64 (frames,).
        current: the frame on screen; never suggested.
        passed: frames that were suggested before and left as they are. They come again once no other is left.

    Returns:
        A frame index, None if there is nothing to review besides the current frame.
    """
    open_frames = (statuses != FrameStatus.NO_PREDICTION) & (statuses != FrameStatus.ACCEPTED)
    if 0 <= current < len(open_frames):
        open_frames[current] = False
    left_alone = _flags(passed, len(statuses))
    candidates = np.flatnonzero(open_frames & ~left_alone)
    if not len(candidates):
        left_alone[:] = False
        candidates = np.flatnonzero(open_frames)
    if not len(candidates):
        return None
    reviewed = (statuses == FrameStatus.ACCEPTED) | left_alone
    urgent = statuses[candidates] == FrameStatus.NEEDS_WORK
    expected = confidence[candidates].astype(np.float64)
    doubt = np.where(urgent, 1.0, np.where(np.isnan(expected), _UNKNOWN_DOUBT, 1.0 - expected))
    unrest = np.clip(np.nan_to_num(flicker[candidates].astype(np.float64)) / FULL_FLICKER, 0.0, 1.0)
    news = np.where(urgent, 1.0, _news(pts_seconds, candidates, reviewed))
    return int(candidates[np.argmax((doubt + FLICKER_WEIGHT * unrest) * news)])


def _news(
    pts_seconds: NDArray[np.float64], candidates: NDArray[np.intp], reviewed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    times = pts_seconds[reviewed]
    if not len(times):
        return np.ones(len(candidates))
    own = pts_seconds[candidates]
    after = np.searchsorted(times, own)
    to_later = np.abs(times[np.minimum(after, len(times) - 1)] - own)
    to_earlier = np.abs(own - times[np.maximum(after - 1, 0)])
    return 1.0 - np.exp(-np.minimum(to_later, to_earlier) / NEAR_SECONDS)


def _flags(indices: Collection[int], count: int) -> NDArray[np.bool_]:
    flags = np.zeros(count, np.bool_)
    flags[[index for index in indices if 0 <= index < count]] = True
    return flags
