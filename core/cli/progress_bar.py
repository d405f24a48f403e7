"""Progress on stderr: a moving bar for each title on a terminal, plain lines elsewhere. Whose, says the caller."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from core.cli.terminal import say

_SECONDS_BETWEEN_LINES = 5.0


class ProgressBar:
    """Context manager; its methods may be called from any thread, one at a time."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._last_line = 0.0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[text]}", markup=False),
            )
            self._bar = Progress(*columns, console=self._console)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, sentence: str) -> None:
        """A line that does not tear the bar."""
        if self._bar is not None:
            self._bar.console.print(sentence, markup=False, highlight=False, soft_wrap=True)
        else:
            say(sentence)

    def show(self, title: str, done: int, total: int, text: str = "") -> None:
        """The state of what the title names. Lines come some seconds apart, the last one always."""
        if self._bar is not None:
            if title not in self._tasks:
                self._tasks[title] = self._bar.add_task(title, total=total, text="")
            self._bar.update(self._tasks[title], completed=done, total=total, text=text)
            return
        now = time.monotonic()
        if done >= total or now - self._last_line >= _SECONDS_BETWEEN_LINES:
            self._last_line = now
            say(f"{title}  {done}/{total}  {text}".rstrip())
