"""Measures how long the two programs take to start, from outside. They show their windows on a display or on Xvfb."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from core.bench.own_folders import own_folders
from core.bench.rows import Figures, figures_of
from core.bench.stages import milliseconds
from core.child_program import child_environment
from core.errors import StudioError

_LIMIT_SECONDS = 120.0
_SHOWN = "shown at "
"""What the window's program prints before the clock's value, with --startup-probe."""


def measure_window(runs: int) -> Figures:
    """From starting the process to the first painted window.

    Raises: StudioError: there is no display, nor Xvfb, or the program fails.
    """
    with display() as (where, environment), _own(environment) as environment:
        times = [_window_ms(environment) for _ in range(runs + 1)][1:]  # the first one fills the disk's cache
    return figures_of(times, frames_per_second=False, note=where)


def measure_help(runs: int) -> Figures:
    """`cagdde --help`, from start to end. Raises: StudioError."""
    command = [*_program("cagdde", "core.cli"), "--help"]
    with _own(child_environment()) as environment:
        times = [milliseconds(lambda: _run(command, environment)) for _ in range(runs + 1)]
    return figures_of(times[1:], frames_per_second=False)


def _window_ms(environment: dict[str, str]) -> float:
    began = time.monotonic()
    words = _run(_program("cagdde-studio", "app.main") + ["--startup-probe"], environment)
    if _SHOWN not in words:
        raise StudioError("The window's program did not show its window.")
    # Both processes read the same clock: it counts from the start of the machine.
    return 1000 * (float(words.split(_SHOWN)[1].split()[0]) - began)


def _program(name: str, module: str) -> list[str]:
    """The command of one of the two programs, also where they are frozen."""
    if getattr(sys, "frozen", False):
        own = Path(sys.executable)
        return [str(own.with_name(name + own.suffix))]
    return [sys.executable, "-P", "-m", module]


def _run(command: list[str], environment: dict[str, str]) -> str:
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=_LIMIT_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StudioError(f"{command[0]} cannot be started: {error}.") from error
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
        raise StudioError(f"The program ended with code {done.returncode}: {last}")
    return done.stdout


@contextmanager
def _own(environment: dict[str, str]) -> Generator[dict[str, str]]:
    """The same with a folder for settings and caches that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="cagdde-start-", ignore_cleanup_errors=True) as name:
        yield environment | own_folders(Path(name))


@contextmanager
def display() -> Generator[tuple[str, dict[str, str]]]:
    """A display to show a window on, that of the person or one of Xvfb: its name and the environment to use it.

    Raises: StudioError: there is neither.
    """
    environment = {name: value for name, value in child_environment().items() if name != "QT_QPA_PLATFORM"}
    shown = any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if shown or not sys.platform.startswith("linux"):
        yield "on the display", environment
        return
    if shutil.which("Xvfb") is None:
        raise StudioError("Not measured: there is no display here, and no Xvfb.")
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL, start_new_session=True)
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        yield "on Xvfb", environment | {"DISPLAY": f":{number}"}
    finally:
        server.terminate()
        server.wait()
