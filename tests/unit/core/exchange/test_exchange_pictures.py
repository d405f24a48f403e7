"""Tinted frames and the contact sheet."""

import numpy as np
import pytest

from core.exchange.overlay import TINT_RGB, tinted
from core.exchange.sheet import SheetRow, draw_sheet, sampled_frames, thumb_size, time_text


def test_only_the_mask_is_tinted_and_the_frame_is_left_alone() -> None:
    rgb = np.full((60, 80, 3), 100, np.uint8)
    mask = np.zeros((60, 80), np.uint8)
    mask[20:40, 30:60] = 255
    picture = tinted(rgb, mask)
    assert (rgb == 100).all()
    assert tuple(picture[30, 45]) == tuple(round(0.55 * 100 + 0.45 * value) for value in TINT_RGB)
    assert tuple(picture[20, 45]) == TINT_RGB
    assert (picture[:18] == 100).all()


@pytest.mark.parametrize(
    ("count", "expected"), [(0, []), (1, [0]), (3, [0, 1, 2]), (8, list(range(8))), (100, None)]
)
def test_sampled_frames(count: int, expected: list[int] | None) -> None:
    frames = sampled_frames(count)
    if expected is not None:
        assert frames == expected
    else:
        assert (frames[0], frames[-1], len(frames)) == (0, count - 1, 8)


@pytest.mark.parametrize("frame_hw", [(480, 854), (1920, 1080), (100, 100), (10, 4000)])
def test_sheet_holds_every_picture_unscaled(frame_hw: tuple[int, int]) -> None:
    height, width = thumb_size(frame_hw)
    colours = ((200, 0, 0), (0, 200, 0), (0, 0, 200), (90, 90, 90))
    pictures = tuple(np.full((height, width, 3), colour, np.uint8) for colour in colours)
    rows = [SheetRow(index, index / 25, pictures) for index in (0, 12345)]  # type: ignore[arg-type]
    sheet = draw_sheet("A clip of a very long name, " * 20, "lite, dis", rows)
    for colour in colours:
        assert (sheet == np.array(colour, np.uint8)).all(-1).sum() == 2 * height * width


@pytest.mark.parametrize("title", ["no UTF-8 \udcff", "two\nlines", "動画 ünï", ""])
def test_any_file_name_can_be_a_title(title: str) -> None:
    picture = np.zeros((*thumb_size((10, 10)), 3), np.uint8)
    row = SheetRow(0, 0.0, (picture, picture, picture, picture))
    assert draw_sheet(title, title, [row]).shape == draw_sheet("plain", "plain", [row]).shape


def test_time_text() -> None:
    assert [time_text(seconds) for seconds in (0, 1.68, 59.9996, 3725.5)] == [
        "0:00.000",
        "0:01.680",
        "1:00.000",
        "62:05.500",
    ]
