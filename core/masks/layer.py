"""The correction layer's three values, and the mask it makes of a saliency map. No editing here."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.masks.rectangle import Rectangle, whole
from core.types import GrayImage, SizeHW

FOLLOW = 0
"""The mask follows the model."""
FOREGROUND = 1
BACKGROUND = 2

_BLOCK_ROWS = 8
"""Rows interpolated at a time, so that the intermediate values stay in the processor's cache."""


def empty_layer(size_hw: SizeHW) -> GrayImage:
    """A layer that follows the model everywhere. uint8 HxW."""
    return np.full(size_hw, FOLLOW, np.uint8)


def check_layer(layer: NDArray[Any]) -> None:
    """Raises ValueError where `layer` is not uint8 HxW of the three values."""
    if layer.dtype != np.uint8 or layer.ndim != 2:
        raise ValueError(f"a correction layer is uint8 HxW, got {layer.dtype} of shape {layer.shape}")
    if layer.size and int(layer.max()) > BACKGROUND:
        raise ValueError(f"a correction layer holds the values 0, 1 and 2, got {int(layer.max())}")


def compose_mask(saliency_u8: GrayImage | None, layer: GrayImage, threshold: float) -> GrayImage:
    """The mask: the correction where it is set, else saliency >= threshold.

    Args:
        saliency_u8: uint8 hxw of any size, brought to the layer's size by bilinear interpolation, not rounded
            before it is compared. None, where there is no prediction yet, counts as nothing salient.
        layer: uint8 HxW of FOLLOW, FOREGROUND and BACKGROUND.
        threshold: in [0, 1], of a saliency of 255.

    Returns:
        uint8 HxW, 0 or 255.
    """
    return compose_rectangle(saliency_u8, layer, threshold, whole((layer.shape[0], layer.shape[1])))


def compose_rectangle(
    saliency_u8: GrayImage | None, layer: GrayImage, threshold: float, rectangle: Rectangle
) -> GrayImage:
    """The part of compose_mask(...) inside `rectangle`, equal to the last bit, computed from that part alone.

    Args:
        rectangle: lies on the layer.

    Returns:
        uint8 of the rectangle's height and width, 0 or 255.
    """
    part = layer[rectangle.slices]
    mask = part == FOREGROUND
    if saliency_u8 is not None and not rectangle.is_empty:
        salient = salient_rectangle(saliency_u8, (layer.shape[0], layer.shape[1]), threshold, rectangle)
        salient &= part == FOLLOW
        mask |= salient
    return mask.view(np.uint8) * np.uint8(255)


def salient_rectangle(
    saliency_u8: GrayImage, size_hw: SizeHW, threshold: float, rectangle: Rectangle
) -> NDArray[np.bool_]:
    """Where saliency, brought to `size_hw`, is at least `threshold`. bool of the rectangle's height and width.

    The interpolation is written out, with the usual pixel centres at half, because resizing a cut-out gives other
    values than cutting out of the resized map.
    """
    if rectangle.within(size_hw) != rectangle:
        raise ValueError(f"{rectangle} does not lie on a picture of {size_hw[0]} x {size_hw[1]}")
    level = np.float32(threshold * 255.0)
    if saliency_u8.shape == size_hw:
        return saliency_u8[rectangle.slices] >= level
    top, bottom, share_y = _neighbours(rectangle.top, rectangle.height, size_hw[0], saliency_u8.shape[0])
    left, right, share_x = _neighbours(rectangle.left, rectangle.width, size_hw[1], saliency_u8.shape[1])
    first, last = int(top[0]), int(bottom[-1]) + 1
    rows = saliency_u8[first:last].astype(np.float32)
    rows = _between(rows[:, left], rows[:, right], share_x[None, :])
    salient = np.empty((rectangle.height, rectangle.width), np.bool_)
    for start in range(0, rectangle.height, _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        upper, lower = rows[top[block] - first], rows[bottom[block] - first]
        np.greater_equal(_between(upper, lower, share_y[block, None]), level, out=salient[block])
    return salient


def _neighbours(
    start: int, count: int, length: int, source_length: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
    """For `count` pixels from `start` of an axis of `length`: the two source pixels each lies between, and where."""
    centre = (np.arange(start, start + count) + 0.5) * (source_length / length) - 0.5
    centre = np.clip(centre, 0.0, source_length - 1)
    lower = np.floor(centre).astype(np.intp)
    return lower, np.minimum(lower + 1, source_length - 1), (centre - lower).astype(np.float32)


def _between(
    a: NDArray[np.float32], b: NDArray[np.float32], share: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The values `share` of the way from a to b, written into b."""
    b -= a
    b *= share
    b += a
    return b
