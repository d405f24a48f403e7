"""A mouse for an X server: reads timed events, plays them through XTEST, tells when each was sent. No program here.

Run as a process of its own, so that nothing that holds the measured program up holds the hand up. Standard input: a
JSON list of [seconds, "move", x, y], [seconds, "down"] and [seconds, "up"]; standard output: the same list with the
moments of the system's monotonic clock in place of the seconds.
"""

import ctypes
import ctypes.util
import json
import sys
import time
from typing import Any


def main() -> None:
    """Play what standard input says, beginning now."""
    x11, xtst = _library("X11"), _library("Xtst")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XFlush.argtypes = [ctypes.c_void_p]
    xtst.XTestFakeMotionEvent.argtypes = [ctypes.c_void_p, *[ctypes.c_int] * 3, ctypes.c_ulong]
    xtst.XTestFakeButtonEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
    display = x11.XOpenDisplay(None)
    if not display:
        sys.exit("no X server can be reached")
    events: list[list[Any]] = json.load(sys.stdin)
    begun = time.monotonic()
    for event in events:
        delay = begun + event[0] - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        event[0] = time.monotonic()
        if event[1] == "move":
            xtst.XTestFakeMotionEvent(display, -1, event[2], event[3], 0)
        else:
            xtst.XTestFakeButtonEvent(display, 1, int(event[1] == "down"), 0)
        x11.XFlush(display)
    json.dump(events, sys.stdout)


def _library(name: str) -> ctypes.CDLL:
    found = ctypes.util.find_library(name)
    if found is None:
        sys.exit(f"lib{name} is not installed")
    return ctypes.CDLL(found)


if __name__ == "__main__":
    main()
