"""What an evaluation came to, as values that become JSON, tables and a page. Nothing is computed here."""

from dataclasses import dataclass
from typing import Literal

from core.metrics.bootstrap import Interval
from core.metrics.confidence import ConfidenceMeasures
from core.metrics.report import Report

MethodKind = Literal["model", "maps"]


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of the tables. better: 1 where more is better, -1 where less is."""

    title: str
    field: str
    better: int = 1


MEASURES = (
    Measure("max F", "max_f"),
    Measure("adaptive F", "adaptive_f"),
    Measure("S", "s_measure"),
    Measure("MAE", "mae", -1),
    Measure("max E", "max_e"),
    Measure("adaptive E", "adaptive_e"),
    Measure("weighted F", "weighted_f"),
    Measure("J", "j"),
    Measure("boundary F", "boundary_f"),
)
"""Fields of core.metrics.ReportRow, in the order they are shown."""


@dataclass(frozen=True, slots=True)
class MethodFacts:
    """What was evaluated. facts: in words and numbers, without paths: weights, their sha256, flow, runtime."""

    name: str
    kind: MethodKind
    facts: dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class DataFacts:
    """On what. frames: of all clips. annotated: those that were measured, before a protocol leaves some out."""

    name: str
    title: str
    split: str
    clips: int
    frames: int
    annotated: int


@dataclass(frozen=True, slots=True)
class Curves:
    """Of one method, overall: one value a threshold, ascending."""

    precision: tuple[float, ...]
    recall: tuple[float, ...]
    f: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """How much `second` is above `first` in one measure (field of ReportRow)."""

    first: str
    second: str
    measure: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class ProtocolResult:
    """reports, curves: in the methods' order. differences: of every method to the first one."""

    protocol: str
    reports: tuple[Report, ...]
    curves: tuple[Curves, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class FlickerRow:
    """Mean flicker over the pairs of neighbouring annotated frames of a clip ("all": of the clips' means).

    ground_truth: of the ground truth's own masks. methods: in their order. None where there is no pair.
    """

    name: str
    pairs: int
    ground_truth: float | None
    methods: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class ConfidenceRow:
    """How well one value says how good a map is.

    says: the value. of: the overlap that it is compared with.
    """

    method: str
    says: str
    of: str
    measures: ConfidenceMeasures


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A row of the paper. table: where it is printed there."""

    table: str
    protocol: str
    max_f: float
    s_measure: float
    mae: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything but the pictures. flicker: overall last; empty where it was not measured. notes: sentences."""

    data: DataFacts
    methods: tuple[MethodFacts, ...]
    protocols: tuple[ProtocolResult, ...]
    flicker: tuple[FlickerRow, ...] = ()
    confidence: tuple[ConfidenceRow, ...] = ()
    published: tuple[PublishedRow, ...] = ()
    notes: tuple[str, ...] = ()


_TABLE_1 = {
    "davsod": (0.670, 0.762, 0.072),
    "davis16": (0.898, 0.906, 0.018),
    "segv2": (0.826, 0.865, 0.027),
    "fbms": (0.858, 0.870, 0.039),
}
"""max F, S, MAE of CAG-DDE in Table 1 of the paper (arXiv 2105.06714)."""


def published(data: str) -> tuple[PublishedRow, ...]:
    """The paper's rows for a data set (its name as in core.datasets.benchmark); none for those it does not report."""
    row = _TABLE_1.get(data)
    return () if row is None else (PublishedRow("CAG-DDE, Table 1 of the paper", "authors", *row),)
