"""The parent's side of a conversion for OpenVINO in a process of its own (convert_worker.py). Never waits for it."""

import atexit
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from core.child_program import child_command, child_environment

_CREATION_FLAGS = (
    subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
)
_processes: dict[Path, "ConversionProcess"] = {}
_lock = threading.Lock()


class ConversionProcess:
    """A conversion at work. Made with `conversion_process`.

    Raises:
        OSError: the process cannot be started.
    """

    def __init__(self, checkpoint: Path, sha256: str, place: Path) -> None:
        self._place = place
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  read when the process has ended
        try:
            self._process = subprocess.Popen(
                child_command(
                    "--convert-worker", "core.inference.convert_worker", str(checkpoint), sha256, str(place)
                ),
                stdin=subprocess.PIPE,  # ends when this process does, and the child with it
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                env=child_environment(),
                start_new_session=True,
                creationflags=_CREATION_FLAGS,
            )
        except OSError:
            self._errors.close()
            raise
        self._reason: str | None = None
        self._asking = threading.Lock()

    @property
    def running(self) -> bool:
        """Asks the system; any thread may."""
        with self._asking:
            if self._process.returncode is None and self._process.poll() is not None:
                self._end()
            return self._process.returncode is None

    @property
    def failure(self) -> str | None:
        """Why there is no conversion; None while it runs and when it is there."""
        return self._reason

    def leave(self) -> None:
        """This program ends: so does the child, at once, and Python need not warn of it."""
        with self._asking:
            if self._process.returncode is None:
                self._process.kill()
                self._process.wait()
                self._end()

    def _end(self) -> None:
        with _lock:
            _processes.pop(self._place, None)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        self._errors.close()
        if self._process.returncode != 0:
            self._reason = lines[-1] if lines else f"it ended with code {self._process.returncode}"


def conversion_process(checkpoint: Path, sha256: str, place: Path) -> ConversionProcess:
    """The process that makes this conversion: the one under way, or a new one.

    It goes on when nobody asks any more, since the conversion will be wanted again, and ends with this program.

    Args:
        checkpoint: weights file. sha256: of it. place: where the conversion will lie.

    Raises:
        OSError: the process cannot be started.
    """
    with _lock:
        if place not in _processes:
            _processes[place] = ConversionProcess(checkpoint, sha256, place)
        return _processes[place]


@atexit.register
def _leave_all() -> None:
    for process in tuple(_processes.values()):
        process.leave()
