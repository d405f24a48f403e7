"""The ways to show the mask, as pixels."""

import numpy as np
import pytest
from PySide6.QtGui import QImage

from app.images import PREVIEW_SIDE, image_from_gray, image_from_rgb, preview_of
from app.panes.mask_overlay import heat_table, mask_layer, outline

SIZE = (96, 160)


@pytest.fixture
def saliency() -> np.ndarray:
    picture = np.zeros((48, 80), np.uint8)
    picture[12:36, 20:60] = 255
    return picture


def alpha(image: QImage, x: int, y: int) -> int:
    return image.pixelColor(x, y).alpha()


def test_tint_covers_the_mask_alone(saliency: np.ndarray) -> None:
    image = mask_layer(saliency, "tint", 0.5, 128, SIZE, "#000000")
    assert image is not None
    assert alpha(image, 80, 48) == pytest.approx(127, abs=1)
    assert alpha(image, 5, 5) == 0


def test_cut_out_covers_the_rest_alone(saliency: np.ndarray) -> None:
    image = mask_layer(saliency, "cut-out", 1.0, 128, SIZE, "#123456")
    assert image is not None
    assert alpha(image, 80, 48) == 0
    assert image.pixelColor(5, 5).name() == "#123456"


def test_heat_gets_lighter_with_saliency() -> None:
    table = heat_table().astype(int)
    lightness = table[:, :3] @ np.array([7, 72, 21])
    assert (np.diff(lightness) >= -60).all()
    assert lightness[-1] > 4 * lightness[0]


@pytest.mark.parametrize("mode", ["outline", "off"])
def test_modes_without_a_layer(saliency: np.ndarray, mode: str) -> None:
    assert mask_layer(saliency, mode, 1.0, 128, SIZE, "#000000") is None


def test_the_outline_runs_around_the_mask(saliency: np.ndarray) -> None:
    box = outline(saliency, 128, SIZE).boundingRect()
    assert (box.left(), box.top()) == pytest.approx((0.25, 0.25), abs=0.02)
    assert (box.right(), box.bottom()) == pytest.approx((0.75, 0.75), abs=0.02)


def test_an_empty_mask_has_no_outline() -> None:
    assert outline(np.zeros((48, 80), np.uint8), 128, SIZE).isEmpty()


@pytest.mark.parametrize(("threshold", "covered"), [(0, True), (255, False)])
def test_the_ends_of_the_threshold(threshold: int, covered: bool) -> None:
    image = mask_layer(np.full((10, 10), 200, np.uint8), "tint", 1.0, threshold, (10, 10), "#000000")
    assert image is not None
    assert (alpha(image, 5, 5) > 0) is covered


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
