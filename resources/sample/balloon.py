"""The hot-air balloon of the sample clip and its envelope of cloth. What hangs below it is in gear.py."""

from dataclasses import dataclass, replace

import numpy as np

from core.opencv import cv2
from resources.sample.gear import trace_gear
from resources.sample.landscape import SKY_LIGHT, SUN_LIGHT, Camera
from resources.sample.noise import Array, smoothstep
from resources.sample.rays import Hit, Vector, along, dot, tilted, unit, vector
from resources.sample.terrain import SUN, World

RADIUS_M = 8.3
STRETCH = 1.05
MOUTH_M = -13.6
MOUTH_RADIUS_M = 1.75
LOWEST_M = -18.6
GORES = 24
GRID = 2
CLOTH = {
    "red": (0.46, 0.024, 0.022),
    "white": (0.72, 0.69, 0.63),
    "dark": (0.22, 0.010, 0.014),
    "gold": (0.72, 0.36, 0.05),
}
GROUND_LIGHT = np.array([0.16, 0.13, 0.08], np.float32)
Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the balloon is.

    x_m, y_m, z_m: centre of the envelope. spin, sway: turn about the upright and lean to the side, radians.
    """

    x_m: float
    y_m: float
    z_m: float
    spin: float
    sway: float


def render_balloon(world: World, camera: Camera, pose: Pose, seconds: float) -> tuple[Array, Array]:
    """Draw the balloon alone.

    Args:
        world: source of the noise in the cloth.
        camera: where it is seen from.
        pose: where it is.
        seconds: time since the first frame, for the burner's flame.

    Returns:
        colour times coverage, float32 (height, width, 3), and coverage, float32 (height, width), 0 to 1.
    """
    colour = np.zeros((camera.height, camera.width, 3), np.float32)
    coverage = np.zeros((camera.height, camera.width), np.float32)
    box = _window(camera, pose, LOWEST_M, RADIUS_M * STRETCH, RADIUS_M)
    left, top, right, bottom = box
    if left >= right or top >= bottom:
        return colour, coverage
    hit = _trace_envelope(world, *_rays(camera, pose, box), pose.spin)
    gear_box = _window(camera, pose, LOWEST_M, MOUTH_M + 0.6, 2.6)
    hit = _nearest(
        hit, trace_gear(*_rays(camera, pose, gear_box), pose.spin + 0.5, seconds), gear_box, (left, top)
    )
    met = np.isfinite(hit.distance)[..., None].astype(np.float32)
    size = (right - left, bottom - top)
    colour[top:bottom, left:right] = cv2.resize(hit.colour * met, size, interpolation=cv2.INTER_AREA)
    coverage[top:bottom, left:right] = cv2.resize(met[..., 0], size, interpolation=cv2.INTER_AREA)
    return colour, coverage


def _window(camera: Camera, pose: Pose, low_m: float, high_m: float, reach_m: float) -> Box:
    """Box that holds a part of the balloon, cut to the picture."""
    sine, cosine = np.sin(camera.yaw), np.cos(camera.yaw)
    dx, dz = pose.x_m - camera.x_m, pose.z_m - camera.z_m
    depth = sine * dx + cosine * dz
    scale = camera.focal_px / depth
    column = camera.width / 2 + (cosine * dx - sine * dz) * scale
    row = camera.horizon_px - (pose.y_m - camera.y_m) * scale
    spread = (reach_m + abs(pose.sway) * 20) * scale * 1.06 + 2
    left = int(np.clip(column - spread, 0, camera.width))
    right = int(np.clip(column + spread, 0, camera.width))
    top = int(np.clip(row - high_m * scale * 1.06 - 2, 0, camera.height))
    bottom = int(np.clip(row - low_m * scale * 1.06 + 2, 0, camera.height))
    return left, top, right, bottom


def _rays(camera: Camera, pose: Pose, box: Box) -> tuple[Vector, Vector]:
    """Origin and unit directions of a finer grid of rays, in axes that sway with the balloon."""
    left, top, right, bottom = (edge * GRID for edge in box)
    fine = replace(
        camera,
        width=camera.width * GRID,
        height=camera.height * GRID,
        focal_px=camera.focal_px * GRID,
        horizon_px=camera.horizon_px * GRID,
        shift_px=(camera.shift_px[0] * GRID, camera.shift_px[1] * GRID),
    )
    across, up = np.meshgrid(fine.columns()[left:right], fine.rows()[top:bottom])
    sine, cosine = np.float32(np.sin(camera.yaw)), np.float32(np.cos(camera.yaw))
    ray = unit((sine + cosine * across, up, cosine - sine * across))
    origin = np.array([camera.x_m - pose.x_m, camera.y_m - pose.y_m, camera.z_m - pose.z_m], np.float32)
    return tilted(vector(origin), pose.sway), tilted(ray, pose.sway)


def _trace_envelope(world: World, origin: Vector, ray: Vector, spin: float) -> Hit:
    """Meet the rays with an egg-shaped crown and the cone that hangs from it."""
    squash = np.float32(1 / STRETCH)
    start = (origin[0], origin[1] * squash, origin[2])
    way = (ray[0], ray[1] * squash, ray[2])
    tip, slope = _cone()
    join = np.float32(RADIUS_M**2 / tip)
    crown = _nearer_root(dot(way, way), dot(start, way), dot(start, start) - np.float32(RADIUS_M**2))
    crown = np.where(start[1] + crown * way[1] >= join, crown, np.inf)
    cone = _meet_cone((start[0], start[1] - np.float32(tip), start[2]), way, slope)
    height = start[1] + cone * way[1]
    cone = np.where((height < join) & (height >= MOUTH_M * squash), cone, np.inf)
    distance = np.minimum(crown, cone).astype(np.float32)
    reach = np.where(np.isfinite(distance), distance, np.float32(0))
    return Hit(distance, _cloth(world, along(origin, ray, reach), ray, spin))


def _meet_cone(start: Vector, way: Vector, slope: float) -> Array:
    """Distance to an upright cone with its tip at the origin."""
    narrow = np.float32(slope**2)
    return _nearer_root(
        way[0] ** 2 + way[2] ** 2 - narrow * way[1] ** 2,
        start[0] * way[0] + start[2] * way[2] - narrow * start[1] * way[1],
        start[0] ** 2 + start[2] ** 2 - narrow * start[1] ** 2,
    )


def _cone() -> tuple[float, float]:
    """Tip (metres, before stretching) and slope of the cone that touches the crown and ends at the mouth."""
    mouth = MOUTH_M / STRETCH
    tips = np.linspace(mouth - 12, mouth - 0.5, 4000)
    radii = RADIUS_M / np.sqrt(tips**2 - RADIUS_M**2) * (mouth - tips)
    tip = float(tips[np.argmin(np.abs(radii - MOUTH_RADIUS_M))])
    return tip, RADIUS_M / float(np.sqrt(tip**2 - RADIUS_M**2))


def _nearer_root(a: Array, half_b: Array, c: Array) -> Array:
    """Nearer root of a t^2 + 2 half_b t + c, inf where there is none."""
    inside = half_b**2 - a * c
    return np.where(inside > 0, (-half_b - np.sqrt(np.maximum(inside, 0))) / a, np.float32(np.inf))


def _cloth(world: World, point: Vector, ray: Vector, spin: float) -> Array:
    """Light that the envelope sends to the viewer: pattern, seams, folds, sun through the cloth."""
    x, y, z = point
    angle = np.arctan2(z, x) + np.float32(spin)
    gore = angle * np.float32(GORES / (2 * np.pi))
    phase = gore - np.floor(gore) - np.float32(0.5)
    normal = _bulged_normal(world, point, angle, phase)
    albedo = _pattern(y, gore) * _seams(y, phase)[..., None]
    sun = vector(SUN)
    facing = dot(normal, sun)
    through = 0.10 * np.clip(0.75 - facing, 0, 1) * smoothstep(-15, 4, y)
    light = SUN_LIGHT * np.clip(facing, 0, 1)[..., None] + _surroundings(normal[1])
    light += SUN_LIGHT * albedo * through[..., None]
    half = unit((sun[0] - ray[0], sun[1] - ray[1], sun[2] - ray[2]))
    shine = np.clip(dot(normal, half), 0, 1) ** 40
    sheltered = 0.72 + 0.28 * smoothstep(-14, -6, y)
    return (albedo * light * sheltered[..., None] + 0.05 * SUN_LIGHT * shine[..., None]).astype(np.float32)


def _surroundings(upward: Array) -> Array:
    """Light from the sky above and from the ground below on cloth whose normal points up so far."""
    sky = np.clip(0.42 + 0.36 * upward, 0, 1)[..., None]
    return SKY_LIGHT * sky + GROUND_LIGHT * np.clip(-upward, 0, 1)[..., None]


def _bulged_normal(world: World, point: Vector, angle: Array, phase: Array) -> Vector:
    """Normal of the envelope with the belly of every gore and the folds of slack cloth near the mouth."""
    x, y, z = point
    tip, slope = _cone()
    level = y / np.float32(STRETCH)
    ring = np.maximum(np.hypot(x, z), np.float32(1e-3))
    rise = np.where(level >= RADIUS_M**2 / tip, level / ring, np.float32(-slope)) / np.float32(STRETCH)
    folds = world.rough.at(angle * 60, y * 2.5) * (0.05 + 0.16 * smoothstep(-5, -13, y))
    turn = np.float32(0.62) * phase * smoothstep(RADIUS_M * 1.04, RADIUS_M * 0.8, y) + folds
    sine, cosine = np.sin(turn), np.cos(turn)
    east, north = x / ring, z / ring
    return unit((east * cosine - north * sine, rise + 0.3 * folds, north * cosine + east * sine))


def _pattern(y: Array, gore: Array) -> Array:
    """Red and white cloth: a star on the crown, a zigzag belt edged with gold, stripes down to the mouth."""
    zigzag = np.abs(np.mod(gore, 2) - 1) * np.float32(2.3)
    belt = y - zigzag
    odd = np.mod(np.floor(gore), 2) > 0
    colour = np.where(odd[..., None], _paint("red"), _paint("white"))
    for edge, name in ((4.6, "red"), (1.7, "gold"), (1.1, "white"), (-1.6, "gold"), (-2.2, "red")):
        colour = np.where((belt < edge)[..., None], _paint(name), colour)
    colour = np.where(((belt < -5.2) & odd)[..., None], _paint("white"), colour)
    return np.where(((y < -11.4) | (y > 8.1))[..., None], _paint("dark"), colour)


def _paint(name: str) -> Array:
    return np.array(CLOTH[name], np.float32)


def _seams(y: Array, phase: Array) -> Array:
    """Darkening along the tapes between the gores and, fainter, between the panels of each gore."""
    upright = 1 - 0.28 * smoothstep(0.455, 0.49, np.abs(phase))
    level = np.abs(np.mod(y / np.float32(1.15), 1) - np.float32(0.5))
    return upright * (1 - 0.10 * smoothstep(0.46, 0.485, level))


def _nearest(first: Hit, second: Hit, box: Box, corner: tuple[int, int]) -> Hit:
    """Lay the hits of a smaller grid into those of the larger one where they are nearer."""
    left, top = (box[0] - corner[0]) * GRID, (box[1] - corner[1]) * GRID
    rows = slice(top, top + second.distance.shape[0])
    columns = slice(left, left + second.distance.shape[1])
    distance, colour = first.distance.copy(), first.colour.copy()
    nearer = second.distance < distance[rows, columns]
    distance[rows, columns] = np.where(nearer, second.distance, distance[rows, columns])
    colour[rows, columns] = np.where(nearer[..., None], second.colour, colour[rows, columns])
    return Hit(distance, colour)
