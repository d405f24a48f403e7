"""Whether a window can be shown at all: Qt ends the process where it cannot, so this asks first."""

import ctypes
import os
import sys

_NEEDED = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libEGL.so.1": "libegl1",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
}
"""Libraries of Qt's X11 plugin that a bare Debian lacks, and the packages that have them."""


def display_problem() -> str | None:
    """None if a window can be shown, else one sentence on why not."""
    if not sys.platform.startswith("linux") or _names_another_platform():
        return None
    if os.environ.get("WAYLAND_DISPLAY"):
        return None
    display = os.environ.get("DISPLAY")
    if not display:
        return "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    missing = [package for library, package in _NEEDED.items() if not _loads(library)]
    if missing:
        return f"Qt's libraries are missing: run  sudo apt-get install {' '.join(missing)}"
    return None if _answers(display) else f"The display {display} does not answer."


def _names_another_platform() -> bool:
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    return bool(platform) and not platform.startswith("xcb")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _answers(display: str) -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed
