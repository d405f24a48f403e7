"""Vectors of arrays and what rays meet, for the parts of the balloon. No shape and no picture lives here."""

from dataclasses import dataclass

import numpy as np

from resources.sample.noise import Array

Vector = tuple[Array, Array, Array]
"""x, y and z of many points or directions, each an array of one shape or a single number."""


@dataclass(frozen=True, slots=True, eq=False)
class Hit:
    """What a grid of rays meets. distance: metres, inf where nothing. colour: linear light, (..., 3)."""

    distance: Array
    colour: Array


def vector(values: Array) -> Vector:
    """The three numbers of an array (3,) as a vector."""
    return values[0], values[1], values[2]


def dot(first: Vector, second: Vector) -> Array:
    """Scalar product."""
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]


def along(origin: Vector, ray: Vector, reach: Array) -> Vector:
    """The point at a distance along each ray."""
    return origin[0] + reach * ray[0], origin[1] + reach * ray[1], origin[2] + reach * ray[2]


def unit(direction: Vector) -> Vector:
    """The same direction of length 1."""
    length = np.sqrt(dot(direction, direction))
    return direction[0] / length, direction[1] / length, direction[2] / length


def tilted(direction: Vector, angle: float) -> Vector:
    """Turn a vector sideways, in the plane of x and y."""
    sine, cosine = np.float32(np.sin(angle)), np.float32(np.cos(angle))
    return (
        cosine * direction[0] + sine * direction[1],
        cosine * direction[1] - sine * direction[0],
        direction[2],
    )


def spun(direction: Vector, angle: float) -> Vector:
    """Turn a vector about the upright axis."""
    sine, cosine = np.float32(np.sin(angle)), np.float32(np.cos(angle))
    return (
        cosine * direction[0] - sine * direction[2],
        direction[1],
        sine * direction[0] + cosine * direction[2],
    )
