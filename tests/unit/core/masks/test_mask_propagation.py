"""Masks carried by flow: over drawn clips whose truth is known, and over a real one."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import Cancelled
from core.flow import DisFlow
from core.masks.propagation import (
    PropagatedMask,
    PropagationEnd,
    PropagationSettings,
    propagate,
    propagate_both_ways,
)
from core.masks.warp import harden, overlap_in_place, soften, warp_mask
from core.opencv import cv2
from core.types import FlowField
from core.video import open_clip

SIZE = (192, 256)
_random = np.random.default_rng(1)
GROUND = cv2.resize(_random.integers(0, 256, (48, 64, 3), dtype=np.uint8), SIZE[::-1])
COAT = cv2.resize(_random.integers(0, 256, (24, 24, 3), dtype=np.uint8), (96, 96))


def truth(index: int) -> np.ndarray:
    mask = np.zeros(SIZE, np.uint8)
    mask[48:144, 20 + 3 * index : 116 + 3 * index] = 255
    return mask


def moving_square(index: int) -> np.ndarray:
    """A textured square that moves three pixels a frame over a textured ground."""
    picture = np.asarray(GROUND, np.uint8).copy()
    picture[48:144, 20 + 3 * index : 116 + 3 * index] = COAT
    return picture


def cut_at_4(index: int) -> np.ndarray:
    """The same with a change of scene before frame 4."""
    noise = np.random.default_rng(index).integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    return moving_square(index) if index < 4 else noise


def similarity(a: np.ndarray, b: np.ndarray) -> float:
    return float(((a != 0) & (b != 0)).sum() / ((a != 0) | (b != 0)).sum())


@pytest.mark.parametrize(("source", "last"), [(0, 8), (8, 0)])
def test_the_mask_follows_the_object_forward_and_backward(source: int, last: int):
    *steps, end = propagate(moving_square, source, truth(source), last)
    direction = 1 if last > source else -1
    masks = [step for step in steps if isinstance(step, PropagatedMask)]
    assert [step.index for step in masks] == list(range(source + direction, last + direction, direction))
    assert [(step.done, step.total) for step in masks] == [(n, 8) for n in range(1, 9)]
    # The flow smears over the square's sides, so the mask drags a little; left where it was, it would have J 0.6.
    assert similarity(truth(source), truth(last)) == pytest.approx(0.6)
    assert min(similarity(step.mask_u8, truth(step.index)) for step in masks) > 0.75
    assert end == PropagationEnd(last + direction, "range done")


def test_an_accepted_frame_is_a_barrier():
    *steps, end = propagate(moving_square, 0, truth(0), 8, accepted={3})
    assert [step.index for step in steps] == [1, 2]
    assert end == PropagationEnd(3, "accepted frame")


def test_it_stops_where_the_flow_is_not_confirmed():
    *steps, end = propagate(cut_at_4, 0, truth(0), 8)
    assert [step.index for step in steps] == [1, 2, 3]
    assert end == PropagationEnd(4, "flow disagrees")


class HalvingFlow:
    """Says that everything shrinks to half its size about the centre, consistently both ways."""

    def __init__(self) -> None:
        self.description = {"method": "halving"}
        self.calls = 0

    def __call__(self, rgb_a: np.ndarray, rgb_b: np.ndarray) -> FlowField:
        self.calls += 1
        y, x = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
        share = -0.5 if self.calls % 2 else 1.0  # the way from the source first, then the way back
        return FlowField(np.stack([(x - 68) * share, (y - 96) * share], axis=-1).astype(np.float32))


def test_it_stops_where_the_mask_jumps_or_vanishes():
    trusting = PropagationSettings(least_confirmed=0.0)
    (end,) = propagate(moving_square, 0, truth(0), 5, settings=trusting, estimator=HalvingFlow())
    assert end == PropagationEnd(1, "mask jumps")
    lenient = replace(trusting, least_overlap=0.0)
    *steps, end = propagate(moving_square, 0, truth(0), 9, settings=lenient, estimator=HalvingFlow())
    areas = [int(np.count_nonzero(step.mask_u8)) for step in steps if isinstance(step, PropagatedMask)]
    assert areas == sorted(areas, reverse=True)
    assert isinstance(end, PropagationEnd)
    assert end.reason == "mask vanished"
    (end,) = propagate(moving_square, 0, np.zeros(SIZE, np.uint8), 5)
    assert end == PropagationEnd(1, "mask vanished")


def test_both_ways_count_together_and_end_twice():
    steps = list(propagate_both_ways(moving_square, 4, truth(4), 2, 7))
    masks = [step for step in steps if isinstance(step, PropagatedMask)]
    assert [step.index for step in masks] == [5, 6, 7, 3, 2]
    assert [(step.done, step.total) for step in masks] == [(n, 5) for n in range(1, 6)]
    assert [step for step in steps if isinstance(step, PropagationEnd)] == [
        PropagationEnd(8, "range done"),
        PropagationEnd(1, "range done"),
    ]
    with pytest.raises(ValueError, match="does not lie in the range"):
        list(propagate_both_ways(moving_square, 9, truth(0), 2, 7))


def test_it_can_be_cancelled_between_frames():
    seen: list[int] = []
    steps = propagate(moving_square, 0, truth(0), 8, cancelled=lambda: len(seen) == 2)
    seen += [next(steps).index, next(steps).index]
    with pytest.raises(Cancelled, match="propagation was cancelled"):
        next(steps)
    assert seen == [1, 2]


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(ValueError, match="one size is needed"):
        list(propagate(moving_square, 0, np.zeros((9, 9), np.uint8), 3))


def test_a_still_flow_leaves_a_mask_as_it_is():
    still = FlowField(np.zeros((24, 32, 2), np.float32))
    assert np.array_equal(warp_mask(truth(2), still), truth(2))
    assert np.array_equal(harden(soften(truth(1))), truth(1))
    assert overlap_in_place(truth(0), truth(5)) == 1.0
    assert overlap_in_place(truth(0), np.zeros(SIZE, np.uint8)) == 0.0


def test_the_neighbours_mask_is_warped_onto_this_frame():
    back = DisFlow()(moving_square(3), moving_square(2))
    assert similarity(warp_mask(truth(2), back), truth(3)) > 0.95


def test_a_real_mask_keeps_its_shape_for_three_frames(shared):
    clip = shared / "data" / "clips" / "train" / "bear"
    if not clip.is_dir():
        pytest.skip(f"the clip is not there: {clip}")
    masks = [cv2.imread(str(clip / "masks" / f"{i:05}.png"), cv2.IMREAD_GRAYSCALE) for i in range(4)]
    with open_clip(clip / "frames") as reader:
        *steps, _ = propagate(lambda i: reader.read(i).rgb, 0, np.asarray(masks[0], np.uint8), 3)
    got = [step.mask_u8 for step in steps if isinstance(step, PropagatedMask)]
    assert np.mean([similarity(a, np.asarray(b)) for a, b in zip(got, masks[1:], strict=True)]) > 0.9
