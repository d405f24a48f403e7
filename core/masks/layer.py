"""The correction layer's three values, and the mask it makes of a saliency map. No editing here."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.masks.rectangle import Rectangle
from core.opencv import cv2
from core.types import GrayImage, SizeHW

FOLLOW = 0
"""The mask follows the model."""
FOREGROUND = 1
BACKGROUND = 2


def empty_layer(size_hw: SizeHW) -> GrayImage:
    """A layer that follows the model everywhere. uint8 HxW."""
    return np.full(size_hw, FOLLOW, np.uint8)


def check_layer(layer: NDArray[Any]) -> None:
    """Raises ValueError where `layer` is not uint8 HxW of the three values."""
    if layer.dtype != np.uint8 or layer.ndim != 2:
        raise ValueError(f"a correction layer is uint8 HxW, got {layer.dtype} of shape {layer.shape}")
    if layer.size and int(layer.max()) > BACKGROUND:
        raise ValueError(f"a correction layer holds the values 0, 1 and 2, got {int(layer.max())}")


def full_saliency(saliency_u8: GrayImage, size_hw: SizeHW) -> GrayImage:
    """A saliency map at the frame's size, by bilinear interpolation.

    The interpolation is OpenCV's bit-exact one: a mask is the same on every machine, in the window and in a file.

    Args:
        saliency_u8: uint8 hxw of any size.

    Returns:
        uint8 HxW; the argument itself where it has that size already.
    """
    if saliency_u8.shape == size_hw:
        return saliency_u8
    size_wh = (size_hw[1], size_hw[0])
    return np.asarray(cv2.resize(saliency_u8, size_wh, interpolation=cv2.INTER_LINEAR_EXACT), np.uint8)


def threshold_level(threshold: float) -> int:
    """The lowest saliency, 0 to 255, that a threshold in [0, 1] lets pass."""
    return math.ceil(round(threshold * 255.0, 6))


def salient_mask(saliency_u8: GrayImage, threshold: float) -> GrayImage:
    """uint8 of the map's size, 255 where it is at least `threshold`, in [0, 1] of a saliency of 255, else 0."""
    return (saliency_u8 >= threshold_level(threshold)).view(np.uint8) * np.uint8(255)


def compose_mask(saliency_u8: GrayImage | None, layer: GrayImage, threshold: float) -> GrayImage:
    """The mask: the correction where it is set, else saliency >= threshold.

    Args:
        saliency_u8: uint8 hxw of any size, see full_saliency. None, where there is no prediction yet, counts as
            nothing salient.
        layer: uint8 HxW of FOLLOW, FOREGROUND and BACKGROUND.
        threshold: in [0, 1], of a saliency of 255.

    Returns:
        uint8 HxW, 0 or 255.
    """
    mask = layer == FOREGROUND
    if saliency_u8 is not None and layer.size:
        salient = full_saliency(saliency_u8, (layer.shape[0], layer.shape[1])) >= threshold_level(threshold)
        salient &= layer == FOLLOW
        mask |= salient
    return mask.view(np.uint8) * np.uint8(255)


def compose_rectangle(
    full_saliency_u8: GrayImage | None, layer: GrayImage, threshold: float, rectangle: Rectangle
) -> GrayImage:
    """The part of compose_mask(...) inside `rectangle`, computed from that part alone.

    Args:
        full_saliency_u8: uint8 HxW of the layer's size, see full_saliency.
        rectangle: lies on the layer.

    Returns:
        uint8 of the rectangle's height and width, 0 or 255.
    """
    size_hw = (layer.shape[0], layer.shape[1])
    if not rectangle.is_empty and rectangle.within(size_hw) != rectangle:
        raise ValueError(f"{rectangle} does not lie on a picture of {size_hw[0]} x {size_hw[1]}")
    if full_saliency_u8 is not None and full_saliency_u8.shape != size_hw:
        raise ValueError(f"the saliency map is {full_saliency_u8.shape}, the layer {size_hw}")
    part = None if full_saliency_u8 is None else full_saliency_u8[rectangle.slices]
    return compose_mask(part, layer[rectangle.slices], threshold)
