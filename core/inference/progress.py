"""How far a run is and how fast: the numbers a status bar or a terminal shows. No output here."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_WINDOW_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class InferenceProgress:
    """State of a run over one clip.

    done, total: frames. frames_per_second: over the last seconds, 0 until it is known. seconds_left: None until
    it is known. device, precision: what runs the network, for example "cpu (openvino)" and "bfloat16".
    """

    done: int
    total: int
    frames_per_second: float
    seconds_left: float | None
    device: str
    precision: str


class RateMeter:
    """Frames a second over the last five seconds; pauses between bursts of work are not counted."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._ticks: deque[float] = deque()

    def tick(self) -> None:
        """One frame was finished now."""
        now = self._clock()
        self._ticks.append(now)
        while now - self._ticks[0] > _WINDOW_SECONDS:
            self._ticks.popleft()

    def pause(self) -> None:
        """Work stops here: what comes next starts a new measurement."""
        self._ticks.clear()

    @property
    def frames_per_second(self) -> float:
        """0.0 until two frames were finished."""
        if len(self._ticks) < 2:
            return 0.0
        return (len(self._ticks) - 1) / max(self._ticks[-1] - self._ticks[0], 1e-6)

    def seconds_left(self, frames: int) -> float | None:
        """Seconds until `frames` more are done, None while the rate is unknown."""
        rate = self.frames_per_second
        return frames / rate if rate > 0 else None
