"""Random smooth motions: homographies, and layers that are moved and bent by them. What moves is others' choice."""

import numpy as np
from numpy.typing import NDArray

from core.datasets.layers import Layer, layer_of, layer_rgba
from core.opencv import cv2

Matrix = NDArray[np.float64]


def random_motion(
    size_wh: tuple[int, int],
    speed_px: float,
    rng: np.random.Generator,
    center: tuple[float, float] | None = None,
) -> Matrix:
    """A homography that moves points by about `speed_px`: mostly shift, some turn, zoom and perspective."""
    angle = rng.uniform(0, 2 * np.pi)
    share = rng.uniform(0.5, 1.0)
    shift = speed_px * share * np.array([np.cos(angle), 0.6 * np.sin(angle)])
    radius = max(size_wh) / 3
    turn = rng.normal(0, 0.5) * speed_px * (1.2 - share) / radius
    zoom = 1 + rng.normal(0, 0.6) * speed_px * (1.2 - share) / radius
    matrix = similarity(size_wh, zoom, turn, shift, center)
    if rng.random() < 0.3:
        matrix[2, :2] = rng.normal(0, 0.1, 2) * speed_px / max(size_wh) ** 2
    return matrix


def similarity(
    size_wh: tuple[int, int],
    zoom: float,
    turn: float,
    shift: NDArray[np.float64],
    center: tuple[float, float] | None = None,
) -> Matrix:
    """Turn (radians) and zoom about a centre, the middle of the frame by default, then shift (x, y); 3x3."""
    x, y = center or (size_wh[0] / 2, size_wh[1] / 2)
    cos, sin = zoom * np.cos(turn), zoom * np.sin(turn)
    return np.array(
        [
            [cos, -sin, x - cos * x + sin * y + shift[0]],
            [sin, cos, y - sin * x - cos * y + shift[1]],
            [0, 0, 1],
        ]
    )


def centre_of(thing: Layer) -> tuple[float, float]:
    """Centre of gravity of a layer's opacity, x and y in pixels."""
    height, width = thing.size_hw
    columns, rows = thing.alpha.sum(0), thing.alpha.sum(1)
    total = float(columns.sum()) + 1e-6
    return float(columns @ np.arange(width) / total), float(rows @ np.arange(height) / total)


def move_layer(thing: Layer, forward: Matrix, bend_px: float, rng: np.random.Generator) -> Layer:
    """Move a layer by a homography and bend it by a smooth field of about `bend_px`."""
    height, width = thing.size_hw
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), -1).astype(np.float32)
    source = cv2.perspectiveTransform(grid.reshape(1, -1, 2), np.linalg.inv(forward)).reshape(
        height, width, 2
    )
    coarse = rng.normal(0, bend_px, (4, 5, 2)).astype(np.float32)
    source = (source + cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)).astype(np.float32)
    border = cv2.BORDER_REFLECT_101
    return layer_of(
        np.asarray(
            cv2.remap(layer_rgba(thing), source[..., 0], source[..., 1], cv2.INTER_LINEAR, borderMode=border),
            np.uint8,
        )
    )
