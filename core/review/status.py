"""What stands for each frame of a clip, from its predictions and its project. Which one comes next: suggestion.py."""

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from core.project import FrameRecord


class FrameStatus(IntEnum):
    """One of these stands for a frame. Beyond NO_PREDICTION the names are those of core.project.FrameState."""

    NO_PREDICTION = 0
    PREDICTED = 1
    PROPAGATED = 2
    CORRECTED = 3
    ACCEPTED = 4
    NEEDS_WORK = 5


Statuses = NDArray[np.uint8]
"""uint8 (frames,) of FrameStatus."""


def frame_statuses(predicted: NDArray[np.bool_], records: "Mapping[int, FrameRecord]") -> Statuses:
    """The status of every frame of a clip.

    Args:
        predicted: bool (frames,), the frame has a prediction.
        records: what the project knows, by frame; indices outside the clip are left out.

    Returns:
        uint8 (frames,). What a person did counts whether the frame has a prediction or not; a frame that the
        project knows as merely predicted is so only while there is a prediction.
    """
    statuses = predicted.astype(np.uint8)
    codes = {status.name: int(status) for status in FrameStatus if status > FrameStatus.PREDICTED}
    for index, record in records.items():
        code = codes.get(record.state.name)
        if code is not None and 0 <= index < len(statuses):
            statuses[index] = code
    return statuses


_URGENCY = (
    FrameStatus.ACCEPTED,
    FrameStatus.PREDICTED,
    FrameStatus.NO_PREDICTION,
    FrameStatus.CORRECTED,
    FrameStatus.PROPAGATED,
    FrameStatus.NEEDS_WORK,
)
"""Ascending: what a person has begun and not finished must not vanish among its neighbours."""
_BY_RANK = np.array(_URGENCY, np.uint8)
_RANKS = np.argsort(_BY_RANK).astype(np.uint8)


def most_urgent(statuses: Statuses, group: int) -> Statuses:
    """One status for every `group` frames, where there is room for no more: the one that asks most for a person.

    Args:
        statuses: uint8 (frames,). group: at least 1.

    Returns:
        uint8 (ceil(frames / group),).
    """
    if group == 1 or not len(statuses):
        return statuses
    return _BY_RANK[np.maximum.reduceat(_RANKS[statuses], np.arange(0, len(statuses), group))]


def find_unreviewed(statuses: Statuses, start: int, step: int) -> int | None:
    """The nearest frame that is not accepted: also one that needs work, or that has no prediction yet.

    Args:
        start: frame to begin beside. step: 1 looks forward, -1 back.

    Returns:
        Its index, None if there is none on that side.
    """
    open_frames = np.flatnonzero(statuses != FrameStatus.ACCEPTED)
    beyond = open_frames[open_frames > start] if step > 0 else open_frames[open_frames < start]
    if not len(beyond):
        return None
    return int(beyond[0] if step > 0 else beyond[-1])
