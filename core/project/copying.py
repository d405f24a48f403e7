"""A consistent copy of an open project at another path, its clips found from there too. Which calls it: project.py."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from core.errors import OutputError, ProjectError
from core.project.clips import relative_path
from core.project.lock import ProjectLock
from core.project.rows import Row
from core.project.store import Store, database_errors
from core.video.atomic import AtomicFile, output_error


def copy_project(store: Store, target: Path) -> None:
    """Write all that is committed to `target`, whole or not at all; a project that is there is replaced.

    Raises: OutputError when the disk refuses, ProjectError when `target` is this project or open elsewhere.
    """
    if target.exists() and target.samefile(store.path):
        raise ProjectError(f"{target} is this project itself: choose another name.")
    lock = ProjectLock(target)
    try:
        if not lock.acquire():
            raise ProjectError(
                f"{target} is open in another window ({lock.holder()}): close it there, or choose another name."
            )
    except OSError as error:
        raise output_error(target, error) from error
    try:
        with AtomicFile(target) as file:
            _fill(store, Path(file.name), target)
            _clear_logs(target)
    finally:
        lock.release()


def _fill(store: Store, sibling: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(sibling, isolation_level=None)) as connection,
        database_errors(target),
    ):
        store.copy_to(connection)
        # The copy appears when it is complete: until then nothing of it needs to outlive a crash.
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA synchronous = OFF")
        copy = Store(target, connection, read_only=False)
        with copy.transaction():
            for row in copy.rows("clips"):
                copy.put("clips", row | _places(row, store.path, target))


def _places(row: Row, source: Path, target: Path) -> Row:
    """A clip's paths as the copy shall remember them: the relative one leads to where the clip is now."""
    path = Path(os.fsdecode(bytes(row["path"]))) if isinstance(row["path"], bytes) else Path()
    here = path
    if isinstance(row["relative"], bytes):
        beside = Path(source.resolve().parent, os.fsdecode(row["relative"])).resolve()
        here = beside if beside.exists() else path
    if not path.exists():
        path = here
    return {"path": os.fsencode(path), "relative": relative_path(here, target)}


def _clear_logs(target: Path) -> None:
    """What SQLite left beside a project that is about to be replaced would be read as a part of the new one."""
    for ending in ("-wal", "-shm"):
        log = target.with_name(target.name + ending)
        try:
            log.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{log} is in the way and cannot be removed: choose another name.") from error
