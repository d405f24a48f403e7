"""The progress of a finetuning on stderr: a moving bar on a terminal, plain lines elsewhere. No decisions here."""

import time
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from core.cli.terminal import say, time_left

_SECONDS_BETWEEN_LINES = 5.0
_CANDIDATES = 5


class FinetuneProgress:
    """Context manager; `event` takes the process's events from any thread, `samples` the preparation's counts."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._bar: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._last_line = 0.0
        self._chosen = 0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[text]}"),
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

    def samples(self, done: int, total: int) -> None:
        self._show("samples", done, total)

    def event(self, event: dict[str, Any]) -> None:
        """Show one event; what is not known is passed over."""
        match event:
            case {"event": "started", "device": device, "side": side, "batch": batch, "split": [*split]}:
                self.say(f"{device}, side {side}, batch {batch}")
                for sentence in split:
                    self.say(str(sentence))
            case {"event": "preparing", "done": int(done), "total": int(total)}:
                self._show("views", done, total)
            case {"event": "step", "iteration": int(done), "iterations": int(total)}:
                self._show("training", done, total, _step_text(event))
            case {"event": "selection", "iteration": int(done), "j": float(j)}:
                self.say(f"step {done}: J {j:.3f} on the frames that choose")
            case {"event": "oom", "batch": batch}:
                self.say(f"note: the memory did not suffice; going on with {batch} samples at once.")
            case {"event": "choosing"}:
                self._chosen += 1
                self._show("choosing", self._chosen, max(_CANDIDATES, self._chosen))
            case {"event": "reporting", "done": int(done), "total": int(total)}:
                self._show("report", done, total)
            case _:
                pass

    def _show(self, title: str, done: int, total: int, text: str = "") -> None:
        if self._bar is None:
            self._show_line(title, done, total, text)
            return
        if title not in self._tasks:
            self._tasks[title] = self._bar.add_task(f"{title:<9}", total=total, text="")
        self._bar.update(self._tasks[title], completed=done, total=total, text=text)

    def _show_line(self, title: str, done: int, total: int, text: str) -> None:
        now = time.monotonic()
        if done < total and now - self._last_line < _SECONDS_BETWEEN_LINES:
            return
        self._last_line = now
        say(f"{title}  {done}/{total}  {text}".rstrip())


def _step_text(event: dict[str, Any]) -> str:
    terms, memory, left = event.get("terms"), event.get("memory_mib"), event.get("seconds_left")
    parts: list[str] = []
    if isinstance(terms, dict) and "total" in terms:
        parts.append(f"objective {terms['total']:.2f}")
    if isinstance(memory, int | float):
        parts.append(f"{memory:.0f} MiB")
    if isinstance(left, int | float):
        parts.append(time_left(left))
    return "  ".join(parts)
