"""How this program starts parts of itself as child processes, from a checkout and frozen. No such part here."""

import contextlib
import os
import sys
from pathlib import Path

_NICENESS = 10


def child_command(flag: str, module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours in a process of its own.

    Args:
        flag: what the program that is frozen into one executable takes instead of a module (app.main).
    """
    if getattr(sys, "frozen", False):
        return [sys.executable, flag, *arguments]
    # -P: a folder called `core` where the program was started must not be taken for ours.
    return [sys.executable, "-P", "-m", module, *arguments]


def child_environment() -> dict[str, str]:
    """Ours, in which the child finds the same packages."""
    root = str(Path(__file__).resolve().parents[1])
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1"}


def lower_priority() -> None:
    """Leave the processor to the program that started this process. It cannot be taken back."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    if sys.platform == "win32":
        with contextlib.suppress(ImportError, OSError):
            import psutil

            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
