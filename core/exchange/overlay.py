"""Soft maps at the clip's size, masks from them, and a frame tinted by its mask. No files here."""

import numpy as np

from core.opencv import cv2
from core.types import GrayImage, RgbImage, SizeHW

TINT_RGB = (255, 59, 92)
_OPACITY = 0.45


def map_at(saliency_u8: GrayImage, size_hw: SizeHW) -> GrayImage:
    """A saliency map resampled bilinearly. uint8 HxW."""
    if saliency_u8.shape == size_hw:
        return saliency_u8
    resized = cv2.resize(saliency_u8, (size_hw[1], size_hw[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)


def mask_of(saliency_u8: GrayImage, threshold: float) -> GrayImage:
    """The mask of a soft map.

    Args:
        threshold: 0 to 1; pixels at least this salient are foreground.

    Returns:
        uint8 HxW, 0 or 255.
    """
    return np.where(saliency_u8 >= threshold * 255, np.uint8(255), np.uint8(0))


def tinted(rgb: RgbImage, mask: GrayImage) -> RgbImage:
    """The frame with its mask tinted and outlined. uint8 HxWx3.

    Args:
        mask: uint8 HxW of the frame's size, 0 or 255.
    """
    colour = np.empty_like(rgb)
    colour[:] = TINT_RGB
    blended = cv2.addWeighted(rgb, 1 - _OPACITY, colour, _OPACITY, 0)
    picture = np.asarray(cv2.copyTo(blended, mask, rgb.copy()), np.uint8)
    thickness = max(1, round(min(rgb.shape[:2]) / 480))
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, TINT_RGB, thickness)
    return picture
