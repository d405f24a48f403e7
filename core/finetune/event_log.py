"""What a run has told so far, on the disk: a window that is opened later shows its curves from here.

One JSON object a line, as on the child's stdout. A run that was ended from outside tells some steps again when it goes
on: the later ones count.
"""

import contextlib
import json
from collections.abc import Callable
from pathlib import Path

from core.finetune.control import Event
from core.finetune.ending import event_of

EVENTS_NAME = "events.jsonl"

_KEPT = ("started", "probe", "step", "selection", "oom", "refit", "choosing")
"""What stays of interest; how far a preparation is does not."""


class EventLog:
    """Passes events on and keeps them in a job's folder. A disk that is full costs the record alone, not the run."""

    def __init__(self, folder: Path, emit: Callable[[Event], None]) -> None:
        self._path, self._emit = folder / EVENTS_NAME, emit
        with contextlib.suppress(OSError):
            if not self._path.read_bytes().endswith(b"\n"):  # its process was ended in the middle of a line
                with self._path.open("ab") as file:
                    file.write(b"\n")

    def take(self, event: Event) -> None:
        if event["event"] in _KEPT:
            with contextlib.suppress(OSError), self._path.open("ab") as file:
                file.write(json.dumps(event, default=str).encode() + b"\n")
        self._emit(event)


def past_events(folder: Path) -> list[Event]:
    """The events that a job's runs have told, in order; of iterations that were told again, the later ones."""
    try:
        lines = (folder / EVENTS_NAME).read_bytes().splitlines()
    except OSError:
        return []
    events: list[Event] = []
    reached: dict[str, int] = {}
    for event in filter(None, map(event_of, lines)):
        name, iteration = event["event"], event.get("iteration")
        if isinstance(iteration, int):
            if iteration <= reached.get(name, -1):
                events = [known for known in events if not _told_again(known, name, iteration)]
            reached[name] = iteration
        events.append(event)
    return events


def _told_again(known: Event, name: str, iteration: int) -> bool:
    return known["event"] == name and known["iteration"] >= iteration
