"""Measures of saliency maps against ground truth, and the protocols that average them. No files, no network here."""

from core.metrics.evaluate import ClipMaps, evaluate
from core.metrics.frame import MaskMeasures, SaliencyMeasures, measure_frame, measure_mask, prepare_frame
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
