"""The index of a video: every frame in presentation order, and where decoding can start. index_build makes it."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from core.types import SizeHW
from core.video.orientation import Orientation, orientation_of


@dataclass(frozen=True, slots=True, eq=False)
class SeekPoints:
    """Keyframes as places to jump to, in presentation order.

    frame: int64 (k,), index of the first frame that is not before the keyframe.
    pts, dts: int64 (k,), the keyframe packet's times in ticks; dts equals pts where the file gives none.
    """

    frame: NDArray[np.int64]
    pts: NDArray[np.int64]
    dts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, slots=True, eq=False)
class VideoIndex:
    """Where every frame of a video is.

    pts: int64 (n,), strictly increasing presentation times, ticks of time_base.
    keyframe: bool (n,). seek_points: places to jump to.
    by_count: True if times in the file do not identify frames, so that a reader has to count them.
    stored_hw: size of the decoded frames before rotation. matrix: display matrix (a, b, c, d) or None.
    nominal_rate: the container's average rate, frames per second, 0 if unknown.
    warnings: sentences for the user about damage.
    """

    pts: NDArray[np.int64]
    keyframe: NDArray[np.bool_]
    seek_points: SeekPoints
    by_count: bool
    time_base: Fraction
    stored_hw: SizeHW
    matrix: tuple[int, int, int, int] | None
    codec: str
    pixel_format: str
    nominal_rate: float
    warnings: tuple[str, ...] = ()

    @property
    def orientation(self) -> Orientation:
        return orientation_of(self.matrix)

    def pts_seconds(self) -> NDArray[np.float64]:
        """Presentation times since the first frame, float64 (n,), seconds."""
        ticks = (self.pts - self.pts[0]).astype(np.float64)
        return ticks * self.time_base.numerator / self.time_base.denominator

    def variable_rate(self) -> bool:
        """True if steps differ by more than the time base's rounding and by more than 5 %."""
        if len(self.pts) < 3:
            return False
        steps = np.diff(self.pts)
        spread = int(steps.max() - steps.min())
        return spread > 2 and spread > 0.05 * float(steps.mean())

    def frames_per_second(self) -> float:
        """Mean rate: the container's own figure where the frames confirm it, else from the times."""
        if len(self.pts) < 2:
            return self.nominal_rate or 25.0
        mean = (len(self.pts) - 1) / float(self.pts_seconds()[-1])
        if self.nominal_rate and abs(self.nominal_rate - mean) < 0.01 * mean:
            return self.nominal_rate
        return mean


def sorted_seek_points(
    frame: NDArray[np.int64], pts: NDArray[np.int64], dts: NDArray[np.int64]
) -> SeekPoints:
    """Seek points in presentation order, from arrays in any order."""
    order = np.argsort(pts, kind="stable")
    return SeekPoints(frame[order], pts[order], dts[order])
