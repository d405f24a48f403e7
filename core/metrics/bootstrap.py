"""Bootstrap intervals of a gain over clips or blocks of frames. What is measured of them is decided elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.words import counted

FEWEST_UNITS = 5
"""Clips or blocks below which no gain is called established."""
BLOCK_SPAN = 15
"""Frames of a clip that lie no farther apart than this say nearly the same: they make one block."""
_DRAWS = 2000

Unit = Literal["clips", "blocks"]
Counts = NDArray[np.int64]
"""int64 (2000, units): how often each draw holds each unit."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Bootstrap interval of a mean gain over clips or blocks, 95 %.

    unit: "clips" or "blocks". established: whether it leaves out zero and rests on five units or more.
    words: "established" or "not established" and why, for people.
    """

    mean: float
    low: float
    high: float
    units: int
    unit: Unit
    established: bool
    words: str


def bootstrap(gains: Sequence[float], by_clip: bool) -> Interval:
    """Interval of the mean gain.

    Args:
        gains: of each clip or block, at least one.
    """
    values = np.asarray(gains, np.float64)
    unit: Unit = "clips" if by_clip else "blocks"
    return interval(len(values), unit, lambda counts: (counts @ values) / counts.sum(axis=1))


def interval(units: int, unit: Unit, gain: Callable[[Counts], NDArray[np.float64]]) -> Interval:
    """Interval of any gain that can be computed from how often each unit is drawn.

    Args:
        units: how many there are, at least one.
        gain: takes int64 (draws, units) counts and returns float64 (draws,). Called once with all ones, which gives
            the mean, and once with the draws: with replacement, always the same ones.
    """
    mean = float(gain(np.ones((1, units), np.int64))[0])
    low, high = (float(value) for value in np.quantile(gain(_draws(units)), (0.025, 0.975)))
    enough = units >= FEWEST_UNITS
    established = enough and not low <= 0 <= high
    if established:
        words = "established"
    elif enough:
        words = "not established: the interval includes zero"
    else:
        words = f"not established: {counted(units, unit.removesuffix('s'))}, {FEWEST_UNITS} are needed"
    return Interval(mean, low, high, units, unit, established, words)


def blocks(frames: Sequence[int]) -> list[range]:
    """Cut a clip into stretches of frames that lie no farther than BLOCK_SPAN behind the first of theirs.

    Args:
        frames: the clip's measured frames, ascending.

    Returns:
        Positions in `frames`, in order.
    """
    starts: list[int] = []
    for position, frame in enumerate(frames):
        if not starts or frame - frames[starts[-1]] > BLOCK_SPAN:
            starts.append(position)
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(frames)], strict=True)]


@lru_cache(maxsize=1)
def _draws(units: int) -> Counts:
    drawn = np.random.default_rng(0).integers(units, size=(_DRAWS, units))
    places = drawn + units * np.arange(_DRAWS)[:, None]
    counts = np.bincount(places.ravel(), minlength=_DRAWS * units).reshape(_DRAWS, units)
    counts.flags.writeable = False
    return counts
