"""Measures of saliency maps against ground truth, and the protocols that average them. No files, no network here.

Importing this loads none of them: some need OpenCV, and those that need numpy alone are used where it is not loaded.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.metrics.clips import ClipMaps, evaluate
    from core.metrics.frame import (
        MaskMeasures,
        SaliencyMeasures,
        measure_frame,
        measure_mask,
        prepare_frame,
    )
    from core.metrics.protocols import PROTOCOLS, Protocol, find_protocol
    from core.metrics.report import Report, ReportRow

__all__ = [
    "PROTOCOLS",
    "ClipMaps",
    "MaskMeasures",
    "Protocol",
    "Report",
    "ReportRow",
    "SaliencyMeasures",
    "evaluate",
    "find_protocol",
    "measure_frame",
    "measure_mask",
    "prepare_frame",
]

_HOMES = {
    "PROTOCOLS": "protocols",
    "ClipMaps": "clips",
    "MaskMeasures": "frame",
    "Protocol": "protocols",
    "Report": "report",
    "ReportRow": "report",
    "SaliencyMeasures": "frame",
    "evaluate": "clips",
    "find_protocol": "protocols",
    "measure_frame": "frame",
    "measure_mask": "frame",
    "prepare_frame": "frame",
}


def __getattr__(name: str) -> Any:
    """Load a part when it is first asked for."""
    if name in _HOMES:
        return getattr(import_module(f"core.metrics.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
