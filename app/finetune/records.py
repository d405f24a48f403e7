"""The frozen values of finetuning in the window: what there is to train on, what was found, how a run ended."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.finetune.outcome import FinetuneReport

PRESETS = {
    "quick": ("Quick", "about three minutes on two processor cores"),
    "thorough": ("Thorough", "five times as many steps, at the network's own size"),
    "paper": ("As in the paper", "the authors' rate and length, for a graphics card"),
}
"""By the name of a preset of core.finetune.job: its words and what it means."""


class Phase(Enum):
    """Where a finetuning stands in the window."""

    IDLE = "nothing runs"
    PREPARING = "frames are being written"
    RUNNING = "the child process is at work"
    BROKEN = "a run ended before its end"
    DONE = "there is a result"


@dataclass(frozen=True, slots=True)
class ClipCount:
    """A clip of the project and how many of its frames are accepted."""

    name: str
    accepted: int


@dataclass(frozen=True, slots=True)
class DataSummary:
    """What a finetuning would be made of. sentences: the hold-out. refusal: why it cannot start; empty if it can."""

    clips: tuple[ClipCount, ...] = ()
    sentences: tuple[str, ...] = ()
    refusal: str = ""

    @property
    def accepted(self) -> int:
        return sum(clip.accepted for clip in self.clips)


@dataclass(frozen=True, slots=True)
class BrokenRun:
    """A run that did not come to its end. sentence: why, for people. resumable: it can go on."""

    folder: Path
    sentence: str
    resumable: bool


@dataclass(frozen=True, slots=True, eq=False)
class FinishedRun:
    """A run with a result. decision: what was done with it, empty while that is open."""

    folder: Path
    report: "FinetuneReport"
    decision: str = ""

    @property
    def may_be_promoted(self) -> bool:
        return (
            not self.report.result.kept_old and self.report.result.weights is not None and not self.decision
        )


@dataclass(frozen=True, slots=True)
class PastRun:
    """A finetuning that the project remembers. made_at: seconds since 1970. numbers: J before and after.

    base: name of the model that it started from. model: id of the one that it became, empty for none.
    standing: of that model: "default", "listed" or "deleted"; empty for none.
    """

    number: int
    made_at: float
    decision: str
    reason: str
    numbers: str
    frames: str
    base: str
    model: str = ""
    standing: str = ""
