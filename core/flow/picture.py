"""The colour-wheel picture of a flow field, which is what the network's second stream sees."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from core.types import FlowField, RgbImage, SizeHW

_SEGMENTS = ((0, 1, 15), (0, 1, 6), (1, 2, 4), (1, 2, 11), (2, 0, 13), (2, 0, 6))
"""Middlebury wheel (RY, YG, GC, CB, BM, MR): two channels and a number of hues. In turn the second rises while
the first is full, then the first falls while the second is full."""

_HALF = 255
"""The lookup table has 2 * _HALF + 1 cells along u and v: finer than the eight bits of the picture."""


def color_wheel() -> NDArray[np.float64]:
    """The 55 hues of the Middlebury colour wheel.

    Returns:
        float64 55x3 in [0, 1], R first.

    Source: Baker et al., A Database and Evaluation Methodology for Optical Flow, IJCV 2011.
    """
    rows: list[NDArray[np.float64]] = []
    for index, (base, other, count) in enumerate(_SEGMENTS):
        ramp = np.floor(255 * np.arange(count) / count) / 255
        hues = np.zeros((count, 3))
        other_rises = index % 2 == 0
        hues[:, base] = 1.0 if other_rises else 1.0 - ramp
        hues[:, other] = ramp if other_rises else 1.0
        rows.append(hues)
    return np.concatenate(rows)


def flow_picture(field: FlowField, size_hw: SizeHW | None = None, radius_floor_px: float = 1.0) -> RgbImage:
    """Render a field as hue (direction) and saturation (speed relative to the frame's largest radius).

    Args:
        size_hw: size of the picture; None keeps the field's. The field is resampled, not the picture, so that
            hues at motion borders stay true.
        radius_floor_px: smallest radius to normalise by, in pixels of the field, so that a static frame does not
            show amplified noise; 0 gives the paper authors' picture.

    Returns:
        uint8 HxWx3. Zero flow is white.
    """
    uv = np.nan_to_num(field.uv, nan=0.0, posinf=0.0, neginf=0.0)
    largest = float(np.sqrt(np.max(np.einsum("hwc,hwc->hw", uv, uv), initial=0.0)))
    scale = _HALF / (max(largest, radius_floor_px) + 1e-5)
    if size_hw is not None and size_hw != field.size_hw:
        uv = cv2.resize(uv, (size_hw[1], size_hw[0]), interpolation=cv2.INTER_LINEAR)
    cells = np.rint(uv * scale).astype(np.int32) + _HALF
    return _table()[cells[..., 1] * (2 * _HALF + 1) + cells[..., 0]]


def white_picture(size_hw: SizeHW) -> RgbImage:
    """The picture of no motion, for stills and for running without flow. uint8 HxWx3."""
    return np.full((*size_hw, 3), 255, np.uint8)


@cache
def _table() -> NDArray[np.uint8]:
    axis = np.arange(-_HALF, _HALF + 1) / _HALF
    return _color(axis[None, :], axis[:, None]).reshape(-1, 3)


def _color(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.uint8]:
    wheel = color_wheel()
    radius = np.hypot(u, v)[..., None]
    position = (np.arctan2(-v, -u) / np.pi + 1) / 2 * (len(wheel) - 1)
    low = np.floor(position).astype(np.int64)
    fraction = (position - low)[..., None]
    hue = (1 - fraction) * wheel[low] + fraction * wheel[(low + 1) % len(wheel)]
    color = np.where(radius <= 1, 1 - radius * (1 - hue), hue * 0.75)
    return np.floor(255 * color).astype(np.uint8)
