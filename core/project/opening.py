"""Making and opening project files: header, version, damage, and who else has it open. No rows are read here."""

import logging
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.errors import OutputError, ProjectError
from core.project.lock import ProjectLock
from core.project.migrations import migrate
from core.project.rows import APPLICATION_ID, SCHEMA_VERSION, TABLES, columns, row_checksum, schema_statements
from core.project.store import BUSY_SECONDS, Store, damaged, database_errors, database_sentence
from core.video.atomic import AtomicFile

logger = logging.getLogger(__name__)

_MAGIC = b"SQLite format 3\0"
_CHECKED_WHOLE_BYTES = 64 << 20
"""Up to this size a file is verified to the last row when it is opened; a larger one where it is read."""

_NOT_PERMITTED = ("unable to open", "readonly")


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """An open file. lock: None when read-only. notice: a sentence to show, or None."""

    store: Store
    lock: ProjectLock | None
    notice: str | None


def create_file(path: Path) -> None:
    """Make an empty project, whole or not at all.

    Raises: OutputError when something is there already or the disk refuses.
    """
    if path.exists() or path.is_symlink():
        raise OutputError(f"{path} is there already: open it, or choose another name.")
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statement in schema_statements():
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        content = connection.serialize()
    with AtomicFile(path) as file:
        file.write(content)


def open_file(path: Path, read_only: bool = False) -> Opened:
    """Open a project for writing, or for reading alone where that is wished or all that is possible.

    Raises: ProjectError naming the file and what is wrong with it.
    """
    _check_header(path)
    notice: str | None = None
    lock: ProjectLock | None = None
    if not read_only:
        lock, notice = _try_lock(path)
    try:
        connection = _connect(path, writable=lock is not None)
        try:
            kept = _prepare(path, connection, writable=lock is not None)
            if kept is not None:
                notice = f"{path} was brought up to date; the file as it was is kept as {kept.name}."
            _check_content(path, connection)
        except BaseException:
            connection.close()
            raise
    except BaseException:
        if lock is not None:
            lock.release()
        raise
    return Opened(Store(path, connection, lock is None), lock, notice)


def _check_header(path: Path) -> None:
    try:
        if not path.is_file():
            raise ProjectError(f"{path} does not exist or is not a file: check the path.")
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise ProjectError(
            f"{path} cannot be read ({error.strerror}): check the disk and your permission."
        ) from error
    if not header:
        raise damaged(path, "it is empty (0 bytes)")
    if header[:16] != _MAGIC:
        raise damaged(path, "it does not begin as a project does, so it is damaged there or no project")
    _check_length(path, header)


def _try_lock(path: Path) -> tuple[ProjectLock | None, str | None]:
    lock = ProjectLock(path)
    try:
        with path.open("r+b"):
            pass
        if lock.acquire():
            return lock, None
        notice = f"{path} is open in another window ({lock.holder()}): it is shown here for reading alone."
    except OSError as error:
        notice = f"{path} cannot be written ({error.strerror}): it is shown for reading alone."
    logger.warning(notice)
    return None, notice


def _connect(path: Path, writable: bool) -> sqlite3.Connection:
    # A reader opens for writing too where it may, so that the last one to close can clear SQLite's files away.
    modes = ("rw",) if writable else ("rw", "ro", "immutable")
    for mode in modes:
        # A folder that cannot be written has no room for SQLite's shared memory: then the file is read as it lies.
        options = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?{options}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute(f"PRAGMA query_only = {int(not writable)}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            connection.close()
            if mode == modes[-1] or not any(word in str(error) for word in _NOT_PERMITTED):
                raise database_sentence(path, error) from error
        else:
            return connection
    raise AssertionError("one of the modes ends the loop")


def _prepare(path: Path, connection: sqlite3.Connection, writable: bool) -> Path | None:
    """Returns: where an older file is kept if it was brought up to date."""
    with database_errors(path):
        found = connection.execute("PRAGMA application_id").fetchone()[0]
        if found != APPLICATION_ID:
            raise ProjectError(f"{path} is a database of another program, not a project: check the path.")
        if not writable:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version != SCHEMA_VERSION:
                raise ProjectError(
                    f"{path} has format {version}, this program reads {SCHEMA_VERSION}: "
                    "open it for writing, or with the version that made it."
                )
            return None
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a stroke outlives a power cut
        return migrate(path, connection)


def _check_content(path: Path, connection: sqlite3.Connection) -> None:
    """Refuse a file that lacks a table or, where it is not very large, is malformed or holds a damaged row.

    Raises: ProjectError.
    """
    with database_errors(path):
        for table in TABLES:
            found = tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
            if found != columns(table):
                raise damaged(path, f"its table {table} has the columns {', '.join(found) or 'none'}")
        if path.stat().st_size > _CHECKED_WHOLE_BYTES:
            return
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            logger.warning("%s: %s", path, verdict)
            raise damaged(path, "its pages do not fit together")
        for table in TABLES:
            for row in connection.execute(f"SELECT * FROM {table}"):
                if row_checksum(table, row[:-1]) != row[-1]:
                    raise damaged(path, f"row {row[0]} of its table {table} has a wrong checksum")


def _check_length(path: Path, header: bytes) -> None:
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        return  # pages may be there instead
    page_bytes = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    size = path.stat().st_size
    if size < pages * page_bytes:
        raise damaged(path, f"it is cut short: {size} of {pages * page_bytes} bytes are there")
