"""What commands print: progress on stderr, a moving bar on a terminal and plain lines elsewhere. No decisions here."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from core.inference.progress import InferenceProgress

if TYPE_CHECKING:
    from core.cli.predict_job import ClipTask

_SECONDS_BETWEEN_LINES = 5.0


def say(sentence: str) -> None:
    """One line for people, on stderr."""
    print(sentence, file=sys.stderr, flush=True)


def time_left(seconds: float | None) -> str:
    """ "3 s left", "2:05 left", or nothing while it is unknown."""
    if seconds is None:
        return ""
    whole = round(seconds)
    return f"{whole} s left" if whole < 60 else f"{whole // 60}:{whole % 60:02d} left"


def progress_text(progress: InferenceProgress) -> str:
    """Rate, time left and what does the work."""
    parts = (
        f"{progress.frames_per_second:.1f} frames/s" if progress.frames_per_second else "",
        time_left(progress.seconds_left) if progress.done < progress.total else "",
        f"{progress.device}, {progress.precision}",
    )
    return "  ".join(part for part in parts if part)


class ClipProgress:
    """Context manager; `show` may be called for every frame."""

    def __init__(self, clip_count: int) -> None:
        self._console = Console(stderr=True)
        self._clip_count = clip_count
        self._number = 0
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._last_line = 0.0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[text]}"),
            )
            self._bar = Progress(*columns, console=self._console, transient=False)
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

    def next_clip(self) -> None:
        """What is shown from now on is of the next clip."""
        self._number += 1
        self._task = None

    def show(self, task: "ClipTask", progress: InferenceProgress) -> None:
        """The state of the clip at work."""
        title = f"[{self._number}/{self._clip_count}] {task.output.name}"
        if self._bar is not None:
            self._show_bar(self._bar, title, progress)
        else:
            self._show_line(title, progress)

    def _show_bar(self, bar: Progress, title: str, progress: InferenceProgress) -> None:
        if self._task is None:
            self._task = bar.add_task(title.replace("[", r"\["), total=progress.total, text="")
        bar.update(self._task, completed=progress.done, text=progress_text(progress))

    def _show_line(self, title: str, progress: InferenceProgress) -> None:
        now = time.monotonic()
        if progress.done < progress.total and now - self._last_line < _SECONDS_BETWEEN_LINES:
            return
        self._last_line = now
        say(f"{title}  {progress.done}/{progress.total}  {progress_text(progress)}")
