"""Lets the window's thread come first: long computations step back, and Python's lock changes hands often."""

import contextlib
import os
import sys
import threading

from PySide6.QtCore import QThread

_NICENESS = 10
_SWITCH_SECONDS = 0.0005
"""Python's own 5 ms are a third of a frame each time the window's thread has to ask for the lock."""


def step_back() -> None:
    """Give the calling thread, and the threads that it will start, a lower priority. It cannot be taken back."""
    if sys.platform.startswith(
        "linux"
    ):  # a thread has a niceness of its own there, and Qt's priorities do nothing
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
    else:
        QThread.currentThread().setPriority(QThread.Priority.LowPriority)


def share_python_often() -> None:
    """Let a thread that computes in Python give the lock to one that waits for it after half a millisecond."""
    sys.setswitchinterval(_SWITCH_SECONDS)
