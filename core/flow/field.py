"""Geometry of flow fields and which pair of frames belongs to a frame. No estimation here."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from core.opencv import cv2
from core.types import FlowField, RgbImage, SizeHW


class FlowEstimator(Protocol):
    """Flow from one frame to another. Not shared between threads: each thread makes its own."""

    @property
    def description(self) -> dict[str, Any]:
        """What a checkpoint records about the flow it was trained with."""
        ...

    def __call__(self, rgb_a: RgbImage, rgb_b: RgbImage) -> FlowField:
        """Flow from `rgb_a` to `rgb_b`.

        Args:
            rgb_a, rgb_b: uint8 HxWx3 of one size.

        Returns:
            The field at working size, in pixels of the working size.

        Raises:
            ValueError: the two pictures differ in size.
        """
        ...


def flow_for_frame(
    estimator: FlowEstimator, read: Callable[[int], RgbImage], index: int, frame_count: int
) -> FlowField:
    """The flow that belongs to frame `index`: t -> t+1, in register with the frame and its mask.

    The last frame has no successor and gets the negated flow to its predecessor; the only frame of a one-frame
    clip gets zero flow.

    Args:
        read: gives frame i as uint8 HxWx3.
        index: 0 to frame_count - 1.
    """
    if frame_count < 2:
        height, width = read(index).shape[:2]
        return FlowField(np.zeros((height, width, 2), np.float32))
    if index < frame_count - 1:
        return estimator(read(index), read(index + 1))
    backward = estimator(read(index), read(index - 1))
    return FlowField(-backward.uv)


def working_size(frame_hw: SizeHW, long_side: int) -> SizeHW:
    """Height and width at which flow is estimated: the frame's, reduced so that no side is longer than `long_side`."""
    height, width = frame_hw
    scale = min(1.0, long_side / max(height, width))
    return max(1, round(height * scale)), max(1, round(width * scale))


def working_picture(rgb: RgbImage, long_side: int) -> RgbImage:
    """The frame at working size; the same array where that is its own. uint8 HxWx3."""
    height, width = size_hw = working_size((rgb.shape[0], rgb.shape[1]), long_side)
    if rgb.shape[:2] == size_hw:
        return rgb
    return np.asarray(cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def check_pair(rgb_a: RgbImage, rgb_b: RgbImage) -> None:
    """Raises: ValueError: the two pictures differ in size."""
    if rgb_a.shape != rgb_b.shape:
        raise ValueError(f"flow needs two frames of one size, got {rgb_a.shape} and {rgb_b.shape}")


def resize_flow(field: FlowField, size_hw: SizeHW) -> FlowField:
    """The field at another size, its vectors scaled with it.

    Args:
        size_hw: target height and width in pixels.

    Returns:
        uv in pixels of the target size.
    """
    height, width = size_hw
    if field.size_hw == size_hw:
        return field
    scale = np.array([width / field.size_hw[1], height / field.size_hw[0]], np.float32)
    resized = cv2.resize(field.uv, (width, height), interpolation=cv2.INTER_LINEAR)
    return FlowField(np.asarray(resized, np.float32) * scale)
