"""Resizing of maps before they are measured: the cubic of the field's tool, and that nothing shifts."""

import numpy as np
import pytest

from core.metrics.resize import resize_saliency


def test_same_size_is_the_same_map() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert resize_saliency(image, (3, 4), "bicubic") is image


@pytest.mark.parametrize("interpolation", ["bicubic", "bilinear"])
@pytest.mark.parametrize("size_hw", [(31, 17), (200, 333), (64, 48)])
def test_a_constant_stays_constant(interpolation, size_hw: tuple[int, int]) -> None:
    image = np.full((40, 60), 77, np.uint8)
    resized = resize_saliency(image, size_hw, interpolation)
    assert resized.shape == size_hw
    assert resized.dtype == np.uint8
    assert np.all(resized == 77)


def test_bicubic_weights_by_hand() -> None:
    """Doubling puts each output a quarter pixel off: Keys' kernel with a = -0.5 at 1.25, .25, .75 and 1.75."""
    line = np.array([[100, 100, 100, 200, 100, 100, 100]], np.uint8)
    near, far = 0.8671875, 0.2265625
    resized = resize_saliency(line, (1, 14), "bicubic")[0]
    assert resized[6] == resized[7] == round(100 + 100 * near)
    assert resized[5] == resized[8] == round(100 + 100 * far)
    assert resized[4] == resized[9] == round(100 - 100 * 0.0703125)
    assert resized[3] == resized[10] == round(100 - 100 * 0.0234375)


def test_bicubic_shrinking_takes_all_pixels_into_account() -> None:
    stripes = np.tile(np.array([0, 200], np.uint8), (16, 32))
    inner = resize_saliency(stripes, (16, 8), "bicubic")[:, 1:-1]
    assert np.all(np.abs(inner.astype(int) - 100) <= 1)


def test_overshoot_is_clipped() -> None:
    step = np.zeros((8, 8), np.uint8)
    step[:, 4:] = 255
    resized = resize_saliency(step, (8, 64), "bicubic")
    assert resized[0, 0] == 0
    assert resized[0, -1] == 255
    assert np.all(np.diff(resized[0, 28:36].astype(int)) >= 0)


def test_mirroring_commutes_with_resizing() -> None:
    image = np.random.default_rng(3).integers(0, 256, (9, 13), dtype=np.uint8)
    straight = resize_saliency(image, (20, 31), "bicubic")
    mirrored = resize_saliency(np.ascontiguousarray(image[:, ::-1]), (20, 31), "bicubic")[:, ::-1]
    assert np.abs(straight.astype(int) - mirrored).max() <= 1
