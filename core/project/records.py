"""What a project tells of itself: frozen values, no database. Public through core.project."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.masks.rectangle import Rectangle
from core.types import SizeHW
from core.video import ClipInfo

DEFAULT_THRESHOLD = 0.5


class FrameState(StrEnum):
    """How far a frame is. A frame that the project does not know yet has no state."""

    PREDICTED = "predicted"
    """Nothing is corrected: the mask is the model's."""
    PROPAGATED = "propagated"
    """Its corrections came from other frames."""
    CORRECTED = "corrected"
    ACCEPTED = "accepted"
    """Its mask is frozen as ground truth."""
    NEEDS_WORK = "needs_work"


@dataclass(frozen=True, slots=True, eq=False)
class ClipRecord:
    """A clip as the project remembers it, found or not.

    id: its number in the project. name: for people, from its file. path: where it was last seen.
    relative: the same, from the project's folder; None where there is no such way (another drive).
    pts_seconds: float64 (frame_count,), the times of its frames.
    """

    id: int
    name: str
    path: Path
    relative: Path | None
    kind: str
    frame_count: int
    size_hw: SizeHW
    frames_per_second: float
    fingerprint: str
    pts_seconds: NDArray[np.float64]

    @property
    def duration_seconds(self) -> float:
        return float(self.pts_seconds[-1]) + 1.0 / self.frames_per_second if self.frame_count else 0.0

    def matches(self, info: ClipInfo) -> bool:
        """Whether an opened clip is this one, to the content."""
        return info.fingerprint == self.fingerprint


@dataclass(frozen=True, slots=True)
class ClipPlace:
    """Where a clip is now.

    status: "found"; "moved" (found elsewhere, same content); "changed" (its file is there, with another content);
    "missing". path: None only when missing. sentence: for people; empty when found.
    """

    status: Literal["found", "moved", "changed", "missing"]
    path: Path | None
    sentence: str


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """One frame that was touched. corrected: its layer is set somewhere. accepted: it has a frozen mask."""

    clip: int
    index: int
    pts_seconds: float
    state: FrameState
    threshold: float
    has_layer: bool
    has_accepted: bool


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step in the history of a frame. frames: how many frames the whole step changed."""

    step: int
    name: str
    made_at: float
    undone: bool
    frames: int


@dataclass(frozen=True, slots=True)
class StepResult:
    """What an undo or redo did.

    changed: the frames it changed, in order. kept: frames of the same step that it left alone, because something
    newer lies on top there. rectangles: where pixels changed, by frame.
    """

    name: str
    changed: tuple[int, ...]
    kept: tuple[int, ...] = ()
    rectangles: dict[int, Rectangle] = field(default_factory=dict[int, Rectangle])


@dataclass(frozen=True, slots=True)
class Note:
    """A remark on the project (clip None), a clip (frame None) or a frame. made_at: seconds since 1970."""

    id: int
    clip: int | None
    frame: int | None
    text: str
    made_at: float


@dataclass(frozen=True, slots=True)
class Run:
    """Something that was computed with the project, such as a finetuning. facts: JSON-able."""

    id: int
    kind: str
    made_at: float
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check noticed. serious: something of the user's is lost or wrong."""

    place: str
    serious: bool
    text: str
