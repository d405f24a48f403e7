"""Basket, ropes, burner and crew of the balloon as a distance field. The envelope is in balloon.py."""

import numpy as np

from resources.sample.landscape import SKY_LIGHT, SUN_LIGHT
from resources.sample.noise import Array, mix, smoothstep
from resources.sample.rays import Hit, Vector, along, dot, spun, vector
from resources.sample.terrain import SUN

PAINTS = {
    "basket": (0.30, 0.165, 0.07),
    "rim": (0.12, 0.05, 0.025),
    "ropes": (0.07, 0.06, 0.05),
    "burner": (0.25, 0.25, 0.26),
    "flame": (1.0, 1.0, 1.0),
    "pilot": (0.05, 0.09, 0.22),
    "guest": (0.42, 0.30, 0.10),
}
SKIN = np.array([0.48, 0.30, 0.21], np.float32)
FLAME_CORE = np.array([1.0, 0.75, 0.30], np.float32)
FLAME_TIP = np.array([1.0, 0.38, 0.08], np.float32)
REACH_M = 22.0


def trace_gear(origin: Vector, ray: Vector, spin: float, seconds: float) -> Hit:
    """Meet rays with the gear by stepping along its distance field.

    Args:
        origin: start of the rays in the balloon's own axes, metres from the centre of the envelope.
        ray: unit directions.
        spin: turn of the balloon about the upright, radians.
        seconds: time since the first frame, for the flame.

    Returns:
        Distance and colour of the nearest part.
    """
    origin, ray = spun(origin, spin), spun(ray, spin)
    start = np.sqrt(dot(origin, origin))
    reach = np.full(ray[0].shape, start - REACH_M, np.float32)
    gap = np.zeros_like(reach)
    for _ in range(44):
        gap = _gap(along(origin, ray, reach))
        reach += np.where(gap > 0.004, gap, np.float32(0))
    met = (gap < 0.02) & (reach < start + REACH_M)
    colour = _colour(along(origin, ray, reach), spun(vector(SUN), spin), seconds)
    return Hit(np.where(met, reach, np.float32(np.inf)), colour)


def _gap(point: Vector) -> Array:
    """Distance to the nearest part."""
    return np.minimum.reduce(_parts(point))


def _parts(point: Vector) -> list[Array]:
    """Distances in metres, in the order of PAINTS."""
    x, y, z = point
    basket = _box(x, y + 17.75, z, (0.95, 0.62, 0.72), 0.12)
    hollow = _box(x, y + 17.0, z, (0.8, 1, 0.58), 0.02)
    rim = np.maximum(_box(x, y + 17.0, z, (1.02, 0.06, 0.80), 0.10), -hollow)
    share = np.clip((y + 17.0) / 3.4, 0, 1)
    ropes = np.hypot(np.abs(x) - (0.98 + 0.25 * share), np.abs(z) - (0.76 + 0.42 * share)) - np.float32(0.05)
    ropes = np.maximum(ropes, np.maximum(-17.0 - y, y + 13.4))
    burner = _box(x, y + 15.0, z, (0.42, 0.16, 0.34), 0.05)
    flame = (np.sqrt((x / 0.34) ** 2 + ((y + 13.95) / 0.85) ** 2 + (z / 0.34) ** 2) - 1) * np.float32(0.3)
    return [basket, rim, ropes, burner, flame, _person(x + 0.42, y, z + 0.1), _person(x - 0.40, y, z - 0.12)]


def _box(x: Array, y: Array, z: Array, half: tuple[float, float, float], rounding: float) -> Array:
    """Distance to a box with rounded edges."""
    inner = [np.float32(size - rounding) for size in half]
    outside = [np.abs(x) - inner[0], np.abs(y) - inner[1], np.abs(z) - inner[2]]
    beyond = np.sqrt(sum(np.maximum(value, 0) ** 2 for value in outside))
    return beyond + np.minimum(np.maximum.reduce(outside), 0) - np.float32(rounding)


def _person(x: Array, y: Array, z: Array) -> Array:
    """Distance to head and shoulders of one of the crew."""
    head = np.sqrt(x**2 + (y + 16.0) ** 2 + z**2) - np.float32(0.17)
    body = np.sqrt((x / 1.35) ** 2 + np.maximum(np.abs(y + 16.75) - 0.32, 0) ** 2 + z**2) - np.float32(0.2)
    return np.minimum(head, body)


def _colour(point: Vector, sun: Vector, seconds: float) -> Array:
    """Light from the gear: wicker in courses, leather, steel, clothes; the flame gives its own."""
    x, y, z = point
    normal = _normal(point)
    which = np.argmin(np.stack(_parts(point)), axis=0)
    albedo = np.array(list(PAINTS.values()), np.float32)[which]
    weave = 0.75 + 0.25 * np.sin(y * 38) * np.sin((x + z) * 14)
    albedo *= np.where(which == 0, weave, 1)[..., None]
    albedo = np.where(((which >= 5) & (y > -16.2))[..., None], SKIN, albedo)
    open_sky = (0.5 + 0.3 * normal[1]) * (0.7 + 0.3 * smoothstep(-20, -16.5, y))
    light = SUN_LIGHT * np.clip(dot(normal, sun), 0, 1)[..., None] + SKY_LIGHT * open_sky[..., None]
    flicker = np.float32(2.6 + 0.5 * np.sin(seconds * 31) + 0.3 * np.sin(seconds * 53))
    flame = mix(FLAME_CORE, FLAME_TIP, smoothstep(-14.4, -13.2, y)) * flicker
    return np.where((which == 4)[..., None], flame, albedo * light).astype(np.float32)


def _normal(point: Vector) -> Vector:
    """Direction in which the distance grows fastest."""
    x, y, z = point
    step, base = np.float32(0.03), _gap(point)
    rise = (_gap((x + step, y, z)) - base, _gap((x, y + step, z)) - base, _gap((x, y, z + step)) - base)
    length = np.sqrt(dot(rise, rise)) + np.float32(1e-6)
    return rise[0] / length, rise[1] / length, rise[2] / length
