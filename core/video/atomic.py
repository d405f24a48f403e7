"""Files that appear whole or not at all: written beside their place, then moved. Disk errors become sentences."""

import errno
import itertools
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from core.errors import OutputError

_NUMBERS = itertools.count()
_REASONS = {
    errno.ENOSPC: "the disk is full; free some space or choose another folder",
    errno.EDQUOT: "your disk quota is used up; free some space or choose another folder",
    errno.EFBIG: "it grows larger than the disk or your limits allow; choose another folder",
    errno.EACCES: "writing there is not permitted; choose another folder",
    errno.EPERM: "writing there is not permitted; choose another folder",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.EISDIR: "a folder of that name is in the way; choose another name",
    errno.ENOTDIR: "a part of its path is a file, not a folder; choose another folder",
    errno.ENOTEMPTY: "a folder of that name is in the way; choose another name",
    errno.EEXIST: "a file of that name is in the way; choose another name",
    errno.ENOENT: "its folder does not exist; make it or choose another folder",
    errno.ENAMETOOLONG: "its name is too long; choose a shorter one",
}


def output_error(path: Path, error: OSError) -> OutputError:
    """The sentence for a failed write."""
    reason = _REASONS.get(error.errno or 0) or f"{error.strerror or error}; check the disk"
    return OutputError(f"{path} cannot be written: {reason}.")


def make_folder(folder: Path) -> None:
    """Make a folder and those above it. Raises: OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise output_error(folder, error) from error


class AtomicFile:
    """A binary file for writing, as a context manager. Left by an exception, it leaves nothing behind."""

    def __init__(self, path: Path) -> None:
        """Args: path: the file to make or replace. Raises: OutputError if it cannot be written."""
        self.path = path
        self._sibling = path.with_name(f".{path.name[:40]}.{os.getpid()}.{next(_NUMBERS)}.part")
        try:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            self.file: BinaryIO = self._sibling.open("w+b")
        except OSError as error:
            raise output_error(path, error) from error

    def commit(self) -> None:
        """Make the file appear in its place. Raises: OutputError; then nothing has changed."""
        try:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            os.replace(self._sibling, self.path)
        except OSError as error:
            self.discard()
            raise output_error(self.path, error) from error

    def discard(self) -> None:
        """Throw away what was written."""
        # Closing flushes, which fails again on a full disk; the file is removed all the same.
        with suppress(OSError):
            self.file.close()
        self._sibling.unlink(missing_ok=True)

    def __enter__(self) -> BinaryIO:
        return self.file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.commit()
            return
        self.discard()
        if isinstance(error, OSError):
            raise output_error(self.path, error) from error
