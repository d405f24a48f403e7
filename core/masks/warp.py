"""A mask carried to the neighbouring frame by optical flow, and how far that can be trusted. One step only."""

import numpy as np
from numpy.typing import NDArray

from core.flow import resize_flow
from core.opencv import cv2
from core.types import FlowField, GrayImage, SizeHW

SoftMask = NDArray[np.float32]
"""float32 HxW in [0, 1]: a mask whose outline lies between pixels. At least 0.5 is foreground."""

_RELATIVE_ERROR, _ABSOLUTE_ERROR = 0.01, 0.5
"""The two flows agree where |forward + backward|^2 is below this share of their squared lengths plus this.
Source: Sundaram et al., Dense Point Trajectories by GPU-accelerated Large Displacement Optical Flow, ECCV 2010."""


def warp_soft(soft: SoftMask, to_source: FlowField) -> SoftMask:
    """Every pixel takes its value from where it came from.

    Args:
        soft: float32 HxW, the mask of the source frame.
        to_source: flow from the frame that is wanted to the source frame, of any size.

    Returns:
        float32 HxW. What came from beyond the frame's edge takes the edge's value.
    """
    uv = resize_flow(to_source, (soft.shape[0], soft.shape[1])).uv
    return np.asarray(_sample(soft, uv), np.float32)


def warp_mask(mask_u8: GrayImage, to_source: FlowField) -> GrayImage:
    """The same for a mask of 0 and 255, for instance to paint from the previous frame."""
    return harden(warp_soft(soften(mask_u8), to_source))


def soften(mask_u8: GrayImage) -> SoftMask:
    return (mask_u8 != 0).astype(np.float32)


def harden(soft: SoftMask) -> GrayImage:
    return (soft >= 0.5).view(np.uint8) * np.uint8(255)


def agreeing(to_source: FlowField, from_source: FlowField, size_hw: SizeHW) -> SoftMask:
    """Where the flow there and the flow back cancel out.

    Args:
        to_source, from_source: the two flows between a frame and its source, of one size.
        size_hw: of the result.

    Returns:
        float32 HxW in the frame that `to_source` starts from, 1 where they agree, 0 where not.
    """
    there = to_source.uv
    back = _sample(from_source.uv, there)
    agree = _squared(there + back) < _RELATIVE_ERROR * (_squared(there) + _squared(back)) + _ABSOLUTE_ERROR
    resized = cv2.resize(agree.astype(np.float32), (size_hw[1], size_hw[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, np.float32)


def confirmed_share(mask_u8: GrayImage, confirmed: SoftMask) -> float:
    """The mean of `confirmed` over the mask, in [0, 1]; 0 for an empty mask."""
    inside = mask_u8 != 0
    return float(confirmed[inside].mean()) if inside.any() else 0.0


def overlap_in_place(mask_a: GrayImage, mask_b: GrayImage) -> float:
    """Intersection over union once both masks' centres lie on each other: how far shape and area are the same.

    Returns:
        In [0, 1]; 0 where one of them is empty.
    """
    if not mask_a.any() or not mask_b.any():
        return 0.0
    (ax, ay), (bx, by) = centre(mask_a), centre(mask_b)
    moved = shifted(soften(mask_a), bx - ax, by - ay) >= 0.5
    union = int(np.count_nonzero(moved | (mask_b != 0)))
    return int(np.count_nonzero(moved & (mask_b != 0))) / union if union else 0.0


def centre(mask_u8: GrayImage) -> tuple[float, float]:
    """x and y of the centre of gravity of a mask that is not empty, in pixels."""
    moments = cv2.moments(mask_u8, binaryImage=True)
    return moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]


def shifted(values: NDArray[np.float32], by_x: float, by_y: float) -> NDArray[np.float32]:
    """float32 HxW moved by so many pixels; what comes in over the edge takes the edge's value."""
    if by_x == 0 and by_y == 0:
        return values
    matrix = np.array([[1, 0, by_x], [0, 1, by_y]], np.float64)
    size_wh = (values.shape[1], values.shape[0])
    moved = cv2.warpAffine(values, matrix, size_wh, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def _sample(values: NDArray[np.float32], uv: NDArray[np.float32]) -> NDArray[np.float32]:
    x, y = _grid((values.shape[0], values.shape[1]))
    moved = cv2.remap(
        values, x + uv[..., 0], y + uv[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.float32)


def _grid(size_hw: SizeHW) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    y, x = np.arange(size_hw[0], dtype=np.float32), np.arange(size_hw[1], dtype=np.float32)
    return x[None, :], y[:, None]


def _squared(uv: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.einsum("hwc,hwc->hw", uv, uv)
