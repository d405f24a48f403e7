"""The result of an evaluation as a value, as JSON and as a Markdown table. Nothing is computed here."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class ReportRow:
    """The measures of one clip, or of all. All in [0, 1], but E and (under `authors`) S can pass 1 by about 1/pixels.

    name: the clip's, or "all". frames: how many frames counted under the protocol. j, boundary_f: DAVIS's averaging.
    weighted_f, boundary_f: None where they were not asked for.
    """

    name: str
    frames: int
    max_f: float
    s_measure: float
    mae: float
    j: float
    adaptive_f: float
    max_e: float
    adaptive_e: float
    weighted_f: float | None = None
    boundary_f: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What evaluate returns. protocol: its name. overall: the data set. per_clip: in the order of the clips."""

    protocol: str
    overall: ReportRow
    per_clip: tuple[ReportRow, ...]

    def to_json(self) -> str:
        """All numbers at full precision; measures that were not asked for are null."""
        return json.dumps(asdict(self), indent=2, allow_nan=False) + "\n"

    def to_markdown(self) -> str:
        """A table of max F, S, MAE and J (and of what else was asked for), its protocol's name above it."""
        columns = [column for column in _COLUMNS if getattr(self.overall, column[1]) is not None]
        header = ["clip", "frames", *(title for title, _ in columns)]
        lines = [
            f"Protocol: `{self.protocol}`",
            "",
            _line(header),
            _line(["---", *["---:"] * (len(header) - 1)]),
        ]
        lines += [_line(_cells(row, columns)) for row in self.per_clip]
        lines.append(_line([f"**{cell}**" for cell in _cells(self.overall, columns)]))
        return "\n".join(lines) + "\n"


_COLUMNS = (
    ("max F", "max_f"),
    ("S", "s_measure"),
    ("MAE", "mae"),
    ("J", "j"),
    ("weighted F", "weighted_f"),
    ("boundary F", "boundary_f"),
)


def _cells(row: ReportRow, columns: list[tuple[str, str]]) -> list[str]:
    # A bar in a clip's name would end the table's cell.
    return [
        row.name.replace("|", "\\|"),
        str(row.frames),
        *(f"{getattr(row, field):.3f}" for _, field in columns),
    ]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
