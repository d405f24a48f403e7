"""One open project file: transactions, rows with checksums, and database errors as sentences. No meaning of rows."""

import sqlite3
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import DamagedProjectError, OutputError, ProjectError, StudioError
from core.project.rows import Row, Value, columns, row_checksum

BUSY_SECONDS = 5.0

_DISK_WORDS = {
    "full": "the disk is full; free some space",
    "readonly": "writing there is not permitted; move the project to a folder of yours",
    "disk i/o": "the disk reports an error; check it and keep a copy of the project",
}


def damaged(path: Path, what: str) -> DamagedProjectError:
    """The sentence for a file that is not what was written."""
    return DamagedProjectError(
        f"{path} is damaged: {what}. Nothing was changed; `cagdde project recover` saves what can be read."
    )


def database_sentence(path: Path, error: sqlite3.Error) -> StudioError:
    """An error of SQLite as one of ours."""
    text = str(error).lower()
    for word, reason in _DISK_WORDS.items():
        if word in text:
            return OutputError(f"{path} cannot be written: {reason}.")
    if "locked" in text or "busy" in text:
        return ProjectError(f"{path} is being used by another program: try again when that is done.")
    if isinstance(error, sqlite3.OperationalError) and "unable to open" in text:
        return ProjectError(f"{path} cannot be opened: check the path and your permission to read it.")
    return damaged(path, str(error))


@contextmanager
def database_errors(path: Path) -> Generator[None]:
    """Turns errors of SQLite inside the block into StudioErrors."""
    try:
        yield
    except sqlite3.Error as error:
        raise database_sentence(path, error) from error


class Store:
    """Rows of an open project. May be used by several threads; each call and each transaction is one at a time."""

    def __init__(self, path: Path, connection: sqlite3.Connection, read_only: bool) -> None:
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._lock = threading.RLock()
        self._depth = 0
        self._last_written_ns = 0

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def checkpoint(self) -> None:
        """Bring what SQLite's log holds into the file itself. Nothing is lost without it; it waits for nobody."""
        if not self.read_only:
            with self._lock, database_errors(self.path):
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def reading(self) -> Generator[None]:
        """Several reads that belong together: no other thread writes in between."""
        with self._lock:
            yield

    @contextmanager
    def transaction(self, erase: bool = False) -> Generator[None]:
        """All that is written inside becomes durable together when the block ends well, or not at all.

        Args:
            erase: what is deleted inside is overwritten, so that recovering a damaged file never finds it.

        Raises: ProjectError when the project is open for reading alone; OutputError when the disk refuses.
        """
        if self.read_only:
            raise ProjectError(f"{self.path} is open for reading alone: nothing can be changed in it here.")
        with self._lock, database_errors(self.path):
            if self._depth:
                raise RuntimeError("transactions do not nest")
            self._connection.execute(f"PRAGMA secure_delete = {int(erase)}")
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk may have ended it already
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def copy_to(self, target: sqlite3.Connection) -> None:
        """Everything that is committed, into another database. Raises: sqlite3.Error."""
        with self._lock:
            self._connection.backup(target)

    def query(self, statement: str, *values: Value) -> list[tuple[Any, ...]]:
        """Run a statement and fetch everything."""
        with self._lock, database_errors(self.path):
            return self._connection.execute(statement, values).fetchall()

    def rows(self, table: str, condition: str = "1 ORDER BY id", *values: Value) -> list[Row]:
        """Whole rows, their checksums verified. Raises: ProjectError naming the row that is damaged."""
        return list(self._verified(table, condition, values))

    def row(self, table: str, condition: str, *values: Value) -> Row | None:
        """The first such row, or None."""
        found = self.rows(table, f"{condition} LIMIT 1", *values)
        return found[0] if found else None

    def insert(self, table: str, values: Row) -> int:
        """Add a row, inside a transaction. values: all columns but id, written_ns, checksum. Returns: its id."""
        number = self.query(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")[0][0]
        self.put(table, {"id": number} | values)
        return number

    def put(self, table: str, row: Row) -> None:
        """Write a row under its id, inside a transaction, replacing one that is there."""
        names = columns(table)
        values = [row[name] for name in names[:-2]] + [self._now_ns()]
        values.append(row_checksum(table, values))
        with database_errors(self.path):
            self._connection.execute(
                f"INSERT INTO {table} VALUES ({','.join('?' * len(names))}) ON CONFLICT (id) DO UPDATE SET "
                + ", ".join(f"{name} = excluded.{name}" for name in names[1:]),
                values,
            )

    def delete(self, table: str, numbers: list[int]) -> None:
        """Remove rows by id, inside a transaction."""
        with database_errors(self.path):
            self._connection.executemany(f"DELETE FROM {table} WHERE id = ?", [(n,) for n in numbers])

    def _verified(self, table: str, condition: str, values: tuple[Value, ...]) -> Iterator[Row]:
        names = columns(table)
        for found in self.query(f"SELECT {', '.join(names)} FROM {table} WHERE {condition}", *values):
            if row_checksum(table, found[:-1]) != found[-1]:
                raise damaged(self.path, f"row {found[0]} of its table {table} has a wrong checksum")
            yield dict(zip(names, found, strict=True))

    def _now_ns(self) -> int:
        """The time, but later than that of every row written before, so that the newest of two rows is known."""
        self._last_written_ns = max(time.time_ns(), self._last_written_ns + 1)
        return self._last_written_ns
