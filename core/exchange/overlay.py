"""A frame tinted by its mask, for overlay pictures and videos. No files here."""

import numpy as np

from core.opencv import cv2
from core.types import GrayImage, RgbImage

TINT_RGB = (255, 59, 92)
_OPACITY = 0.45


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
