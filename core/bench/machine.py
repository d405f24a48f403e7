"""What the figures were measured on: processor, memory, system and the versions of the libraries."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("torch", "openvino", "opencv-python", "av", "numpy", "PySide6_Essentials")


def describe_machine(gpu: str) -> dict[str, str]:
    """Names and values, in the order to show them. gpu: its name, empty for none."""
    import psutil

    from core.inference.probe_store import machine_name

    return {
        "processor": machine_name(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "graphics card": gpu or "none",
        "system": platform.platform(),
        "Python": platform.python_version() + (", frozen" if getattr(sys, "frozen", False) else ""),
        **{name: _version(name) for name in _PACKAGES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
