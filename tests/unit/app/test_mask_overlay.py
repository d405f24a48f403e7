"""What is shown of a saliency map, and pictures on their way to Qt."""

import numpy as np
import pytest

from app.images import PREVIEW_SIDE, image_from_gray, image_from_rgb, preview_of
from app.panes.mask_overlay import heat_layer, heat_table, quick_mask
from core.masks import compose_mask, empty_layer

SIZE = (96, 160)


def test_the_quick_mask_is_the_exact_one_but_for_rounding() -> None:
    random = np.random.default_rng(1)
    saliency = random.integers(0, 256, (13, 21), np.uint8)
    exact = compose_mask(saliency, empty_layer(SIZE), 128 / 255)
    quick = quick_mask(saliency, 128, SIZE)
    assert quick.shape == SIZE
    assert set(np.unique(quick)) <= {0, 255}
    assert (quick != exact).mean() < 0.01


@pytest.mark.parametrize(("threshold", "covered"), [(0, 255), (200, 255), (201, 0), (255, 0)])
def test_the_threshold_itself_belongs_to_the_mask(threshold: int, covered: int) -> None:
    assert (quick_mask(np.full((10, 10), 200, np.uint8), threshold, (20, 20)) == covered).all()


def test_heat_is_the_map_under_the_opacity() -> None:
    saliency = np.zeros((4, 6), np.uint8)
    saliency[1, 2] = 255
    image = heat_layer(saliency, 0.5)
    assert image.pixelColor(2, 1).alpha() == pytest.approx(128, abs=1)
    assert image.pixelColor(2, 1).lightness() > image.pixelColor(0, 0).lightness() + 50


def test_heat_gets_lighter_with_saliency() -> None:
    table = heat_table().astype(int)
    lightness = table[:, :3] @ np.array([7, 72, 21])
    assert (np.diff(lightness) >= -60).all()
    assert lightness[-1] > 4 * lightness[0]


@pytest.mark.parametrize("width", [1, 3, 5, 7, 97])
def test_pictures_of_odd_width_come_through_whole(width: int) -> None:
    rng = np.random.default_rng(width)
    rgb = rng.integers(0, 256, (4, width, 3), np.uint8)
    image, gray = image_from_rgb(rgb), image_from_gray(np.ascontiguousarray(rgb[..., 0]))
    for x in range(width):
        assert image.pixelColor(x, 2).getRgb()[:3] == tuple(rgb[2, x])  # pyright: ignore
        assert gray.pixelColor(x, 3).red() == rgb[3, x, 0]


def test_a_picture_outlives_its_array() -> None:
    rgb = np.full((50, 50, 3), 200, np.uint8)
    image = image_from_rgb(rgb[::2, ::2])
    rgb[:] = 0
    assert image.pixelColor(10, 10).red() == 200


def test_large_frames_get_a_preview() -> None:
    assert preview_of(np.zeros((480, 854, 3), np.uint8)) is None
    preview = preview_of(np.full((2160, 3840, 3), 9, np.uint8))
    assert preview is not None
    assert preview.shape == (720, PREVIEW_SIDE, 3)
