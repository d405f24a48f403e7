"""Advisory locks between programs: files, freed by the system when a program dies. What each guards is elsewhere."""

import contextlib
import json
import logging
import os
import socket
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

logger = logging.getLogger(__name__)

_HELD_ELSEWHERE = (BlockingIOError, PermissionError)
_SECONDS_BETWEEN_TRIES = 0.02


class FileLock:
    """Held from a successful `acquire` to `release`.

    Args:
        path: the lock file; it is made and, where the system permits, removed again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None

    def acquire(self) -> bool:
        """Try to take the lock without waiting.

        Returns: False when another program holds it. Raises: OSError when no lock file can be made there.
        """
        while True:
            file = self.path.open("a+b")
            try:
                _lock(file)
            except _HELD_ELSEWHERE:
                file.close()
                return False
            except OSError as error:
                # Some network file systems know no locks: better to work there than not at all.
                logger.warning(
                    "%s cannot be locked (%s): do not work there with two programs", self.path, error
                )
            if _is_still_there(file, self.path):
                break
            file.close()  # its holder released, and removed it, between opening and locking
        self._file = file
        self._sign(file)
        return True

    def acquire_within(self, seconds: float) -> bool:
        """Wait for the lock at most so long. Returns and raises as `acquire`."""
        deadline = time.monotonic() + seconds
        while not self.acquire():
            if time.monotonic() > deadline:
                return False
            time.sleep(_SECONDS_BETWEEN_TRIES)
        return True

    def release(self) -> None:
        """Give the lock back; twice is allowed."""
        if self._file is None:
            return
        if sys.platform != "win32":  # there a file that is open cannot be removed, and stays
            self.path.unlink(missing_ok=True)
        self._file.close()
        self._file = None

    def holder(self) -> str:
        """Who holds it, for a sentence: "process 12 on host since 10:31", or "another program"."""
        try:
            found = json.loads(self.path.read_bytes())
            return f"process {found['process']} on {found['host']} since {found['since']}"
        except (OSError, ValueError, KeyError, TypeError):
            return "another program"

    def _sign(self, file: BinaryIO) -> None:
        since = datetime.now().strftime("%Y-%m-%d %H:%M")
        signature = {"process": os.getpid(), "host": socket.gethostname(), "since": since}
        with contextlib.suppress(OSError):  # on a full disk the lock holds all the same
            file.truncate(0)
            file.write(json.dumps(signature).encode())
            file.flush()


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        file.seek(1 << 20)  # a byte far behind the signature, which stays readable
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        file.seek(0)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_still_there(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
