"""Frames to pixels of the timeline and back, and the timeline's zoom. Plain arithmetic, no widgets."""

from dataclasses import dataclass, replace

FEWEST_FRAMES = 8.0


@dataclass(frozen=True, slots=True)
class TimeScale:
    """The part of the clip that the timeline shows.

    frame_count: frames of the clip, at least 1. width: of the timeline, logical pixels. start: first frame shown,
    may lie between two. span: frames shown.
    """

    frame_count: int
    width: float
    start: float
    span: float

    @staticmethod
    def whole(frame_count: int, width: float) -> "TimeScale":
        """The whole clip."""
        return TimeScale(max(frame_count, 1), max(width, 1.0), 0.0, float(max(frame_count, 1)))

    @property
    def is_whole(self) -> bool:
        return self.span >= self.frame_count

    @property
    def frame_width(self) -> float:
        """Logical pixels per frame."""
        return self.width / self.span

    def left_of(self, frame: float) -> float:
        """Left edge of a frame, logical pixels."""
        return (frame - self.start) * self.frame_width

    def frame_at(self, x: float) -> int:
        """The frame at a place, within the clip."""
        return min(max(int(self.start + x / self.frame_width), 0), self.frame_count - 1)

    def resized(self, width: float) -> "TimeScale":
        return replace(self, width=max(width, 1.0))

    def zoomed_at(self, x: float, factor: float) -> "TimeScale":
        """Magnified by `factor` with the frame under `x` held still."""
        fewest = min(FEWEST_FRAMES, float(self.frame_count))
        span = min(max(self.span / factor, fewest), float(self.frame_count))
        fixed = self.start + x / self.frame_width
        return self._within(fixed - x * span / self.width, span)

    def moved_by(self, frames: float) -> "TimeScale":
        return self._within(self.start + frames, self.span)

    def showing(self, frame: int) -> "TimeScale":
        """Moved just so far that `frame` is in sight, a page at a time as in playback."""
        if self.start <= frame and frame + 1 <= self.start + self.span:
            return self
        start = frame - 0.1 * self.span if frame + 1 > self.start + self.span else frame - 0.9 * self.span
        return self._within(start, self.span)

    def _within(self, start: float, span: float) -> "TimeScale":
        return replace(self, start=min(max(start, 0.0), self.frame_count - span), span=span)
