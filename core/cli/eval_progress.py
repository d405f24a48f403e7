"""The progress of an evaluation, one bar or line of text. No decisions here."""

import time
from typing import TYPE_CHECKING

from core.cli.progress_bar import ProgressBar
from core.cli.terminal import time_left

if TYPE_CHECKING:
    from core.evaluation.plan import Progress

_KNOWN_AFTER_SECONDS = 3.0


class EvalProgress(ProgressBar):
    """Context manager; `step` may be called for every step."""

    def __init__(self) -> None:
        super().__init__()
        self._started: float | None = None

    def step(self, progress: "Progress") -> None:
        """The state of the evaluation."""
        now = time.monotonic()
        if self._started is None:
            self._started = now  # loading the model does not tell how long the rest takes
        text = f"{progress.doing}  {self._left(progress, now - self._started)}"
        self.show("steps", progress.done, progress.total, text.rstrip())

    def _left(self, progress: "Progress", worked: float) -> str:
        if worked < _KNOWN_AFTER_SECONDS or progress.done == progress.total:
            return ""
        return time_left(worked / (progress.done - 1) * (progress.total - progress.done))
