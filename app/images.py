"""numpy pictures to QImage and back, always with their stride and copied, so that no QImage outlives its array."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

PREVIEW_SIDE = 1280
"""Frames longer than this on a side also get a smaller copy, which is what a pane draws until it is zoomed in."""


def image_from_rgb(rgb: NDArray[np.uint8]) -> QImage:
    """uint8 HxWx3 to an RGB32 image of its own memory.

    By OpenCV, which gives Python's lock away: Qt would hold it, and the window up, for all of a large frame.
    """
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    height, width = rgb.shape[:2]
    image = QImage(width, height, QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.bits(), np.uint8).reshape(height, width, 4)
    cv2.cvtColor(np.ascontiguousarray(rgb), cv2.COLOR_RGB2BGRA, dst=pixels)
    return image


def rgb_from_image(image: QImage) -> NDArray[np.uint8]:
    """A RGB32 image to uint8 HxWx3 of its own memory. May be called from any thread."""
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[..., 2::-1].copy()


def image_from_gray(gray: NDArray[np.uint8]) -> QImage:
    """uint8 HxW to a grey image of its own memory."""
    rows = np.ascontiguousarray(gray)
    height, width = rows.shape
    return QImage(rows.data, width, height, rows.strides[0], QImage.Format.Format_Grayscale8).copy()


def image_from_premultiplied(bgra: NDArray[np.uint8]) -> QImage:
    """uint8 HxWx4 (B, G, R, A; colours already times alpha) to an image of its own memory."""
    rows = np.ascontiguousarray(bgra)
    height, width = rows.shape[:2]
    layout = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(rows.data, width, height, rows.strides[0], layout).copy()


def image_from_indices(index: NDArray[np.uint8], table: NDArray[np.uint8]) -> QImage:
    """uint8 HxW looked up in 256 colours (uint8 256x4: B, G, R, A), to a premultiplied image of its own memory."""
    rows = np.ascontiguousarray(index)
    height, width = rows.shape
    view = QImage(rows.data, width, height, rows.strides[0], QImage.Format.Format_Indexed8)
    view.setColorTable(np.ascontiguousarray(table).view("<u4")[:, 0].tolist())
    return view.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)


def preview_of(rgb: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """A copy of a large frame averaged down to PREVIEW_SIDE, None for a frame that is small enough."""
    height, width = rgb.shape[:2]
    longest = max(height, width)
    if longest <= PREVIEW_SIDE * 1.25:
        return None
    from core.opencv import cv2  # not at the top: the window shows before OpenCV is loaded

    size = (max(round(width * PREVIEW_SIDE / longest), 1), max(round(height * PREVIEW_SIDE / longest), 1))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
