"""Masks between two true ones."""

import numpy as np
import pytest

from core.errors import Cancelled
from core.masks.interpolation import interpolate_range, interpolate_signed_distance, signed_distance

SIZE = (60, 100)


def disc(x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    return ((columns - x) ** 2 + (rows - y) ** 2 <= radius**2).astype(np.uint8) * np.uint8(255)


def similarity(a: np.ndarray, b: np.ndarray) -> float:
    return float(((a != 0) & (b != 0)).sum() / ((a != 0) | (b != 0)).sum())


def test_the_ends_are_exact():
    a, b = disc(20, 30, 8), disc(70, 25, 14)
    assert np.array_equal(interpolate_signed_distance(a, b, 0.0), a)
    assert np.array_equal(interpolate_signed_distance(a, b, 1.0), b)
    assert np.array_equal(interpolate_signed_distance(a, a, 0.3), a)


def test_centre_and_size_move_evenly_even_without_overlap():
    half = interpolate_signed_distance(disc(20, 30, 8), disc(70, 26, 14), 0.5)
    assert similarity(half, disc(45, 28, 11)) > 0.93


def test_distance_is_signed_and_half_a_pixel_at_the_outline():
    mask = np.zeros((5, 9), np.uint8)
    mask[:, 4:] = 255
    assert signed_distance(mask)[2].tolist() == [-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 4.5]


def test_an_empty_mask_gives_the_nearer_one():
    a, empty = disc(20, 30, 8), np.zeros(SIZE, np.uint8)
    assert np.array_equal(interpolate_signed_distance(a, empty, 0.4), a)
    assert not interpolate_signed_distance(a, empty, 0.6).any()


def test_a_range_leaves_accepted_frames_out_and_counts():
    a, b = disc(20, 30, 8), disc(60, 30, 8)
    got = list(interpolate_range(10, a, 15, b, accepted={12}))
    assert [(m.index, m.done, m.total) for m in got] == [(11, 1, 3), (13, 2, 3), (14, 3, 3)]
    assert similarity(got[1].mask_u8, disc(44, 30, 8)) > 0.93
    assert list(interpolate_range(10, a, 11, b)) == []


def test_a_range_can_be_cancelled():
    with pytest.raises(Cancelled, match="interpolation was cancelled"):
        list(interpolate_range(0, disc(20, 30, 8), 9, disc(60, 30, 8), cancelled=lambda: True))


def test_misuse_is_refused():
    a = disc(20, 30, 8)
    with pytest.raises(ValueError, match="one size"):
        interpolate_signed_distance(a, np.zeros((3, 3), np.uint8), 0.5)
    with pytest.raises(ValueError, match="lies in 0 to 1"):
        interpolate_signed_distance(a, a, 1.5)
    with pytest.raises(ValueError, match="from an earlier frame to a later one"):
        list(interpolate_range(5, a, 5, a))
