"""The sheet of frames as the paper's Figure 3: frame, ground truth, every method. Its place in the page: page.py."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.datasets.benchmark import Benchmark, BenchmarkClip
from core.datasets.pictures import encode, read_rgb
from core.opencv import cv2
from core.types import GrayImage

MOST_CLIPS = 24
"""Clips that are shown; of more, so many evenly spread over them."""
_WIDTH = 256
_QUALITY = 82


@dataclass(frozen=True, slots=True, eq=False)
class SheetRow:
    """One frame. why: "best", "median" or "worst". j: of every method. pictures: JPEG, frame (where there is one),
    ground truth, then every method's map.
    """

    clip: str
    index: int
    why: str
    j: tuple[float, ...]
    pictures: tuple[bytes, ...]


def shown_clips(data: Benchmark) -> frozenset[str]:
    """The clips on the sheet: all of them, or some spread evenly, whatever they come to."""
    names = [clip.name for clip in data.clips]
    places = np.linspace(0, len(names) - 1, min(MOST_CLIPS, len(names)))
    return frozenset(names[round(float(place))] for place in places)


def sheet_rows(
    clip: BenchmarkClip,
    has_frames: bool,
    truths: dict[int, GrayImage],
    methods: Sequence[dict[int, GrayImage]],
    frame_j: Sequence[dict[int, float]],
) -> list[SheetRow]:
    """The best, the median and the worst annotated frame of a clip by the first method's J; of equals the earliest.

    Args:
        truths: uint8 HxW by annotated frame. methods: each one's maps by frame. frame_j: each one's J.
    """
    ranked = sorted(truths, key=lambda index: (-frame_j[0][index], index))
    picks = {ranked[0]: "best", ranked[len(ranked) // 2]: "median", ranked[-1]: "worst"}
    if len(ranked) == 1:
        picks = {ranked[0]: "only"}
    rows: list[SheetRow] = []
    for index, why in picks.items():
        frame = [read_rgb(clip.frames[index])] if has_frames else []
        pictures = [*frame, truths[index], *(maps[index] for maps in methods)]
        width, height = _size(truths[index])
        small = tuple(_jpeg(picture, width, height) for picture in pictures)
        rows.append(SheetRow(clip.name, index, why, tuple(js[index] for js in frame_j), small))
    return rows


def _size(truth: GrayImage) -> tuple[int, int]:
    height, width = truth.shape
    return _WIDTH, max(1, round(_WIDTH * height / width))


def _jpeg(picture: NDArray[np.uint8], width: int, height: int) -> bytes:
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return encode(np.asarray(small, np.uint8), ".jpg", _QUALITY).tobytes()
