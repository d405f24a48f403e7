"""The report as Markdown, and its place in a page between two markers. No measuring here."""

from datetime import UTC, datetime
from pathlib import Path

from core.bench.rows import GROUPS, TITLES, BenchReport, Row
from core.errors import InputError
from core.video.atomic import AtomicFile

BEGIN, END = "<!-- cagdde bench -->", "<!-- /cagdde bench -->"
_HEAD = "| | median ms | p95 ms | frames a second | peak memory MiB | |\n|---|---|---|---|---|---|\n"
_GPU_HEAD = (
    "| | median ms | p95 ms | frames a second | peak memory MiB | peak of the card MiB | |\n"
    "|---|---|---|---|---|---|---|\n"
)


def to_markdown(report: BenchReport) -> str:
    """Machine, then a table for each group of rows."""
    parts = [_machine_words(report)]
    for group in GROUPS:
        rows = [row for row in report.rows if row.group == group]
        if rows:
            lines = "".join(_line(row, group == "gpu") for row in rows)
            parts.append(f"**{TITLES[group]}**\n\n{_GPU_HEAD if group == 'gpu' else _HEAD}{lines}")
    return "\n".join(parts)


def write_into(page: Path, report: BenchReport) -> None:
    """Put the tables where the page has its markers; the rest of it stays.

    Raises: InputError: there is no such page, or it has no markers. OutputError: it cannot be written.
    """
    try:
        text = page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{page}: cannot be read ({error}).") from error
    begin, end = text.find(BEGIN), text.find(END)
    if begin < 0 or end < begin:
        raise InputError(
            f"{page}: has no place for the table; put a line {BEGIN} and a line {END} below it there."
        )
    new = f"{text[:begin]}{BEGIN}\n\n{to_markdown(report)}\n{text[end:]}"
    with AtomicFile(page) as file:
        file.write(new.encode())


def _machine_words(report: BenchReport) -> str:
    day = datetime.fromtimestamp(report.made_at, UTC).strftime("%Y-%m-%d")
    load = "" if report.load is None else f", load {report.load:.1f} before the start"
    facts = "; ".join(f"{name} {value}" for name, value in report.machine.items())
    return f"`{report.command}`, {day}, {report.seconds:.0f} s{load}. Machine: {facts}.\n"


def _line(row: Row, on_gpu: bool) -> str:
    cells = [row.name, *cells_of(row, on_gpu)]
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |\n"


def cells_of(row: Row, on_gpu: bool = False) -> list[str]:
    """Figures and the note, as words; the sentence in the note's place where a row failed."""
    figures = row.figures
    numbers = [figures.median_ms, figures.p95_ms, figures.frames_per_second] if figures else [None] * 3
    cells = [_number(value) for value in numbers] + [_whole(row.peak_mib)]
    if on_gpu:
        cells.append(_whole(figures.gpu_mib if figures else None))
    return [*cells, figures.note if figures else row.failure]


def _number(value: float | None) -> str:
    """Three figures are enough."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
