"""What the mouse on the strip means: going to a frame, scrubbing, selecting a range. No widgets, no drawing."""

from dataclasses import dataclass
from enum import Enum

from app.timeline.scale import TimeScale

GRAB = 6.0
"""So near to an end of the range, in pixels, the pointer takes hold of it."""
_SLIP = 3.0
"""A pointer that moves less than this has clicked."""

Meaning = int | range | None
"""A frame to go to, a range to select, or nothing."""


class _Mode(Enum):
    IDLE = 0
    SCRUB = 1
    MAYBE_SELECT = 2
    """Pressed where a drag would select and a click goes to a frame."""
    SELECT = 3


@dataclass(slots=True)
class Pointing:
    """Follows one button from press to release.

    Dragging an end of a range is selecting anew from its other end.
    """

    _mode: _Mode = _Mode.IDLE
    _anchor: int = 0
    _pressed_x: float = 0.0
    _moved: bool = False

    @property
    def selecting(self) -> bool:
        return self._mode is _Mode.SELECT

    @property
    def busy(self) -> bool:
        return self._mode is not _Mode.IDLE

    def press(
        self, x: float, scale: TimeScale, selected: range | None, on_ruler: bool, shift: bool, dip: int | None
    ) -> Meaning:
        """The button goes down.

        Args:
            on_ruler: dragging there selects. shift: dragging selects anywhere.
            dip: the frame to go to where the pointer lies on a dip of the curve.
        """
        self._pressed_x, self._moved = x, False
        other_end = opposite_end(x, scale, selected) if on_ruler else None
        if other_end is not None:
            self._mode, self._anchor = _Mode.SELECT, other_end
            return None
        if on_ruler or shift:
            self._mode, self._anchor = _Mode.MAYBE_SELECT, scale.frame_at(x)
            return None
        self._mode = _Mode.SCRUB
        return dip if dip is not None else scale.frame_at(x)

    def move(self, x: float, scale: TimeScale) -> Meaning:
        """The pointer moves with the button down."""
        self._moved = self._moved or abs(x - self._pressed_x) > _SLIP
        if not self._moved or self._mode is _Mode.IDLE:
            return None
        if self._mode is _Mode.SCRUB:
            return scale.frame_at(x)
        self._mode = _Mode.SELECT
        return span(self._anchor, scale.frame_at(min(max(x, 0.0), scale.width - 1)))

    def release(self, scale: TimeScale) -> Meaning:
        """The button goes up."""
        mode, self._mode = self._mode, _Mode.IDLE
        return scale.frame_at(self._pressed_x) if mode is _Mode.MAYBE_SELECT else None


def span(first: int, second: int) -> range:
    """The frames between two, both included, in whichever order."""
    return range(min(first, second), max(first, second) + 1)


def opposite_end(x: float, scale: TimeScale, selected: range | None) -> int | None:
    """The last frame if the pointer is at the range's start, the first if it is at its end, else None."""
    if selected is None:
        return None
    to_start = abs(x - scale.left_of(selected.start))
    to_end = abs(x - scale.left_of(selected.stop))
    if min(to_start, to_end) > GRAB:
        return None
    # Where the two lie on each other the pointer's side tells them apart.
    return selected[-1] if to_start < to_end else selected[0]
