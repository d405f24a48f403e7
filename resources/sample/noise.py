"""Periodic noise for the sample clip and the ways to look it up. Nothing here knows of the scene."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2

Array = NDArray[Any]
"""An array of float32 unless its docstring says otherwise."""


def spectral_noise(size: int, exponent: float, rng: np.random.Generator, lowest: float = 1.0) -> Array:
    """Make a square tile of noise whose power falls off with frequency, as natural textures do.

    Args:
        size: side of the tile in texels.
        exponent: power falls as frequency ** -exponent; 2 is rough, 4 is smooth.
        rng: source of the randomness.
        lowest: frequencies below this many cycles per tile are left out.

    Returns:
        float32 (size, size), mean 0, standard deviation 1, its opposite edges fit together.
    """
    white = rng.standard_normal((size, size), dtype=np.float32)
    down = np.fft.fftfreq(size)[:, None] * size
    across = np.fft.rfftfreq(size)[None, :] * size
    radius = np.hypot(down, across)
    gain = np.where(radius >= lowest, np.maximum(radius, 1e-6) ** (-exponent / 2), 0).astype(np.float32)
    tile = np.fft.irfft2(np.fft.rfft2(white) * gain, s=(size, size)).astype(np.float32)
    return tile / np.float32(tile.std())


def ridged_noise(size: int, octaves: int, rng: np.random.Generator, lowest: float = 2.0) -> Array:
    """Make a tile of sharp ridges and broad valleys; each finer octave is stronger on the ridges.

    Args:
        size: side of the tile in texels.
        octaves: number of layers, each of twice the frequency of the one before.
        rng: source of the randomness.
        lowest: frequency of the first layer, cycles per tile.

    Returns:
        float32 (size, size) in about 0 to 1.
    """
    total = np.zeros((size, size), np.float32)
    weight = np.ones((size, size), np.float32)
    for octave in range(octaves):
        layer = spectral_noise(size, 6.0, rng, min(lowest * 2.0**octave, size / 4))
        ridge = np.square(np.clip(1 - np.abs(layer) * np.float32(0.62), 0, 1))
        total += ridge * weight * np.float32(0.5**octave)
        weight = np.clip(ridge * np.float32(1.5), 0, 1)
    return total / np.float32(1.6)


def smoothstep(low: float, high: float, value: Array) -> Array:
    """Rise smoothly from 0 at `low` to 1 at `high` (`low` may be the greater: then it falls)."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(first: Array, second: Array, share: Array) -> Array:
    """Blend two colours (3,) or images (height, width, 3) by a share of the second, (height, width)."""
    blended = np.empty((*share.shape, 3), np.float32)
    for channel in range(3):
        start = first[..., channel]
        blended[..., channel] = start + (second[..., channel] - start) * share
    return blended


def tripled(value: Array) -> Array:
    """Repeat a field (height, width) for the three colours: quicker to work with than a broadcast axis."""
    return cv2.merge((value, value, value))


def _wrapped(value: Array, period: int) -> Array:
    """Remainder of a division, several times faster than np.mod."""
    return (value - np.floor(value * np.float32(1 / period)) * np.float32(period)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A periodic texture that repeats over the world.

    values: float32 (N, N), rows along z, columns along x. texel_m: side of one texel, metres.
    """

    values: Array
    texel_m: float

    def at(self, x: Array, z: Array) -> Array:
        """Look the texture up at world positions (metres, 2-D arrays of one shape)."""
        size = self.values.shape[0]
        columns = _wrapped(x * np.float32(1 / self.texel_m), size)
        rows = _wrapped(z * np.float32(1 / self.texel_m), size)
        return cv2.remap(self.values, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """A field over one square of the world; outside it the field is mirrored.

    values: float32 (N, N), rows along z, columns along x. left_m, near_m: world position of texel (0, 0).
    texel_m: side of one texel, metres.
    """

    values: Array
    left_m: float
    near_m: float
    texel_m: float

    def at(self, x: Array, z: Array) -> Array:
        """Look the field up at world positions (metres, 2-D arrays of one shape)."""
        columns = ((x - np.float32(self.left_m)) * np.float32(1 / self.texel_m)).astype(np.float32)
        rows = ((z - np.float32(self.near_m)) * np.float32(1 / self.texel_m)).astype(np.float32)
        return cv2.remap(self.values, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)

    def grid(self) -> tuple[Array, Array]:
        """World x and z of every texel, two float32 (N, N)."""
        steps = np.arange(self.values.shape[0], dtype=np.float32) * np.float32(self.texel_m)
        x, z = np.meshgrid(steps + np.float32(self.left_m), steps + np.float32(self.near_m))
        return x, z

    def with_values(self, values: Array) -> "Map":
        """The same square of the world with another field."""
        return Map(np.ascontiguousarray(values, np.float32), self.left_m, self.near_m, self.texel_m)
