"""How the valley and the sky look through a camera, in linear light. The balloon is in balloon.py."""

from dataclasses import dataclass, replace

import numpy as np

from core.opencv import cv2
from resources.sample.noise import Array, mix, smoothstep, tripled
from resources.sample.terrain import SUN, TREE_M, World

SUN_LIGHT = np.array([3.5, 2.62, 1.72], np.float32)
SKY_LIGHT = np.array([0.36, 0.48, 0.72], np.float32)
CLOUD_HEIGHT_M = 2600.0
NEAR_M = 3300.0


def _colour(red: float, green: float, blue: float) -> Array:
    return np.array([red, green, blue], np.float32)


@dataclass(frozen=True, slots=True)
class Camera:
    """A level camera that turns left and right; looking up and down shifts the horizon.

    x_m, y_m, z_m: place; y_m is above the lake. yaw: radians to the right. horizon_px: row of the horizon.
    focal_px: focal length. width, height: size in pixels. shift_px: sub-pixel offset (x, y) of every sample.
    """

    x_m: float
    y_m: float
    z_m: float
    yaw: float
    horizon_px: float
    focal_px: float
    width: int
    height: int
    shift_px: tuple[float, float] = (0.0, 0.0)

    def columns(self) -> Array:
        """Tangent of the angle to the right of the axis, float32 (width,)."""
        pixels = np.arange(self.width, dtype=np.float32) + np.float32(0.5 + self.shift_px[0] - self.width / 2)
        return pixels / np.float32(self.focal_px)

    def rows(self) -> Array:
        """Tangent of the angle above the horizon, float32 (height,)."""
        pixels = np.arange(self.height, dtype=np.float32) + np.float32(0.5 + self.shift_px[1])
        return (np.float32(self.horizon_px) - pixels) / np.float32(self.focal_px)

    def ground(self, depth: Array, tangent: Array) -> tuple[Array, Array]:
        """World x and z at a depth along the axis and a tangent to the right of it."""
        sine, cosine = np.float32(np.sin(self.yaw)), np.float32(np.cos(self.yaw))
        x = np.float32(self.x_m) + depth * (sine + cosine * tangent)
        z = np.float32(self.z_m) + depth * (cosine - sine * tangent)
        return x, z


def render_landscape(world: World, camera: Camera, seconds: float) -> Array:
    """Draw the valley, the lake and the sky.

    Args:
        world: the valley.
        camera: where it is seen from.
        seconds: time since the first frame, for the ripples.

    Returns:
        float32 (height, width, 3), linear light, 1.0 is about white paper in shade.
    """
    depth = _first_hits(world, camera, np.geomspace(220, 22500, 1200).astype(np.float32))
    ground = np.isfinite(depth)
    picture = np.zeros((camera.height, camera.width, 3), np.float32)
    lowest_sky = int(np.max(np.nonzero(~ground.all(axis=1))[0], initial=0)) + 1
    picture[:lowest_sky] = _sky(world, camera, camera.rows()[:lowest_sky])
    reach = np.where(ground, depth, np.float32(20000))
    x, z = camera.ground(reach, camera.columns()[None, :])
    y = np.float32(camera.y_m) + camera.rows()[:, None] * reach
    water = ground & (y < 0.15)
    lit = _land(world, x, y, z, reach)
    below = slice(int(np.clip(camera.horizon_px, 0, camera.height - 1)), None)
    lake = _lake(world, camera, camera.rows()[below], x[below], z[below], reach[below], seconds)
    lit[below] = np.where(water[below][..., None], lake, lit[below])
    return np.where(ground[..., None], _with_air(world, camera, lit, x, y, z, reach), picture)


def _first_hits(world: World, camera: Camera, steps: Array) -> Array:
    """Depth of the first ground that each pixel's ray meets, float32 (height, width), inf where none."""
    heights = _surface(world, camera, steps)
    tangents = (heights - np.float32(camera.y_m)) / steps[:, None]
    rows = camera.rows()
    depth = np.empty((camera.height, camera.width), np.float32)
    crest = np.maximum.accumulate(tangents, axis=0)
    for column in range(camera.width):
        index = np.searchsorted(crest[:, column], rows)
        after = np.clip(index, 1, len(steps) - 1)
        above = tangents[after - 1, column] - rows
        below = tangents[after, column] - rows
        share = np.clip(above / np.minimum(above - below, np.float32(-1e-9)), 0, 1)
        hit = steps[after - 1] + share * (steps[after] - steps[after - 1])
        depth[:, column] = np.where(index < len(steps), hit, np.inf)
    return depth


def _surface(world: World, camera: Camera, steps: Array) -> Array:
    """Height of ground, water or treetops at every step of every column, float32 (steps, width)."""
    x, z = camera.ground(steps[:, None], camera.columns()[None, :])
    near = steps < 3600
    forest = world.forest.at(x[near], z[near])
    close = world.near.height.at(x[near], z[near]) + forest * world.canopy.height.at(x[near], z[near])
    distant = world.far.height.at(x[~near], z[~near])
    blend = smoothstep(3000, 3600, steps[near])[:, None]
    close += (world.far.height.at(x[near], z[near]) + 8 - close) * blend
    return np.maximum(np.concatenate([close, distant + 8 * smoothstep(900, 700, distant)]), 0)


def _land(world: World, x: Array, y: Array, z: Array, depth: Array) -> Array:
    """Colour of sunlit ground and trees before the air in front of it, (height, width, 3)."""
    fine = np.exp(-depth / 2600)
    far_forest = smoothstep(-1.0, 0.3, world.smooth.at(x / 5, z / 5))
    forest = np.where(depth < NEAR_M, world.forest.at(x, z), far_forest) * smoothstep(900, 650, y)
    crown = world.canopy.height.at(x, z) / np.float32(TREE_M)
    trees = forest * (1 - fine * smoothstep(0.10, 0.03, forest * crown))
    normal = _normals(world, x, z, depth, forest * fine)
    albedo = _albedo(world, x, y, z, normal[1], np.clip(trees * 2.5, 0, 1))
    seen = np.where(depth < NEAR_M, world.near.sun.at(x, z), world.far.sun.at(x, z))
    facing = np.clip(sum(n * s for n, s in zip(normal, SUN, strict=True)), 0, 1) * seen
    shade = 1 - trees * fine * 0.9 * np.clip(1 - 1.15 * crown, 0, 1)
    light = mix(np.zeros(3, np.float32), SUN_LIGHT, facing * shade)
    light += mix(np.zeros(3, np.float32), SKY_LIGHT, (0.55 + 0.45 * normal[1]) * shade)
    return albedo * light


def _normals(world: World, x: Array, z: Array, depth: Array, trees: Array) -> tuple[Array, Array, Array]:
    """Unit normals of the ground, with the treetops' slopes by the share of trees."""
    near = depth < NEAR_M
    slope_x = np.where(near, world.near.slope_x.at(x, z), world.far.slope_x.at(x, z))
    slope_z = np.where(near, world.near.slope_z.at(x, z), world.far.slope_z.at(x, z))
    slope_x = slope_x + trees * world.canopy.slope_x.at(x, z) * 0.45
    slope_z = slope_z + trees * world.canopy.slope_z.at(x, z) * 0.45
    length = np.sqrt(slope_x**2 + slope_z**2 + 1)
    return -slope_x / length, 1 / length, -slope_z / length


def _albedo(world: World, x: Array, y: Array, z: Array, upward: Array, forest: Array) -> Array:
    """Reflectance of meadow, shore, trees, rock and snow, (height, width, 3)."""
    patches, grain = world.smooth.at(x * 0.9, z * 0.9), world.rough.at(x * 3.1, z * 3.1)
    dry = smoothstep(-1.2, 1.6, patches + 0.5 * grain)
    ground = mix(_colour(0.085, 0.135, 0.03), _colour(0.25, 0.215, 0.085), dry) * tripled(1 + 0.22 * grain)
    ground = mix(ground, _colour(0.30, 0.26, 0.20), smoothstep(2.6, 0.8, y + 0.5 * grain))
    tree = mix(_colour(0.035, 0.062, 0.022), _colour(0.21, 0.125, 0.025), world.canopy.tint.at(x, z))
    ground = mix(ground, tree * tripled(1 + 0.25 * grain), forest)
    broad = world.rough.at(x / 9, z / 9)
    rock = mix(_colour(0.16, 0.148, 0.14), _colour(0.24, 0.222, 0.21), 0.5 + 0.5 * broad)
    ground = mix(ground, rock, smoothstep(560, 800, y + 90 * broad))
    snow = smoothstep(880, 1250, y + 90 * broad) * smoothstep(0.45, 0.75, upward)
    return np.clip(mix(ground, _colour(0.82, 0.85, 0.9), snow), 0.01, 1)


def _lake(world: World, camera: Camera, up: Array, x: Array, z: Array, depth: Array, seconds: float) -> Array:
    """Colour of the water: the mirrored valley and sky, broken by ripples, over a dark green depth.

    up: tangents above the horizon of the rows to draw, all negative. x, z, depth: of those rows' pixels.
    """
    mirrored, horizon_px = _mirror_image(world, camera)
    breeze = smoothstep(-0.4, 1.4, world.smooth.at(x * 0.5 + 300, z * 0.28))
    ripple = world.rough.at(x * 5 + 6 * seconds, z * 2.2 - 5 * seconds)
    swing = ripple * (0.0035 + 0.012 * breeze)
    rows = horizon_px - (swing - up[:, None]) * np.float32(camera.focal_px / 2)
    columns = np.tile(np.arange(camera.width, dtype=np.float32) / 2 - np.float32(0.25), (rows.shape[0], 1))
    rows = rows.astype(np.float32)
    picked = cv2.remap(mirrored, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    grazing = np.clip(np.float32(camera.y_m) / depth * (1 + 6 * np.abs(swing)), 0, 1)
    mirror = 0.02 + 0.98 * (1 - grazing) ** 5
    haze = mix(picked, _colour(0.50, 0.58, 0.68), 0.22 * breeze)
    return mix(np.broadcast_to(_colour(0.018, 0.05, 0.055), haze.shape), haze, mirror)


def _mirror_image(world: World, camera: Camera) -> tuple[Array, float]:
    """What the water mirrors, at half size: the view from as far under the lake as the camera is above it.

    Returns:
        the picture, and the row of its horizon less half a pixel.
    """
    height = int(camera.height * 0.36)
    below = replace(
        camera,
        y_m=-camera.y_m,
        horizon_px=height - 10.0,
        focal_px=camera.focal_px / 2,
        width=camera.width // 2,
        height=height,
        shift_px=(camera.shift_px[0] / 2, camera.shift_px[1] / 2),
    )
    steps = np.geomspace(1000, 22500, 260).astype(np.float32)
    depth = _first_hits(world, below, steps)
    ground = np.isfinite(depth)
    reach = np.where(ground, depth, np.float32(20000))
    x, z = below.ground(reach, below.columns()[None, :])
    y = np.float32(below.y_m) + below.rows()[:, None] * reach
    lit = _with_air(world, below, _land(world, x, y, z, reach), x, np.abs(y), z, reach)
    picture = np.where(ground[..., None], lit, _sky(world, below, below.rows()))
    return picture.astype(np.float32), below.horizon_px - 0.5


def _glow(camera: Camera, elevation: Array) -> Array:
    """Nearness to the sun's side of the sky, 0 to 1, (height, width)."""
    tangent = camera.columns()[None, :]
    sine, cosine = np.sin(camera.yaw), np.cos(camera.yaw)
    length = np.sqrt(1 + tangent**2 + elevation[:, None] ** 2)
    toward = ((sine + cosine * tangent) * SUN[0] + (cosine - sine * tangent) * 0.25) / length
    return smoothstep(-0.55, 0.75, toward.astype(np.float32))


def _sky(world: World, camera: Camera, elevation: Array) -> Array:
    """Clear morning sky with thin clouds, (height, width, 3)."""
    up = np.broadcast_to(np.clip(elevation, 0, 1)[:, None], (elevation.size, camera.width)).astype(np.float32)
    glow = _glow(camera, elevation)
    low = mix(_colour(0.72, 0.74, 0.80), _colour(1.25, 0.98, 0.70), glow)
    colour = mix(low, _colour(0.36, 0.55, 0.86), smoothstep(-0.02, 0.16, up))
    colour = mix(colour, _colour(0.13, 0.29, 0.62), smoothstep(0.08, 0.42, up))
    return _with_clouds(world, camera, colour, up, glow)


def _with_clouds(world: World, camera: Camera, colour: Array, up: Array, glow: Array) -> Array:
    """Lay a broken sheet of cloud over the sky; it thins out into the haze at the horizon."""
    reach = CLOUD_HEIGHT_M / np.maximum(up, np.float32(0.03))
    x, z = camera.ground(reach, camera.columns()[None, :])
    bank = world.smooth.at(x / 22, z / 34) + 0.45 * world.rough.at(x / 9, z / 12)
    toward_x = np.float32(SUN[0] * 260)
    sunward = world.smooth.at((x + 2 * toward_x) / 22, z / 34)
    sunward += 0.45 * world.rough.at((x + toward_x) / 9, z / 12)
    cover = smoothstep(0.1, 1.9, bank) * smoothstep(0.035, 0.12, up) * 0.85
    bright = np.clip(0.62 + 0.35 * (bank - sunward), 0.25, 1.0)
    tone = mix(_colour(0.52, 0.56, 0.66), _colour(1.28, 1.16, 1.02), bright * (0.75 + 0.25 * glow))
    return mix(colour, tone, cover)


def _with_air(world: World, camera: Camera, lit: Array, x: Array, y: Array, z: Array, depth: Array) -> Array:
    """Put haze by distance and drifting mist near the lake between the viewer and the ground."""
    glow = _glow(camera, camera.rows())
    haze_colour = mix(_colour(0.50, 0.60, 0.76), _colour(0.98, 0.84, 0.68), glow)
    clear = cv2.merge([np.exp(depth * np.float32(-1 / reach)) for reach in (15000, 11500, 8200)])
    hazy = haze_colour + (lit - haze_colour) * clear
    fall = np.float32(1 / 26)
    rise = np.where(np.abs(y - camera.y_m) < 1, np.float32(1), y - np.float32(camera.y_m))
    column = (np.exp(-fall * camera.y_m) - np.exp(-fall * np.clip(y, -20, 900))) / (fall * rise)
    patchy = np.clip(0.5 + 0.75 * world.smooth.at(x / 3 + 120, z / 3), 0.03, 2.2)
    patchy *= smoothstep(500, 1500, depth)
    mist = 1 - np.exp(-0.0006 * depth * np.abs(column) * patchy)
    return mix(hazy, mix(_colour(0.74, 0.77, 0.82), _colour(1.15, 0.98, 0.80), glow), mist)
