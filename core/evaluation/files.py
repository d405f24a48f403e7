"""An evaluation as files: JSON, CSV, Markdown and the page, byte for byte the same for the same evaluation."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from core.evaluation.outcome import MEASURES, Evaluation
from core.evaluation.page import evaluation_page
from core.evaluation.run import Evaluated
from core.evaluation.tables import Table, all_tables, amount
from core.exchange.output_folder import new_folder

JSON_NAME, CSV_NAME, MARKDOWN_NAME, PAGE_NAME = "eval.json", "eval.csv", "eval.md", "eval.html"
RESULT_NAMES = frozenset({JSON_NAME, CSV_NAME, MARKDOWN_NAME, PAGE_NAME})
FORMAT = 1
_DIGITS = 8
"""Beyond these, sums may depend on the machine's vector units."""


def write_files(evaluated: Evaluated, folder: Path, overwrite: bool = False) -> None:
    """Write all files into a folder that appears whole or not at all.

    Args:
        overwrite: replace the folder of an earlier evaluation.

    Raises:
        OutputError: something is in the way, or the disk refuses.
    """
    evaluation = evaluated.evaluation
    with new_folder(folder, overwrite, RESULT_NAMES) as place:
        contents = {
            JSON_NAME: as_json(evaluation),
            CSV_NAME: as_csv(evaluation),
            MARKDOWN_NAME: as_markdown(evaluation),
            PAGE_NAME: evaluation_page(evaluation, evaluated.sheet),
        }
        for name, content in contents.items():
            (place / name).write_bytes(content.encode())


def as_json(evaluation: Evaluation) -> str:
    """Everything, 8 digits after the point; what was not measured is null."""
    document = {"format": FORMAT, **asdict(evaluation)}
    return json.dumps(_rounded(document), indent=1, allow_nan=False) + "\n"


def as_csv(evaluation: Evaluation) -> str:
    """One row for each protocol, method and clip, "all" over them first; empty cells for what was not measured."""
    fields = [measure.field for measure in MEASURES]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["protocol", "method", "clip", "frames", *fields, "flicker", "flicker_ground_truth"])
    writer.writerows(_csv_rows(evaluation, fields))
    return text.getvalue()


def _csv_rows(evaluation: Evaluation, fields: list[str]) -> Iterator[list[Any]]:
    flicker = {row.name: row for row in evaluation.flicker}
    for result in evaluation.protocols:
        for number, (method, report) in enumerate(zip(evaluation.methods, result.reports, strict=True)):
            for row in (report.overall, *report.per_clip):
                steady = flicker.get(row.name)
                own = (None, None) if steady is None else (steady.methods[number], steady.ground_truth)
                measured = [getattr(row, field) for field in fields]
                named = [result.protocol, method.name, row.name, row.frames]
                yield [
                    *named,
                    *("" if value is None else round(value, _DIGITS) for value in (*measured, *own)),
                ]


def as_markdown(evaluation: Evaluation) -> str:
    """All tables with their notes."""
    lines = [f"# Evaluation: {evaluation.data.title}", "", amount(evaluation)]
    for table in all_tables(evaluation):
        lines += ["", f"## {table.title}", ""]
        if table.note:
            lines += [table.note, ""]
        lines += _markdown_table(table)
    if evaluation.notes:
        lines += ["", "## Notes", "", *(f"- {note}" for note in evaluation.notes)]
    return "\n".join(lines) + "\n"


def _markdown_table(table: Table) -> Iterator[str]:
    yield _line(table.header)
    yield _line(["---" if column < table.texts else "---:" for column in range(len(table.header))])
    for number, row in enumerate(table.rows):
        yield _line([f"**{cell}**" for cell in row] if number in table.emphasised else row)


def _line(cells: tuple[str, ...] | list[str]) -> str:
    # A bar in a clip's name would end the table's cell.
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in cast("dict[str, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(entry) for entry in cast("list[Any]", value)]
    return value
