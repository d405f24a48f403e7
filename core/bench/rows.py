"""What is measured, as values: one row each, and the report that holds them. No measuring here."""

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any, Literal, get_args

import numpy as np

Group = Literal["decode", "seek", "flow", "network", "pipeline", "start", "gpu"]
GROUPS: tuple[Group, ...] = get_args(Group)
TITLES: dict[Group, str] = {
    "decode": "Decode, frames in order",
    "seek": "Seek, frames at random",
    "flow": "Optical flow, a pair of frames",
    "network": "Network, one frame at a time",
    "pipeline": "From file to results",
    "start": "Start of a process",
    "gpu": "Networks on a graphics card",
}
FORMAT = "cagdde-bench/1"


@dataclass(frozen=True, slots=True)
class Figures:
    """What a measurement found. Milliseconds are of one frame, pair, seek or start.

    frames_per_second: None where frames are not what counts. gpu_mib: peak of the device's memory. note: what else
    there is to know, for example the precision that was chosen.
    """

    median_ms: float
    p95_ms: float | None = None
    frames_per_second: float | None = None
    gpu_mib: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. figures: None where it failed, `failure` being the sentence on why.

    peak_mib: largest resident size of the process that measured.
    """

    group: Group
    name: str
    figures: Figures | None = None
    peak_mib: float | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class BenchReport:
    """All rows. machine: names and values that describe it and the versions of the libraries. command: that made it.

    made_at: seconds since 1970. load: the machine's load before the start, None where the system does not tell.
    """

    command: str
    made_at: float
    seconds: float
    load: float | None
    machine: dict[str, str]
    rows: tuple[Row, ...] = field(default=())
    format: str = FORMAT

    def to_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {"format": self.format} | asdict(self)


def figures_of(milliseconds: list[float], frames_per_second: bool = True, note: str = "") -> Figures:
    """Median and 95th percentile of single times.

    Args:
        milliseconds: at least one.
        frames_per_second: whether each is a frame's.
    """
    middle = median(milliseconds)
    p95 = float(np.percentile(milliseconds, 95)) if len(milliseconds) > 1 else None
    return Figures(middle, p95, 1000 / middle if frames_per_second and middle > 0 else None, None, note)
