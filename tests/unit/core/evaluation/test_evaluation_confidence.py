"""What a model says of its maps, compared with what they reach: the same frames for every value."""

import numpy as np
from numpy.typing import NDArray

from core.evaluation.confidence import DEEP_SCORES, ENTROPY, EXPECTED, FRAME, REPEATED, SIDE, ConfidenceRecord
from core.evaluation.methods import ClipOutput, FrameScores


def truth(index: int) -> NDArray[np.uint8]:
    """An object whose edges lie on those of the side maps' pixels."""
    found = np.zeros((48, 64), np.uint8)
    found[8:28, 8 + 4 * index : 32] = 255
    return found


def output(expected: float | None) -> ClipOutput:
    """Three frames whose side maps are the ground truth at a quarter of its size, and scores that say so."""
    found = ClipOutput()
    for index in range(3):
        small = truth(index)[::4, ::4]
        sides = np.broadcast_to(small, (5, 2, *small.shape)).copy()
        found.maps[index] = truth(index)
        found.scores[index] = FrameScores(np.ones((5, 2), np.float32), sides, expected)
    return found


def test_every_value_of_frames_is_measured_on_the_same_frames() -> None:
    record = ConfidenceRecord()
    truths = {index: truth(index) for index in range(3)}
    record.add(output(0.75), truths, {0: 0.25, 1: 0.75, 2: 1.0}, {1: 0.5, 2: 1.0})
    rows = {row.says: row for row in record.rows("lite")}
    for name in (EXPECTED, DEEP_SCORES, ENTROPY, REPEATED):
        assert (rows[name].of, rows[name].measures.pairs) == (FRAME, 2)
    assert rows[EXPECTED].measures.mae == 0.125
    assert rows[ENTROPY].measures.mae == 0.125  # the maps are certain: both frames are said to be perfect
    assert rows[REPEATED].measures.mae == 0.125


def test_side_maps_are_compared_with_their_own_overlap() -> None:
    record = ConfidenceRecord()
    truths = {index: truth(index) for index in range(3)}
    record.add(output(None), truths, dict.fromkeys(range(3), 1.0), {})
    rows = list(record.rows("lite"))
    assert [row.says for row in rows[:3]] == [DEEP_SCORES, ENTROPY, "scores of all levels"]
    sides = [row.measures for row in rows if row.of == SIDE]
    assert [one.pairs for one in sides] == [30, *[3] * 10]
    assert max(one.mae for one in sides) == 0
    assert rows[0].measures.pairs == 3
