"""Layers of a generated picture: objects cut out, placed, filled in behind, and pasted. What moves: motion.py."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.datasets.sample import IGNORE, Sample
from core.opencv import cv2
from core.types import GrayImage, RgbImage, SizeHW

Float = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """Something that moves as one: colour uint8 HxWx3 and opacity float32 HxW in [0, 1]."""

    rgb: RgbImage
    alpha: Float

    @property
    def size_hw(self) -> SizeHW:
        return self.rgb.shape[0], self.rgb.shape[1]


def still_layer(still: Sample) -> Layer:
    """The object of a still, cut out at its bounding box."""
    assert still.ground_truth is not None
    alpha = soft_alpha(still.ground_truth)
    x, y, w, h = cv2.boundingRect((alpha > 0.5).astype(np.uint8))
    return Layer(still.rgb[y : y + h, x : x + w], alpha[y : y + h, x : x + w])


def place_layer(thing: Layer, size_hw: SizeHW, rng: np.random.Generator) -> Layer:
    """The object somewhere in a frame, its longer side a sixth to two thirds of the frame's longer one."""
    height, width = size_hw
    scale = log_uniform(rng, (0.16, 0.66)) * max(size_hw) / max(thing.size_hw)
    if scale * thing.size_hw[0] > height:
        scale = height / thing.size_hw[0]
    x = rng.uniform(0.1, 0.9) * width - scale * thing.size_hw[1] / 2
    y = rng.uniform(0.3, 0.8) * height - scale * thing.size_hw[0] / 2
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    rgba = layer_rgba(thing)
    if rng.random() < 0.5:
        rgba = np.ascontiguousarray(rgba[:, ::-1])
    if scale < 0.7:
        rgba = np.asarray(cv2.GaussianBlur(rgba, (0, 0), 0.35 / scale), np.uint8)
    return layer_of(
        np.asarray(cv2.warpAffine(rgba, matrix, (width, height), flags=cv2.INTER_LINEAR), np.uint8)
    )


def layer_rgba(thing: Layer) -> NDArray[np.uint8]:
    """Colour and opacity in one picture, uint8 HxWx4."""
    return np.dstack((thing.rgb, np.rint(thing.alpha * 255).astype(np.uint8)))


def layer_of(rgba: NDArray[np.uint8]) -> Layer:
    """The layer in a picture of colour and opacity, uint8 HxWx4."""
    return Layer(np.ascontiguousarray(rgba[..., :3]), (rgba[..., 3] / 255).astype(np.float32))


def soft_alpha(ground_truth: GrayImage) -> Float:
    """Opacity of a ground truth, its outline a little softened; ignored pixels are background."""
    hard = np.where(ground_truth == IGNORE, 0, ground_truth).astype(np.float32) / 255
    return np.asarray(cv2.GaussianBlur(hard, (0, 0), 0.8), np.float32)


def inpaint_object(rgb: RgbImage, ground_truth: GrayImage) -> RgbImage:
    """Fill the object from its surroundings, at a third of the size: it is seen only where motion uncovers it."""
    height, width = ground_truth.shape
    small_wh = (max(8, width // 3), max(8, height // 3))
    hole = cv2.dilate((ground_truth > 0).astype(np.uint8), np.ones((7, 7), np.uint8))
    small_hole = (cv2.resize(hole, small_wh, interpolation=cv2.INTER_AREA) > 0).astype(np.uint8)
    small = cv2.resize(rgb, small_wh, interpolation=cv2.INTER_AREA)
    filled = cv2.inpaint(small, small_hole, 3, cv2.INPAINT_TELEA)
    grown = cv2.resize(filled, (width, height), interpolation=cv2.INTER_CUBIC)
    return blend(rgb, Layer(np.asarray(grown, np.uint8), hole.astype(np.float32)))


def cover_frame(background: RgbImage, size_hw: SizeHW) -> RgbImage:
    """Scale and crop a scene to fill the frame."""
    height, width = size_hw
    scale = max(height / background.shape[0], width / background.shape[1])
    size_wh = (
        max(width, round(background.shape[1] * scale)),
        max(height, round(background.shape[0] * scale)),
    )
    resized = cv2.resize(background, size_wh, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    top, left = (size_wh[1] - height) // 2, (size_wh[0] - width) // 2
    return np.asarray(resized[top : top + height, left : left + width], np.uint8)


def blend(below: RgbImage, above: Layer) -> RgbImage:
    """Paste a layer over a picture of its size."""
    weight = above.alpha[..., None]
    return np.rint(below * (1 - weight) + above.rgb * weight).astype(np.uint8)


def log_uniform(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    """A number between two limits above 0, as likely in each octave."""
    return math.exp(rng.uniform(math.log(limits[0]), math.log(limits[1])))
