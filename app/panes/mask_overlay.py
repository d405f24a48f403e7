"""What is shown of a saliency map beside the exact mask: its heat, and a quick mask. No widgets, no state."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from app.images import image_from_indices
from core.types import GrayImage, SizeHW

MASK_MODES = ("tint", "outline", "cut-out", "heat", "onion", "off")

# Dark violet over red to pale yellow: lightness rises steadily, so that it reads without colour too.
_HEAT = ("#1b0c41", "#4a0c6b", "#781c6d", "#a52c60", "#cf4446", "#ed6925", "#fb9b06", "#f7d13d", "#fcffa4")


def quick_mask(saliency_u8: GrayImage, threshold: int, size_hw: SizeHW) -> GrayImage:
    """The model's mask for the eye, in a few milliseconds: the exact one is composed where the project is.

    Args:
        saliency_u8: uint8 HxW at any size.
        threshold: saliency from which on a pixel belongs to the mask, 0 to 255.
        size_hw: size of the frame.

    Returns:
        uint8 of `size_hw`, 0 or 255.
    """
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    enlarged = cv2.resize(saliency_u8, size_hw[::-1], interpolation=cv2.INTER_LINEAR)
    return (np.asarray(enlarged, np.uint8) >= threshold).view(np.uint8) * np.uint8(255)


def heat_layer(saliency_u8: GrayImage, opacity: float) -> QImage:
    """The map in heat colours, to be stretched over the frame.

    Args:
        saliency_u8: uint8 HxW at any size.
        opacity: 0 to 1.
    """
    table = heat_table().copy()
    table[:, 3] = round(opacity * 255)
    return image_from_indices(saliency_u8, table)


@lru_cache(maxsize=1)
def heat_table() -> NDArray[np.uint8]:
    """uint8 256x4 (B, G, R, A): the heat colours, fully opaque."""
    stops = np.array([QColor(name).getRgb()[:3][::-1] for name in _HEAT], np.float32)  # pyright: ignore
    position = np.linspace(0, len(stops) - 1, 256)
    columns = [np.interp(position, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.stack([*columns, np.full(256, 255.0)], axis=1).astype(np.uint8)
