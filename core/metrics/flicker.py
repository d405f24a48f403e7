"""Flicker: how much a saliency map changes beyond what the motion explains. No reading of clips here."""

import numpy as np

from core.masks.warp import agreeing, warp_soft
from core.types import FlowField, GrayImage


def flicker(previous_u8: GrayImage, current_u8: GrayImage, forward: FlowField, backward: FlowField) -> float:
    """mean |P_t - warp(P_t-1)| over the pixels whose forward and backward flow agree.

    Args:
        previous_u8, current_u8: uint8 HxW of one size, the saliency maps of frames t-1 and t.
        forward: flow from t-1 to t. backward: flow from t to t-1. Of one size, which may differ from the maps'.

    Returns:
        In [0, 1]: 0 for a map that moves with the picture. NaN where the flows agree nowhere.

    Raises:
        ValueError: the maps or the flows differ in size.
    """
    if previous_u8.shape != current_u8.shape or forward.size_hw != backward.size_hw:
        raise ValueError(
            f"flicker needs maps and flows of one size each, got {previous_u8.shape} and {current_u8.shape}, "
            f"{forward.size_hw} and {backward.size_hw}"
        )
    height, width = current_u8.shape
    agree = agreeing(backward, forward, (height, width)) >= 0.5
    if not agree.any():
        return float("nan")
    scale = np.float32(1 / 255)
    carried = warp_soft(previous_u8 * scale, backward)
    return float(np.abs(current_u8 * scale - carried)[agree].mean())
