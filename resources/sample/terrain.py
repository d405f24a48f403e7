"""The valley of the sample clip: heights, forest and sunlight as maps. How it is seen is in landscape.py."""

from dataclasses import dataclass

import numpy as np

from core.opencv import cv2
from resources.sample.noise import Array, Map, Tile, ridged_noise, smoothstep, spectral_noise

SUN = np.array([-0.89, 0.41, -0.20], np.float32)
"""Unit vector towards the sun; x is right, y is up, z is away from the viewer."""

NEAR_SIDE_M = 4608.0
FAR_SIDE_M = 24576.0
CANOPY_SIDE_M = 320.0
TREE_M = 15.0


@dataclass(frozen=True, slots=True, eq=False)
class Canopy:
    """Treetops of a closed forest. height: metres; slopes: metres a metre; tint: 0 green to 1 golden."""

    height: Tile
    slope_x: Tile
    slope_z: Tile
    tint: Tile


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One square of ground. height: metres above the lake. slope_x, slope_z: metres a metre.

    sun: how much of the sun is seen from there, 0 to 1.
    """

    height: Map
    slope_x: Map
    slope_z: Map
    sun: Map


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Everything of the valley that does not depend on the camera or on time.

    far, near: the ground. forest: share of trees, 0 to 1. rough, smooth: noise of mean 0 and deviation 1 with
    texels of 1 m, to be scaled as needed.
    """

    far: Ground
    near: Ground
    forest: Map
    canopy: Canopy
    rough: Tile
    smooth: Tile


def build_world(seed: int, texels: int = 3072) -> World:
    """Make the valley.

    Args:
        seed: everything random follows from it.
        texels: side of the near map; smaller is quicker and coarser.

    Returns:
        The finished world.
    """
    rng = np.random.default_rng(seed)
    rough = Tile(spectral_noise(1024, 2.4, rng), 1.0)
    smooth = Tile(spectral_noise(1024, 3.6, rng, 2.0), 1.0)
    canopy = _canopy(max(texels // 3, 64), rng)
    far = _landform(max(texels * 2 // 3, 128), rng)
    near = _near_heights(far, texels, rough, smooth)
    forest = _forest(near, smooth, rough)
    with_trees = near.values + forest.values * canopy.height.at(*near.grid())
    return World(_ground(far, far.values, 0.8), _ground(near, with_trees, 1.5), forest, canopy, rough, smooth)


def _ground(height: Map, with_trees: Array, softness_texels: float) -> Ground:
    """Add slopes and sunlight to heights; trees throw shadows but the slopes are those of the bare ground."""
    soft = cv2.GaussianBlur(height.values, (0, 0), softness_texels)
    slope_z, slope_x = np.gradient(soft, np.float32(height.texel_m))
    sun = _sunlight(with_trees, height.texel_m)
    return Ground(height, *(height.with_values(field) for field in (slope_x, slope_z, sun)))


def _landform(texels: int, rng: np.random.Generator) -> Map:
    """Valley, side hills and the mountains behind them, as heights above the lake."""
    blank = Map(np.zeros((texels, texels), np.float32), -FAR_SIDE_M / 2, -600.0, FAR_SIDE_M / texels)
    x, z = blank.grid()
    rolling = spectral_noise(texels, 3.4, rng, 6.0)
    ridges = ridged_noise(texels, 6, rng, 4.0)
    massif = spectral_noise(texels, 4.6, rng, 3.0)
    centre = 150 * np.sin(z / 900) + 0.06 * z
    across = np.abs(x - centre) / (560 + 0.13 * z)
    sides = 330 * smoothstep(0.55, 2.6, across) + 260 * smoothstep(1.6, 5.0, across)
    floor = -34 + 70 * smoothstep(1900, 3200, z) + 50 * smoothstep(900, 470, z + 0.22 * x)
    hills = rolling * (12 + 62 * smoothstep(0.5, 1.6, across) + 60 * smoothstep(2600, 5200, z))
    mountains = smoothstep(4800, 12500, z) * (520 + 260 * massif + 900 * ridges)
    return blank.with_values(floor + sides + hills + mountains)


def _near_heights(far: Map, texels: int, rough: Tile, smooth: Tile) -> Map:
    """The landform around the viewer with the small unevenness that the far map cannot hold."""
    near = Map(np.zeros((texels, texels), np.float32), -NEAR_SIDE_M / 2, 0.0, NEAR_SIDE_M / texels)
    x, z = near.grid()
    base = cv2.GaussianBlur(far.at(x, z), (0, 0), 5.0)
    uneven = 2.2 * smooth.at(x * 1.7, z * 1.7) + 0.5 * rough.at(x * 2.1, z * 2.1)
    return near.with_values(base + uneven * smoothstep(-8, 6, base))


def _forest(near: Map, smooth: Tile, rough: Tile) -> Map:
    """Where trees grow: thick on the slopes, clumps and single trees in the meadows, none in the water."""
    x, z = near.grid()
    wish = smooth.at(x * 0.55 + 90, z * 0.55) + 0.35 * rough.at(x * 1.3, z * 1.3)
    wish += 1.5 * smoothstep(25, 120, near.values) - 0.55
    return near.with_values(smoothstep(0.1, 0.24, wish) * smoothstep(1.5, 4.0, near.values))


def _canopy(texels: int, rng: np.random.Generator) -> Canopy:
    """Stamp cone-like trees of many sizes into one periodic tile."""
    texel_m = CANOPY_SIDE_M / texels
    height = np.zeros((texels, texels), np.float32)
    tint = np.zeros((texels, texels), np.float32)
    for _ in range(int(CANOPY_SIDE_M**2 / 17)):
        _stamp_tree(height, tint, rng, texel_m)
    twigs = spectral_noise(texels, 1.4, rng, min(CANOPY_SIDE_M / 4, texels / 4))
    height *= np.clip(1 + np.float32(0.14) * twigs, 0.5, 1.25)
    wrapped = np.pad(height, 1, mode="wrap")
    slope_x = (wrapped[1:-1, 2:] - wrapped[1:-1, :-2]) / np.float32(2 * texel_m)
    slope_z = (wrapped[2:, 1:-1] - wrapped[:-2, 1:-1]) / np.float32(2 * texel_m)
    return Canopy(*(Tile(np.ascontiguousarray(field), texel_m) for field in (height, slope_x, slope_z, tint)))


def _stamp_tree(height: Array, tint: Array, rng: np.random.Generator, texel_m: float) -> None:
    """Add one tree at a random place; where trees overlap the higher one is seen."""
    size = height.shape[0]
    top = TREE_M * rng.uniform(0.55, 1.0)
    reach = top * rng.uniform(0.17, 0.27)
    golden = float(rng.uniform() < 0.16) * rng.uniform(0.5, 1.0)
    column, row = rng.uniform(0, size, 2)
    span = int(np.ceil(reach / texel_m)) + 1
    rows = np.arange(int(row) - span, int(row) + span + 1)
    columns = np.arange(int(column) - span, int(column) + span + 1)
    east, north = np.meshgrid(columns - column, rows - row)
    around = np.arctan2(north, east)
    ragged = 1 + 0.16 * np.sin(5 * around + rng.uniform(0, 6)) + 0.10 * np.sin(9 * around + rng.uniform(0, 6))
    distance = np.hypot(east, north) * texel_m / (reach * ragged)
    tree = (top * np.clip(1 - distance, 0, 1) ** 0.9).astype(np.float32)
    place = np.ix_(rows % size, columns % size)
    taller = tree > height[place]
    tint[place] = np.where(taller, np.float32(golden + rng.uniform(0, 0.12)), tint[place])
    height[place] = np.maximum(height[place], tree)


def _sunlight(height: Array, texel_m: float) -> Array:
    """Sweep the shadow's upper edge across the map away from the sun, column by column."""
    drift = float(SUN[2] / SUN[0])
    drop = np.float32(texel_m * SUN[1] / abs(SUN[0]))
    lit = np.empty_like(height)
    edge = height[:, 0].copy()
    for column in range(height.shape[1]):
        before = np.concatenate([edge[:1], edge[:-1]])
        edge = (1 - drift) * edge + drift * before - drop
        lit[:, column] = np.clip(1 - (edge - height[:, column]) / np.float32(1.2 * texel_m), 0, 1)
        edge = np.maximum(edge, height[:, column])
    return cv2.GaussianBlur(lit, (0, 0), 0.8)
