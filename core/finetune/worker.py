"""The child process of a finetuning: events as JSON lines on its stdout, commands on its stdin. Training is in run.py.

Anything else that is printed goes to stderr, which its parent keeps as worker.log. When the parent is gone its stdin
ends: then the run is cancelled, with the state kept.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
import traceback
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from core.child_program import lower_priority
from core.errors import Cancelled, StudioError
from core.file_lock import FileLock
from core.finetune.control import Command, Event
from core.finetune.job import JOB_NAME

LOCK_NAME = "run.lock"
"""Held while a job runs, so that no two processes write its state."""

PAUSE, RESUME, STOP, CANCEL = "pause", "resume", "stop", "cancel"
"""The commands, one a line."""

_OUT_OF_MEMORY_SCORE = 600
_ORPHAN_SECONDS = 20.0
_MEMORY_WORDS = ("out of memory", "can't allocate memory", "cannot allocate memory", "bad_alloc")


def main(arguments: list[str]) -> int:
    """Run the job of a folder (or of its job.json). Returns the exit code: 0 done, cancelled included, 1 failed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which then says what to do
    events = EventLines(_take_stdout())
    _be_modest()
    try:
        folder = _folder(arguments)
        commands = CommandLines()
        commands.listen(os.fdopen(os.dup(0), "rb", buffering=0))
        return _run(folder, events, commands)
    except Cancelled as error:
        events.emit({"event": "finished", "outcome": "cancelled", "reason": str(error)})
        return 0
    except BaseException as error:  # noqa: BLE001  whatever it is, the parent is told in one sentence
        traceback.print_exc()
        events.emit({"event": "failed", "reason": reason_of(error)})
        return 1


def _run(folder: Path, events: "EventLines", commands: "CommandLines") -> int:
    lock = FileLock(folder / LOCK_NAME)
    if not _acquired(lock):
        raise StudioError(
            f"{folder}: is being finetuned already by {lock.holder()}; wait for it or cancel it."
        )
    try:
        from core.finetune.run import run_finetune

        run_finetune(folder, events.emit, commands)
    finally:
        lock.release()
    return 0


def _acquired(lock: FileLock) -> bool:
    """Where no lock file can be made, the run itself will say what is wrong with the folder."""
    try:
        return lock.acquire()
    except OSError:
        return True


def reason_of(error: BaseException) -> str:
    """An exception as one sentence for people."""
    if isinstance(error, StudioError):
        return str(error)
    text = " ".join(str(error).split())[:200]
    if isinstance(error, MemoryError) or any(word in text.lower() for word in _MEMORY_WORDS):
        return "The memory ran out: close other programs, or finetune the heads only or at a smaller size."
    found = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return f"An error that was not expected ended the finetuning ({found}); worker.log beside the job tells more."


class EventLines:
    """Writes events, one JSON object a line. A parent that is gone is no error: its stdin ending tells the rest."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._lock = threading.Lock()

    def emit(self, event: Event) -> None:
        line = json.dumps({**event, "time": event.get("time", time.time())}, default=str)
        with self._lock, contextlib.suppress(OSError, ValueError):
            self._out.write(line.encode() + b"\n")
            self._out.flush()


class CommandLines:
    """The control of a run, from lines read in a thread of its own. "stop" and "cancel" are not taken back."""

    def __init__(self) -> None:
        self._command: Command = "go"

    def command(self) -> Command:
        return self._command

    def listen(self, lines: RawIOBase) -> None:
        """Begin to read; when the lines end, cancel, and end the process if that takes too long.

        Args:
            lines: not buffered: a buffer's lock, held while it waits, would stop the interpreter from ending.
        """
        threading.Thread(target=self._listen, args=(lines,), name="commands", daemon=True).start()

    def obey(self, word: str) -> None:
        """Take one command; what is not known is ignored."""
        if word == CANCEL:
            self._command = "cancel"
        elif self._command in ("go", "pause"):
            words: dict[str, Command] = {PAUSE: "pause", RESUME: "go", STOP: "stop"}
            self._command = words.get(word, self._command)

    def _listen(self, lines: RawIOBase) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in lines:
                self.obey(line.decode(errors="replace").strip())
        self.obey(CANCEL)
        time.sleep(_ORPHAN_SECONDS)
        os._exit(1)


def _folder(arguments: list[str]) -> Path:
    if len(arguments) != 1:
        raise StudioError("The finetuning process needs one job: the path of its job.json.")
    path = Path(arguments[0])
    return path.parent if path.name == JOB_NAME else path


def _take_stdout() -> BinaryIO:
    """Stdout for the events alone; whatever libraries print goes to stderr from now on."""
    events = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return events


def _be_modest() -> None:
    """Leave processor and memory to the window: lower priority, and first to go when memory runs out."""
    os.environ.setdefault("OMP_NUM_THREADS", str(_processors()))
    lower_priority()
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(_OUT_OF_MEMORY_SCORE))


def _processors() -> int:
    affinity: Any = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
