"""What the strip shows, as values, and a frame of it in words. Nothing is drawn or decided here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.timeline.jump import clock
from core.inference.reading import short_score
from core.review import FrameStatus
from core.review.status import Statuses

STATUS_WORDS = {
    FrameStatus.NO_PREDICTION: "No prediction",
    FrameStatus.PREDICTED: "Predicted",
    FrameStatus.PROPAGATED: "Propagated",
    FrameStatus.CORRECTED: "Corrected",
    FrameStatus.ACCEPTED: "Accepted",
    FrameStatus.NEEDS_WORK: "Needs work",
}


@dataclass(frozen=True, slots=True, eq=False)
class StripContent:
    """All arrays have one entry a frame, but cached and held_out, which hold frame indices.

    pts_seconds: float64. statuses: uint8 of FrameStatus. scores: float32, the frames' confidence, NaN where unknown.
    flicker: the same.
    held_out: accepted frames that the latest finetuning chooses and reports by. calibrated: scores are expected IoUs.
    """

    pts_seconds: NDArray[np.float64]
    statuses: Statuses
    scores: NDArray[np.float32]
    flicker: NDArray[np.float32]
    cached: NDArray[np.int64]
    held_out: tuple[int, ...] = ()
    calibrated: bool = False

    @staticmethod
    def of_clip(pts_seconds: NDArray[np.float64]) -> "StripContent":
        """A clip of which nothing else is known."""
        unknown = np.full(len(pts_seconds), np.nan, np.float32)
        statuses = np.zeros(len(pts_seconds), np.uint8)
        return StripContent(pts_seconds, statuses, unknown, unknown, np.zeros(0, np.int64))

    @property
    def frame_count(self) -> int:
        return len(self.pts_seconds)

    def describe(self, frame: int) -> str:
        """A frame in one line: number, time, state, score, flicker."""
        words = [f"Frame {frame}", clock(float(self.pts_seconds[frame]))]
        words.append(STATUS_WORDS[FrameStatus(self.statuses[frame])].lower())
        if frame in self.held_out:
            words.append("held out")
        if not np.isnan(self.scores[frame]):
            name = "expected IoU" if self.calibrated else "mean score"
            words.append(f"{name} {short_score(float(self.scores[frame]))}")
        if not np.isnan(self.flicker[frame]):
            words.append(f"flicker {self.flicker[frame]:.3f}".replace(" 0.", " ."))
        return ", ".join(words)

    def describe_range(self, frames: range) -> str:
        """A range in one line: its ends, how many frames, how long."""
        count = len(frames)
        seconds = float(self.pts_seconds[frames[-1]] - self.pts_seconds[frames[0]])
        frames_word = "frame" if count == 1 else "frames"
        return f"Frames {frames[0]} to {frames[-1]}, {count} {frames_word}, {clock(seconds)}"
