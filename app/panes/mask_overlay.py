"""The mask over the picture: a layer or an outline made of a saliency map. No widgets, no state."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainterPath, QPolygonF

from app.images import image_from_premultiplied
from app.tokens import MASK_TINT
from core.types import GrayImage, SizeHW

MASK_MODES = ("tint", "outline", "cut-out", "heat", "off")
_LONGEST = 960
_EDGE_LEVELS = 10.0
"""Saliency levels over which the edge of a drawn mask fades: about one screen pixel."""

# Dark violet over red to pale yellow: lightness rises steadily, so that it reads without colour too.
_HEAT = ("#1b0c41", "#4a0c6b", "#781c6d", "#a52c60", "#cf4446", "#ed6925", "#fb9b06", "#f7d13d", "#fcffa4")


def mask_layer(
    saliency_u8: GrayImage, mode: str, opacity: float, threshold: int, size_hw: SizeHW, behind: str
) -> QImage | None:
    """The layer to draw over the whole frame.

    Args:
        saliency_u8: uint8 HxW at any size.
        mode: one of MASK_MODES; "outline" and "off" have no layer.
        opacity: 0 to 1.
        threshold: saliency from which on a pixel belongs to the mask, 0 to 255.
        size_hw: size of the frame.
        behind: colour that stands for what is cut out, #rrggbb.
    """
    if mode == "tint":
        return _flat(_coverage(_drawn_size(saliency_u8, size_hw), threshold), MASK_TINT, opacity)
    if mode == "cut-out":
        return _flat(1 - _coverage(_drawn_size(saliency_u8, size_hw), threshold), behind, opacity)
    if mode == "heat":
        return _heat(saliency_u8, opacity)
    return None


def outline(saliency_u8: GrayImage, threshold: int, size_hw: SizeHW) -> QPainterPath:
    """The mask's border, holes included, in frame positions 0 to 1."""
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    drawn = _drawn_size(saliency_u8, size_hw)
    height, width = drawn.shape
    contours, _ = cv2.findContours(
        (drawn >= threshold).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE
    )
    path = QPainterPath()
    for contour in contours:
        points = (contour[:, 0, :].astype(np.float64) + 0.5) / (width, height)
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points.tolist()]))
        path.closeSubpath()
    return path


def _drawn_size(saliency_u8: GrayImage, size_hw: SizeHW) -> GrayImage:
    """The map enlarged towards the frame's size, so that the mask's edge follows what will be saved."""
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    factor = min(1.0, _LONGEST / max(size_hw))
    size = (max(round(size_hw[1] * factor), 1), max(round(size_hw[0] * factor), 1))
    return np.asarray(cv2.resize(saliency_u8, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _coverage(saliency_u8: GrayImage, threshold: int) -> NDArray[np.float32]:
    table = np.clip((np.arange(256, dtype=np.float32) - threshold) / _EDGE_LEVELS + 0.5, 0, 1)
    # The table's ends stay true at the ends of the slider: 0 takes everything in.
    table[255] = 1.0
    if threshold == 0:
        table[:] = 1.0
    return table[saliency_u8]


def _flat(coverage: NDArray[np.float32], colour: str, opacity: float) -> QImage:
    alpha = coverage * opacity
    red, green, blue, _ = QColor(colour).getRgb()  # pyright: ignore[reportGeneralTypeIssues]
    bgra = alpha[..., None] * np.array([blue, green, red, 255], np.float32)
    return image_from_premultiplied(bgra.astype(np.uint8))


def _heat(saliency_u8: GrayImage, opacity: float) -> QImage:
    scaled = heat_table().astype(np.float32) * opacity
    return image_from_premultiplied(scaled.astype(np.uint8)[saliency_u8])


@lru_cache(maxsize=1)
def heat_table() -> NDArray[np.uint8]:
    """uint8 256x4 (B, G, R, A): the heat colours, fully opaque."""
    stops = np.array([QColor(name).getRgb()[:3][::-1] for name in _HEAT], np.float32)  # pyright: ignore
    position = np.linspace(0, len(stops) - 1, 256)
    columns = [np.interp(position, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.stack([*columns, np.full(256, 255.0)], axis=1).astype(np.uint8)
