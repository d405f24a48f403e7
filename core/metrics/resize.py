"""Brings a saliency map to the ground truth's size, as each protocol's tool does it. No other resizing here."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from core.types import GrayImage, SizeHW

Interpolation = Literal["bicubic", "bilinear"]


def resize_saliency(saliency: GrayImage, size_hw: SizeHW, interpolation: Interpolation) -> GrayImage:
    """The saliency map at another size; the very same map where it has that size already.

    Args:
        saliency: uint8 hxw. size_hw: height and width in pixels.
        interpolation: "bicubic" is the cubic of the field's Matlab tool (a = -0.5, antialiased when shrinking), which
            OpenCV's (a = -0.75) is not; "bilinear" is OpenCV's.

    Returns:
        uint8, of size_hw.
    """
    if saliency.shape == size_hw:
        return saliency
    if interpolation == "bilinear":
        resized = cv2.resize(saliency, (size_hw[1], size_hw[0]), interpolation=cv2.INTER_LINEAR)
        return resized.astype(np.uint8, copy=False)
    resized = saliency
    # As there: the axis that grows least comes first, and each pass ends in 8 bits.
    for axis in sorted((0, 1), key=lambda axis: size_hw[axis] / saliency.shape[axis]):
        upright = resized if axis == 0 else np.ascontiguousarray(resized.T)
        resampled = _resample_rows(upright, size_hw[axis])
        resized = resampled if axis == 0 else np.ascontiguousarray(resampled.T)
    return resized


def _resample_rows(image: GrayImage, rows: int) -> GrayImage:
    """Rows are resampled as whole lines of memory, which is what makes this fast."""
    if image.shape[0] == rows:
        return image
    sources, weights = _taps(image.shape[0], rows)
    exact = np.full((rows, image.shape[1]), 0.5, dtype=np.float32)
    lines = image.astype(np.float32)
    for source, weight in zip(sources.T, weights.T, strict=True):
        exact += lines[source] * weight[:, None]
    return np.clip(np.floor(exact), 0, 255).astype(np.uint8)


def _taps(size_in: int, size_out: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """For each output row the input rows it is made of, and their weights: both (size_out, taps)."""
    scale = size_out / size_in
    stretch = max(1.0, 1 / scale)
    centres = (np.arange(size_out, dtype=np.float64) + 0.5) / scale - 0.5
    first = np.floor(centres - 2 * stretch).astype(np.intp)
    positions = first[:, None] + np.arange(int(np.ceil(4 * stretch)) + 2)
    weights = _cubic(np.asarray((centres[:, None] - positions) / stretch, np.float64))
    weights /= weights.sum(axis=1, keepdims=True)
    # Beyond its edge the map continues mirrored.
    mirrored = positions % (2 * size_in)
    mirrored = np.minimum(mirrored, 2 * size_in - 1 - mirrored)
    used = np.flatnonzero(np.any(weights != 0, axis=0))
    return mirrored[:, used], weights[:, used].astype(np.float32)


def _cubic(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys' cubic kernel with a = -0.5."""
    x = np.abs(distance)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x <= 1, near, np.where(x <= 2, far, 0.0))
