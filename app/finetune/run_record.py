"""What a running finetuning has told so far: curves, numbers, what it is doing. Plain values from its events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Series = tuple[list[int], list[float]]
"""Iterations and values."""

TERM_WORDS = {
    "total": "Total",
    "bce": "BCE",
    "ssim": "SSIM",
    "iou": "IoU",
    "side": "Side maps",
    "confidence": "Confidence",
    "replay": "Replay",
}
"""The terms of the objective by name: core.network.objective's, and what the replayed pictures add to it."""
CHOICE_WORDS = {"j": "J", "max_f": "max F"}
_VIEWS = ("Making views of the frames…", "views")
_TRIAL = ("Training", "training")
_REFIT = ("Training again, with the frames that chose", "training again")


@dataclass(slots=True)
class RunRecord:
    """terms: by the objective's names. selection: J and max F of the averaged weights on the selection part.

    doing: one line on what it does. brief: the same in a word or two. done, total: of that, total 0 where it is not
    known.
    """

    terms: dict[str, Series] = field(default_factory=dict[str, Series])
    selection: dict[str, Series] = field(default_factory=dict[str, Series])
    iteration: int = 0
    iterations: int = 0
    device: str = ""
    rate: float | None = None
    memory_mib: float | None = None
    seconds_left: float | None = None
    doing: str = "Starting…"
    brief: str = "starting"
    done: int = 0
    total: int = 0
    notes: list[str] = field(default_factory=list[str])
    paused: bool = False

    def take(self, event: Mapping[str, Any]) -> None:
        """Note an event; unknown ones are ignored."""
        handler = getattr(self, f"_take_{event['event'].replace(' ', '_')}", None)
        if handler is not None:
            handler(event)

    def _take_started(self, event: Mapping[str, Any]) -> None:
        self.iterations = int(event.get("iterations", 0))
        threads = event.get("threads")
        self.device = str(event.get("device", ""))
        if self.device == "cpu" and threads:
            self.device = f"Processor, {threads} thread{'' if threads == 1 else 's'}"
        self._do("Reading the frames…", "reading")

    def _take_probe(self, event: Mapping[str, Any]) -> None:
        if event.get("accumulate", 1) > 1:
            self.notes.append(f"Little memory: each step runs in {event['accumulate']} parts.")
        self._do(*_VIEWS)

    def _take_preparing(self, event: Mapping[str, Any]) -> None:
        self._do(*_VIEWS, event)

    def _take_step(self, event: Mapping[str, Any]) -> None:
        self.iteration = int(event["iteration"])
        self.iterations = int(event["iterations"])
        for name, value in event.get("terms", {}).items():
            _append(self.terms.setdefault(name, ([], [])), self.iteration, value)
        self.rate, self.memory_mib = event.get("rate"), event.get("memory_mib")
        self.seconds_left = event.get("seconds_left")
        again = event.get("training") == "refit"
        done, total = event.get("step", self.iteration), event.get("steps", self.iterations)
        self._do(*(_REFIT if again else _TRIAL), {"done": done, "total": total})

    def _take_refit(self, event: Mapping[str, Any]) -> None:
        self.iterations = int(event["iterations"])
        self.notes.append("A better model is found; it trains again, also with the frames that chose it.")
        self._do(*_REFIT)

    def _take_selection(self, event: Mapping[str, Any]) -> None:
        for name in CHOICE_WORDS:
            if event.get(name) is not None:
                _append(self.selection.setdefault(name, ([], [])), int(event["iteration"]), event[name])

    def _take_oom(self, event: Mapping[str, Any]) -> None:
        self.notes.append(f"Memory ran out: each step runs in {event.get('accumulate')} parts now.")

    def _take_paused(self, event: Mapping[str, Any]) -> None:
        self.paused = True

    def _take_resumed(self, event: Mapping[str, Any]) -> None:
        self.paused = False

    def _take_choosing(self, event: Mapping[str, Any]) -> None:
        self.seconds_left = None
        share = float(event.get("a", 0.0))
        self._do("Comparing old and new weights…", "choosing", {"done": round(share * 4) + 1, "total": 5})

    def _take_reporting(self, event: Mapping[str, Any]) -> None:
        self._do("Measuring the frames kept for the report…", "measuring", event)

    def _do(self, words: str, brief: str, progress: Mapping[str, Any] | None = None) -> None:
        self.doing, self.brief = words, brief
        self.done = int(progress["done"]) if progress else 0
        self.total = int(progress["total"]) if progress else 0


def _append(series: Series, iteration: int, value: float) -> None:
    """A resumed run tells some iterations again: what came after is forgotten."""
    places, values = series
    while places and places[-1] >= iteration:
        places.pop()
        values.pop()
    places.append(iteration)
    values.append(float(value))
