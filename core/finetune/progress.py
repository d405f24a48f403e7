"""Where a training stands, and the time that it has worked. What is done in that time is in trainer."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from core.finetune.control import Attention
from core.finetune.outcome import SelectionPoint, StepPoint


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which steps of the whole run a training does.

    steps: of this training, at most. before: done before it began. after: those that may follow it, at most.
    """

    name: Literal["trial", "refit"]
    steps: int
    before: int = 0
    after: int = 0

    @property
    def planned(self) -> int:
        """Steps of the whole run, as far as it is known now."""
        return self.before + self.steps + self.after


@dataclass(slots=True)
class Progress:
    """Where a training stands. best_j: of the averaged weights that are kept. seconds, processor_seconds: of work."""

    iteration: int = 0
    best_j: float = -1.0
    best_iteration: int = 0
    accumulate: int = 1
    seconds: float = 0.0
    processor_seconds: float = 0.0
    stopped: bool = False
    steps: list[StepPoint] = field(default_factory=list[StepPoint])
    selections: list[SelectionPoint] = field(default_factory=list[SelectionPoint])

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Self:
        """From what `asdict` made of one."""
        plain = {name: value for name, value in values.items() if name not in ("steps", "selections")}
        steps = [StepPoint(**point) for point in values["steps"]]
        selections = [SelectionPoint(**point) for point in values["selections"]]
        return cls(**plain, steps=steps, selections=selections)


class Clock:
    """Adds the time of work to a training's progress, pauses left out."""

    def __init__(self, progress: Progress, attention: Attention) -> None:
        self._progress, self._attention = progress, attention
        self._seconds_before, self._processor_before = progress.seconds, progress.processor_seconds
        self._paused_before = attention.paused_seconds
        self._started, self._processor_started = time.monotonic(), time.process_time()

    def tick(self) -> None:
        paused = self._attention.paused_seconds - self._paused_before
        self._progress.seconds = self._seconds_before + time.monotonic() - self._started - paused
        self._progress.processor_seconds = (
            self._processor_before + time.process_time() - self._processor_started
        )
