"""The sound rows of a damaged project file, by SQLite where it still can and by its pages elsewhere. Writes nothing."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from core.project.pages import RawRow, raw_rows
from core.project.rows import TABLES, Row, columns, row_checksum
from core.video.atomic import output_error

Table = dict[int, Row]
"""Rows by their number."""


@dataclass(slots=True)
class Salvaged:
    """What could be read. faults: sentences on what could not."""

    tables: dict[str, Table] = field(default_factory=lambda: {table: {} for table in TABLES})
    faults: list[str] = field(default_factory=list[str])


def salvage(source: Path) -> Salvaged:
    """Every row of a project file, damaged or not, that is as it was written.

    Raises: OSError when the file cannot be read at all; OutputError when there is no room for a copy.
    """
    content = source.read_bytes()
    log_path = source.with_name(source.name + "-wal")
    log = log_path.read_bytes() if log_path.exists() else b""
    found = Salvaged()
    incomplete = _by_query(source, found)
    if incomplete:
        for table, row in _verified(raw_rows(content, log)):
            if table in incomplete:
                _keep_newest(found.tables[table], row)
    return found


def _by_query(source: Path, found: Salvaged) -> set[str]:
    """Read through SQLite, from a copy because it may repair what it opens. Returns: the unfinished tables."""
    with tempfile.TemporaryDirectory(prefix="cagdde-recover-") as folder:
        copy = Path(folder, "copy.sqlite")
        try:
            for ending in ("", "-wal"):
                part = source.with_name(source.name + ending)
                if part.exists():
                    shutil.copyfile(part, copy.with_name(copy.name + ending))
        except OSError as error:
            raise output_error(copy, error) from error
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            connection.text_factory = _text
            return {table for table in TABLES if not _read_table(connection, table, found)}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")  # a damaged one then fails by its checksum, not by an exception


def _read_table(connection: sqlite3.Connection, table: str, found: Salvaged) -> bool:
    names = columns(table)
    bad = 0
    try:
        for values in connection.execute(f"SELECT {', '.join(names)} FROM {table}"):
            if row_checksum(table, values[:-1]) == values[-1]:
                found.tables[table][values[0]] = dict(zip(names, values, strict=True))
            else:
                bad += 1
    except sqlite3.Error as error:
        found.faults.append(f"the table {table} is damaged ({error})")
        return False
    if bad:
        found.faults.append(f"{bad} rows of the table {table} were not as they were written")
    return not bad


def _verified(rows: Iterator[RawRow]) -> Iterator[tuple[str, Row]]:
    """The rows whose checksum says to which table they belong."""
    by_width: dict[int, list[str]] = {}
    for table in TABLES:
        by_width.setdefault(len(columns(table)), []).append(table)
    for number, values in rows:
        for table in by_width.get(len(values), ()):
            if values[0] is not None or not isinstance(values[-1], int):
                continue
            row = _typed(table, [number, *values[1:]])
            if row_checksum(table, list(row.values())[:-1]) == row["checksum"]:
                yield table, row


def _typed(table: str, values: list[int | float | str | bytes | None]) -> Row:
    """A row by column name. SQLite stores whole numbers of REAL columns as integers."""
    row = dict(zip(columns(table), values, strict=True))
    for name, kind in TABLES[table].items():
        value = row[name]
        if kind == "REAL" and isinstance(value, int):
            row[name] = float(value)
    return row


def _keep_newest(table: Table, row: Row) -> None:
    number = row["id"]
    assert isinstance(number, int)
    there = table.get(number)
    if there is None or int(row["written_ns"] or 0) > int(there["written_ns"] or 0):
        table[number] = row
