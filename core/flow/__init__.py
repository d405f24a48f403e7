"""Optical flow: estimators, the field's geometry and its colour-wheel picture. No video reading here."""

from core.flow.dis import DisFlow, DisSettings
from core.flow.estimator import FlowChoice, make_estimator
from core.flow.field import FlowEstimator, flow_for_frame, resize_flow
from core.flow.picture import flow_picture, white_picture

__all__ = [
    "DisFlow",
    "DisSettings",
    "FlowChoice",
    "FlowEstimator",
    "flow_for_frame",
    "flow_picture",
    "make_estimator",
    "resize_flow",
    "white_picture",
]
