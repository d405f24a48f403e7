"""Loads the large shared libraries of torch and OpenVINO ahead of their import, so that the window is not held up.

An import loads them with Python's lock held: the window's thread stands still for as long. A call through ctypes
gives the lock away. Where a library is not found, the import will load it as ever.
"""

import ctypes
import importlib.util
import logging
import os
import sys
from pathlib import Path

_LIBRARIES = (("torch", "lib/libtorch_python.so"), ("openvino", "libs/libopenvino.so.*"))
_log = logging.getLogger(__name__)


def preload_runtimes() -> None:
    """Load what is there. To be called in a worker thread; does nothing off Linux."""
    if not sys.platform.startswith("linux"):
        return
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    for package, pattern in _LIBRARIES:
        for path in _found(package, pattern):
            if not dlopen(str(path).encode(), os.RTLD_NOW | os.RTLD_LOCAL):
                _log.info("%s could not be loaded ahead", path)


def _found(package: str, pattern: str) -> list[Path]:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob(pattern))[:1]
