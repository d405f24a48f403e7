"""The parent's side of a finetuning: starts the child, hears its events, commands it. How it ended: ending.py.

Every ending becomes one `FinetuneEnding`. Callbacks come from threads of this module, never from the caller's.
"""

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Self

from core.child_program import child_command, child_environment
from core.errors import OutputError, StudioError
from core.finetune.control import Event
from core.finetune.ending import LOG_NAME, FinetuneEnding, Heard, event_of, judge
from core.finetune.job import JOB_NAME
from core.finetune.worker import CANCEL, PAUSE, RESUME, STOP

logger = logging.getLogger(__name__)

CANCEL_SECONDS = 0.7
"""What a cancelled child gets to end by itself; its state is on the disk already."""

_EXIT_SECONDS = 10.0
"""What a child gets to go after it said that it has finished."""
_LONGEST_LINE = 1 << 20
_CREATION_FLAGS = (
    subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0
)


class FinetuneProcess:
    """A finetuning at work. Made with `start`."""

    def __init__(
        self,
        folder: Path,
        process: subprocess.Popen[bytes],
        log: IO[bytes],
        on_event: Callable[[Event], None],
        on_end: Callable[[FinetuneEnding], None],
    ) -> None:
        self.folder, self.pid = folder, process.pid
        self._process, self._log = process, log
        self._on_event, self._on_end = on_event, on_end
        self._heard = Heard()
        self._cancelled = False
        self._timers: list[threading.Timer] = []
        self._sending = threading.Lock()
        self._ended = threading.Event()
        self.ending: FinetuneEnding | None = None
        self._reader = threading.Thread(target=self._read, name="finetune events", daemon=True)
        self._waiter = threading.Thread(target=self._wait, name="finetune end", daemon=True)

    @classmethod
    def start(
        cls,
        folder: Path,
        on_event: Callable[[Event], None],
        on_end: Callable[[FinetuneEnding], None] = lambda ending: None,
        command: Sequence[str] | None = None,
    ) -> Self:
        """Start the job of a folder, or go on with it.

        Args:
            folder: of the job; gets worker.log.
            on_event: called with every event, in order.
            on_end: called once, after the last event.
            command: what to run; None is this program's own worker.

        Raises: StudioError: the process cannot be started.
        """
        try:
            log = (folder / LOG_NAME).open("wb")
        except OSError as error:
            raise OutputError(
                f"{folder / LOG_NAME} cannot be written ({error.strerror}); choose another folder."
            ) from error
        try:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                command or worker_command(folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=child_environment(),
                # Signals of the terminal are for the parent alone; what the child starts can be ended with it.
                start_new_session=True,
                creationflags=_CREATION_FLAGS,
            )
        except OSError as error:
            log.close()
            raise StudioError(
                f"The finetuning process cannot be started ({error.strerror}); close other programs."
            ) from error
        self = cls(folder, process, log, on_event, on_end)
        self._reader.start()
        self._waiter.start()
        return self

    def pause(self) -> None:
        self._send(PAUSE)

    def resume(self) -> None:
        """Go on after a pause."""
        self._send(RESUME)

    def stop_early(self) -> None:
        """End the training now and keep the best so far: choice and report follow."""
        self._send(STOP)

    def cancel(self, seconds: float = CANCEL_SECONDS) -> None:
        """End the run, by force after so many seconds. Returns at once; what is on the disk can be resumed."""
        self._cancelled = True
        self._send(CANCEL)
        self._kill_after(seconds)

    def wait(self, seconds: float | None = None) -> FinetuneEnding | None:
        """How it ended; None when it has not after that time. `on_end` has been called by then."""
        self._ended.wait(seconds)
        return self.ending if self._ended.is_set() else None

    # In the threads

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            while line := self._process.stdout.readline(_LONGEST_LINE):
                event = event_of(line)
                if event is None:
                    self._log.write(line)
                    self._log.flush()
                else:
                    self._hear(event)

    def _hear(self, event: Event) -> None:
        if self._heard.take(event):
            self._kill_after(_EXIT_SECONDS)
        try:
            self._on_event(event)
        except Exception:  # the child would stand still if nobody read on
            logger.exception("handling the event %s", event["event"])

    def _wait(self) -> None:
        self._wait_for_the_end()
        self._kill()  # what the child started itself, and would hold its pipes open
        code = self._process.wait()
        self._reader.join(_EXIT_SECONDS)
        for timer in self._timers:
            timer.cancel()
        ending = judge(self.folder, self._heard, code, self._cancelled)
        self._close()
        self.ending = ending
        try:
            self._on_end(ending)
        finally:
            self._ended.set()

    def _wait_for_the_end(self) -> None:
        if not hasattr(os, "waitid"):
            self._process.wait()
            return
        with contextlib.suppress(ChildProcessError):
            # Not reaped yet, its number is not given to another process before what it left is ended.
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)

    def _close(self) -> None:
        with self._sending:
            for file in (self._process.stdin, self._process.stdout, self._log):
                with contextlib.suppress(OSError):
                    if file is not None:
                        file.close()

    def _send(self, word: str) -> None:
        with self._sending, contextlib.suppress(OSError, ValueError):  # it may just have ended
            assert self._process.stdin is not None
            self._process.stdin.write(word.encode() + b"\n")
            self._process.stdin.flush()

    def _kill_after(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self._kill_if_alive)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _kill_if_alive(self) -> None:
        if not self._ended.is_set() and self._process.returncode is None:
            self._kill()

    def _kill(self) -> None:
        """The child and everything it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self.pid, signal.SIGKILL)


def worker_command(folder: Path) -> list[str]:
    """The command that runs a job's worker, also where the program is frozen into one executable."""
    return child_command("--finetune-worker", "core.finetune.worker", str(folder / JOB_NAME))
