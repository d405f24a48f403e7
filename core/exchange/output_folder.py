"""Output folders that appear when they are complete. Nothing of their content."""

import contextlib
import shutil
import tempfile
from collections.abc import Collection, Generator
from pathlib import Path

from core.errors import OutputError
from core.video.atomic import output_error

_CLUTTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in folders."""


@contextlib.contextmanager
def new_folder(target: Path, overwrite: bool, replaceable: Collection[str]) -> Generator[Path]:
    """A folder to fill beside `target`, which takes its place when the block ends well and is deleted otherwise.

    Args:
        overwrite: replace a target that is there and not empty.
        replaceable: names of what such a target may hold; with anything else in it, it is left alone.

    Raises:
        OutputError: something is in the way, or the disk refuses.
    """
    check_free(target, overwrite, replaceable)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        half_way = Path(tempfile.mkdtemp(prefix=f".{target.name}.partial-", dir=target.parent))
    except OSError as error:
        raise output_error(target, error) from error
    try:
        half_way.chmod(0o755)  # mkdtemp makes folders for one user alone
        yield half_way
        check_free(target, overwrite, replaceable)  # another run may have been quicker
        _replace(half_way, target)
    except OSError as error:
        raise output_error(target, error) from error
    except OutputError as error:  # name the file by the place where it would have been
        raise OutputError(str(error).replace(str(half_way), str(target))) from error
    finally:
        shutil.rmtree(half_way, ignore_errors=True)


def is_replaceable(target: Path, replaceable: Collection[str]) -> bool:
    """Whether results lie at `target` that a new folder could take the place of; False where it is free.

    Raises:
        OutputError: something else is in the way.
    """
    check_free(target, True, replaceable)
    return target.is_dir() and any(path.name not in _CLUTTER for path in target.iterdir())


def check_free(target: Path, overwrite: bool, replaceable: Collection[str]) -> None:
    """Refuse what `new_folder` would refuse, before the work rather than after it. Raises: OutputError."""
    try:
        if target.is_dir():
            names = sorted(path.name for path in target.iterdir() if path.name not in _CLUTTER)
            if names and not overwrite:
                raise OutputError(
                    f"{target} is there already: add --overwrite, or choose another output folder."
                )
            foreign = next((name for name in names if name not in replaceable), None)
            if foreign is not None:
                raise OutputError(
                    f"{target} holds {foreign}, which is no result and would be lost: move it away, or choose "
                    "another output folder."
                )
        elif target.exists() or target.is_symlink():
            raise OutputError(f"{target} is there and is not a folder: choose another output folder.")
    except OSError as error:
        raise output_error(target, error) from error


def _replace(new: Path, target: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    # Renaming over a folder that is not empty is refused everywhere, so the old one steps aside first.
    old = new.with_name(new.name + "-old")
    target.rename(old)
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
