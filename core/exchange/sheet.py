"""A contact sheet: sampled frames of a clip as rows of RGB, flow, saliency and overlay. Files are not written here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from core.types import RgbImage, SizeHW

COLUMNS = ("RGB", "Optical flow", "Saliency", "Overlay")
_MARGIN, _GAP, _HEADER, _LABEL = 24, 8, 92, 104
_THUMB_AREA = 300 * 170
_BACKGROUND, _INK, _FAINT = (250, 250, 252), (28, 30, 36), (110, 114, 124)


@dataclass(frozen=True, slots=True, eq=False)
class SheetRow:
    """One sampled frame: four pictures of one size, uint8 hxwx3, in the order of COLUMNS."""

    index: int
    pts_seconds: float
    pictures: tuple[RgbImage, RgbImage, RgbImage, RgbImage]


def sampled_frames(frame_count: int, rows: int = 8) -> list[int]:
    """Frames evenly over the clip, the first and the last among them."""
    if frame_count < 1:
        return []
    return sorted({int(index) for index in np.linspace(0, frame_count - 1, min(rows, frame_count)).round()})


def thumb_size(frame_hw: SizeHW) -> SizeHW:
    """Size of a picture on the sheet: the frame's shape at a fixed area."""
    aspect = min(max(frame_hw[1] / frame_hw[0], 0.2), 5.0)
    height = round((_THUMB_AREA / aspect) ** 0.5)
    return height, round(height * aspect)


def draw_sheet(title: str, subtitle: str, rows: list[SheetRow]) -> RgbImage:
    """Lay the rows out under a title.

    Args:
        rows: at least one; all pictures of one size.

    Returns:
        uint8 HxWx3.
    """
    height, width = rows[0].pictures[0].shape[:2]
    sheet = _blank(height, width, len(rows))
    right = sheet.shape[1] - _MARGIN
    _text(sheet, title, (_MARGIN, 40), 24, _INK, weight=600, right=right)
    _text(sheet, subtitle, (_MARGIN, 62), 13, _FAINT, right=right)
    for column, name in enumerate(COLUMNS):
        _text(sheet, name, (_left(column, width), _HEADER - 8), 13, _FAINT, weight=600)
    for number, row in enumerate(rows):
        _draw_row(sheet, row, _HEADER + number * (height + _GAP))
    return sheet


def _draw_row(sheet: RgbImage, row: SheetRow, top: int) -> None:
    height, width = row.pictures[0].shape[:2]
    _text(sheet, str(row.index), (_MARGIN, top + height // 2), 20, _INK, weight=600)
    _text(sheet, time_text(row.pts_seconds), (_MARGIN, top + height // 2 + 22), 13, _FAINT)
    for column, picture in enumerate(row.pictures):
        left = _left(column, width)
        sheet[top : top + height, left : left + width] = picture
        cv2.rectangle(sheet, (left - 1, top - 1), (left + width, top + height), (214, 216, 222), 1)


def time_text(seconds: float) -> str:
    """Time as m:ss.mmm."""
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return f"{minutes}:{rest / 1000:06.3f}"


def _blank(height: int, width: int, rows: int) -> RgbImage:
    total_height = _HEADER + rows * (height + _GAP) - _GAP + _MARGIN
    total_width = _left(len(COLUMNS) - 1, width) + width + _MARGIN
    return np.full((total_height, total_width, 3), _BACKGROUND, np.uint8)


def _left(column: int, width: int) -> int:
    return _MARGIN + _LABEL + column * (width + _GAP)


def _text(
    sheet: NDArray[np.uint8],
    text: str,
    origin: tuple[int, int],
    size_px: int,
    colour: tuple[int, int, int],
    weight: int = 400,
    right: int | None = None,
) -> None:
    # OpenCV crashes on names that are no UTF-8, and draws line breaks as boxes.
    text = "".join(letter if letter.isprintable() else "?" for letter in text)
    font = cv2.FontFace("sans")
    while right is not None and len(text) > 4 and _width(text, font, size_px, weight) > right - origin[0]:
        text = text[: len(text) - 2].rstrip("…") + "…"
    cv2.putText(sheet, text, origin, colour, font, size_px, weight)


def _width(text: str, font: cv2.FontFace, size_px: int, weight: int) -> int:
    return cv2.getTextSize((4096, 64), text, (0, 40), font, size_px, weight)[2]
