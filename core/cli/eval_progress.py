"""The progress of an evaluation on stderr: a moving bar on a terminal, plain lines elsewhere. No decisions here."""

import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from core.cli.terminal import say, time_left

if TYPE_CHECKING:
    from core.evaluation.plan import Progress as EvaluationProgress

_SECONDS_BETWEEN_LINES = 5.0
_KNOWN_AFTER_SECONDS = 3.0


class EvalProgress:
    """Context manager; `show` may be called for every step."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._started: float | None = None
        self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}", markup=False))
            self._bar = Progress(*columns, console=self._console, transient=True)
            self._bar.add_task("", total=None)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, progress: "EvaluationProgress") -> None:
        """The state of the evaluation."""
        now = time.monotonic()
        if self._started is None:
            self._started = now  # loading the model does not tell how long the rest takes
        if self._bar is not None:
            text = f"{progress.doing}  {self._left(progress, now)}"
            self._bar.update(
                self._bar.task_ids[0], completed=progress.done, total=progress.total, description=text
            )
        elif progress.done == progress.total or now - self._last_line >= _SECONDS_BETWEEN_LINES:
            self._last_line = now
            say(f"{progress.done}/{progress.total}  {progress.doing}  {self._left(progress, now)}".rstrip())

    def _left(self, progress: "EvaluationProgress", now: float) -> str:
        worked = 0.0 if self._started is None else now - self._started
        if worked < _KNOWN_AFTER_SECONDS or progress.done == progress.total:
            return ""
        return time_left(worked / (progress.done - 1) * (progress.total - progress.done))
