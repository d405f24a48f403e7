"""Looks at what this machine offers: versions, devices, codecs, the window's libraries. Changes nothing."""

import ctypes
import os
import platform
import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from core.registry import find_default

_PACKAGES = ("torch", "openvino", "av", "opencv-python", "numpy", "PySide6_Essentials")
_QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
}
"""What Qt's xcb platform loads, and the Debian package that holds it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. needed: predicting cannot work without it."""

    name: str
    good: bool
    needed: bool
    text: str


def examine(program_version: str) -> list[Finding]:
    """Everything, in the order to show it."""
    python = f"{platform.python_version()} on {platform.platform()}"
    return [
        Finding("cagdde", True, True, f"{program_version}, Python {python}"),
        *(_package(name) for name in _PACKAGES),
        _processor(),
        _torch_device(),
        _openvino(),
        _codecs(),
        _model(),
        _window_libraries(),
    ]


def _package(name: str) -> Finding:
    needed = name in ("torch", "av", "opencv-python", "numpy")
    try:
        return Finding(name, True, needed, version(name))
    except PackageNotFoundError:
        return Finding(name, False, needed, f"is not installed: pip install {name}")


def _processor() -> Finding:
    import psutil

    gigabytes = psutil.virtual_memory().total / 2**30
    return Finding("processor", True, False, f"{os.cpu_count()} cores, {gigabytes:.1f} GiB memory")


def _torch_device() -> Finding:
    try:
        torch = import_module("torch")
    except ImportError as error:
        return Finding("device", False, True, f"torch cannot be loaded: {error}")
    if torch.cuda.is_available():
        return Finding("device", True, True, f"cuda, {torch.cuda.get_device_name()}")
    return Finding("device", True, True, "mps" if torch.backends.mps.is_available() else "cpu")


def _openvino() -> Finding:
    try:
        ov = import_module("core.inference.openvino_import").ov
        capabilities = ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    except (ImportError, RuntimeError) as error:
        return Finding("openvino cpu", False, False, f"is not usable, torch takes its place: {error}")
    return Finding("openvino cpu", True, False, "bfloat16" if "BF16" in capabilities else "float32")


def _codecs() -> Finding:
    try:
        codec = import_module("av.codec")
    except ImportError as error:
        return Finding("codecs", False, True, f"PyAV cannot be loaded: {error}")
    wanted = ("h264", "hevc", "vp9", "av1", "mpeg4", "prores", "libx264")
    missing = [name for name in wanted if name not in codec.codecs_available]
    present = ", ".join(name for name in wanted if name not in missing)
    return Finding(
        "codecs", not missing, False, present + (f"; missing: {', '.join(missing)}" if missing else "")
    )


def _model() -> Finding:
    found = find_default()
    there = found.path.is_file()
    text = str(found.path) if there else f"{found.path} is missing: install again"
    return Finding("default model", there and not found.notice, not there, found.notice or text)


def _window_libraries() -> Finding:
    if not sys.platform.startswith("linux"):
        return Finding("window", True, False, "needs no further libraries here")
    missing = [package for library, package in _QT_LIBRARIES.items() if not _loads(library)]
    if missing:
        return Finding("window", False, False, f"needs libraries: apt-get install {' '.join(missing)}")
    return Finding("window", True, False, "all of Qt's libraries are there")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
