"""What the list of clips says of each: how far its frames are, and where its file is. No widgets here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.project import ClipPlace, ClipRecord, Project

STATES = {
    "accepted": "accepted",
    "corrected": "corrected",
    "propagated": "propagated",
    "needs_work": "needs work",
}
"""The states that are counted, in the order of the bar, with their words."""
PLACES = {"moved": "moved", "changed": "file changed", "missing": "file missing"}
"""What is said beside a clip that is not where it was, or not what it was."""


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """One clip of the list.

    path: where it was last seen. frames: how many it has. counts: frames by state, as in STATES. place: "found",
    "moved", "changed", "missing", or "" while that is not known. sentence: says the place in full.
    """

    id: int
    name: str
    path: Path
    frames: int
    counts: tuple[tuple[str, int], ...] = ()
    place: str = ""
    sentence: str = ""

    @property
    def marker(self) -> str:
        """The word for a clip that is not at its place, empty for one that is."""
        return PLACES.get(self.place, "")

    @property
    def progress(self) -> str:
        """The counts in words."""
        done = [f"{count} {STATES[state]}" for state, count in self.counts]
        return f"{', '.join(done)} of {self.frames}" if done else f"{self.frames} frames, none corrected"

    @property
    def short_progress(self) -> str:
        """The furthest state alone, where there is little room."""
        return (
            f"{self.counts[0][1]} of {self.frames} {STATES[self.counts[0][0]]}"
            if self.counts
            else self.progress
        )

    @property
    def description(self) -> str:
        """All of it, for tooltips and screen readers."""
        return "\n".join(filter(None, (self.name, str(self.path), self.progress, self.sentence)))


def facts_of(
    records: "Iterable[ClipRecord]",
    counts: Mapping[int, Mapping[str, int]],
    places: "Mapping[int, ClipPlace]",
) -> tuple[ClipFacts, ...]:
    """Put together what is known of the clips."""
    return tuple(
        ClipFacts(
            record.id,
            record.name,
            record.path,
            record.frame_count,
            _ordered(counts.get(record.id, {})),
            places[record.id].status if record.id in places else "",
            places[record.id].sentence if record.id in places else "",
        )
        for record in records
    )


def _ordered(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((state, counts[state]) for state in STATES if counts.get(state))


def read_counts(project: "Project | None") -> dict[int, dict[str, int]]:
    """Frames by clip and state. Reads the file: only in a queue."""
    if project is None:
        return {}
    return {
        clip: {state.value: count for state, count in found.items()}
        for clip, found in project.state_counts().items()
    }
