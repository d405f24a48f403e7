"""Brings files of older versions up to date, after keeping a copy. What the tables are now is in rows.py."""

import logging
import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from core.errors import ProjectError
from core.project.rows import SCHEMA_VERSION
from core.project.store import database_errors
from core.video.atomic import output_error

logger = logging.getLogger(__name__)

Migration = Callable[[sqlite3.Connection], None]
"""Changes a file from one version to the next; runs inside a transaction."""

MIGRATIONS: dict[int, Migration] = {}
"""By the version that each one starts from. Version 1 is the first there is."""


def backup_path(path: Path, version: int) -> Path:
    """Where the file is kept as it was before it was brought up to date."""
    return path.with_name(f"{path.stem}.version-{version}{path.suffix}")


def migrate(
    path: Path,
    connection: sqlite3.Connection,
    migrations: Mapping[int, Migration] | None = None,
    target: int = SCHEMA_VERSION,
) -> Path | None:
    """Bring an open file to version `target`, all steps or none.

    Args:
        connection: in autocommit mode.

    Returns:
        the copy that was kept, None where nothing was to do.

    Raises:
        ProjectError: the file is of a newer version, or of one that this program cannot bring up to date.
        OutputError: there is no room for the copy.
    """
    migrations = MIGRATIONS if migrations is None else migrations
    with database_errors(path):
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version == target:
            return None
        _check_version(path, version, target, migrations)
        copy = _keep_copy(path, connection, version)
        connection.execute("BEGIN IMMEDIATE")
        try:
            for number in range(version, target):
                migrations[number](connection)
            connection.execute(f"PRAGMA user_version = {target}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    logger.info("%s was brought from version %d to %d; the old file is %s", path, version, target, copy)
    return copy


def _check_version(path: Path, version: int, target: int, migrations: Mapping[int, Migration]) -> None:
    if version > target:
        raise ProjectError(
            f"{path} was made by a newer version of this program (format {version}, this one reads up to {target}): "
            "install the newer version to open it."
        )
    if any(number not in migrations for number in range(version, target)):
        raise ProjectError(
            f"{path} has format {version}, which was never released: open it with the program that made it."
        )


def _keep_copy(path: Path, connection: sqlite3.Connection, version: int) -> Path:
    kept = backup_path(path, version)
    number = 1
    while kept.exists():
        number += 1
        kept = backup_path(path, version).with_stem(f"{path.stem}.version-{version}-{number}")
    sibling = kept.with_name(f".{kept.name}.{os.getpid()}.part")
    try:
        with closing(sqlite3.connect(sibling)) as copy:
            connection.backup(copy)
        os.replace(sibling, kept)
    except OSError as error:
        raise output_error(kept, error) from error
    finally:
        sibling.unlink(missing_ok=True)
    return kept
