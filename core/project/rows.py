"""The tables of a project file, and the checksum that every row carries. No connection is opened here."""

import struct
import zlib
from collections.abc import Sequence
from typing import Literal

SCHEMA_VERSION = 1
APPLICATION_ID = 0x43414744
"""Written into the file's header, so that another program's database is not taken for a project."""

ColumnType = Literal["INTEGER", "REAL", "TEXT", "BLOB"]
Value = int | float | str | bytes | None
Row = dict[str, Value]

TABLES: dict[str, dict[str, ColumnType]] = {
    "facts": {"name": "TEXT", "value": "TEXT"},
    "clips": {
        "name": "TEXT",
        "path": "BLOB",
        "relative": "BLOB",
        "kind": "TEXT",
        "frame_count": "INTEGER",
        "height": "INTEGER",
        "width": "INTEGER",
        "frames_per_second": "REAL",
        "fingerprint": "TEXT",
        "pts": "BLOB",
    },
    "frames": {
        "clip": "INTEGER",
        "frame": "INTEGER",
        "pts_seconds": "REAL",
        "state": "TEXT",
        "threshold": "REAL",
        "layer": "BLOB",
        "accepted": "BLOB",
    },
    "steps": {"name": "TEXT", "made_at": "REAL"},
    "changes": {
        "step": "INTEGER",
        "clip": "INTEGER",
        "frame": "INTEGER",
        "undone": "INTEGER",
        "patch": "BLOB",
        "state_before": "TEXT",
        "state_after": "TEXT",
        "threshold_before": "REAL",
        "threshold_after": "REAL",
        "accepted_before": "BLOB",
        "accepted_after": "BLOB",
    },
    "notes": {"clip": "INTEGER", "frame": "INTEGER", "text": "TEXT", "made_at": "REAL"},
    "runs": {"kind": "TEXT", "made_at": "REAL", "facts": "TEXT"},
}
"""Columns between `id` (the row's number) and `written_ns`, `checksum`, which every table has.

frames: one row for each frame that was ever touched; layer and accepted are maps (map_codec.py).
steps and changes: the journal. A step is what the user did, a change is what it did to one frame. Among the changes
of a frame, in the order of id, the undone ones come last.
"""

_INDEXES = (
    "CREATE UNIQUE INDEX frames_by_place ON frames (clip, frame)",
    "CREATE INDEX changes_by_place ON changes (clip, frame, id)",
    "CREATE INDEX changes_by_step ON changes (step)",
)


def columns(table: str) -> tuple[str, ...]:
    """All column names of a table, in the order of the file."""
    return ("id", *TABLES[table], "written_ns", "checksum")


def schema_statements() -> list[str]:
    """What makes the tables of a new project."""
    made: list[str] = []
    for table, types in TABLES.items():
        middle = ", ".join(f"{name} {kind}" for name, kind in types.items())
        made.append(
            f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {middle}, "
            "written_ns INTEGER NOT NULL, checksum INTEGER NOT NULL)"
        )
    return [*made, *_INDEXES]


def row_checksum(table: str, values: Sequence[Value]) -> int:
    """CRC-32 over the table's name and all values of a row, its id first, the checksum left out."""
    checksum = zlib.crc32(table.encode())
    for value in values:
        checksum = zlib.crc32(_as_bytes(value), checksum)
    return checksum


def _as_bytes(value: Value) -> bytes:
    if value is None:
        return b"n"
    if isinstance(value, int):
        return b"i%d;" % value
    if isinstance(value, float):
        return b"f" + struct.pack("<d", value)
    data, kind = (value.encode("utf-8"), b"s") if isinstance(value, str) else (value, b"b")
    return b"%b%d;" % (kind, len(data)) + data
