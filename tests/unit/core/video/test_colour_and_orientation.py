"""Colours come out as they went in, and phone clips upright."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numbered_clips import SIZE_HW, make_clip, number_picture
from numpy.typing import NDArray

from core.video.open_clip import open_clip
from core.video.orientation import Orientation, orientation_of

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (200, 100, 50), (30, 60, 90)]
# kr, kb and FFmpeg's number of each matrix
MATRICES = {"bt709": (0.2126, 0.0722, 1), "bt601": (0.299, 0.114, 6), "bt2020": (0.2627, 0.0593, 9)}


def components(rgb: tuple[int, int, int], matrix: str, full: bool) -> tuple[float, float, float]:
    """Y, Cb and Cr of a colour in 8-bit steps, from the definition of the matrix."""
    kr, kb, _ = MATRICES[matrix]
    r, g, b = (value / 255 for value in rgb)
    y = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - y) / 2 / (1 - kb), (r - y) / 2 / (1 - kr)
    return (
        (255 * y, 255 * cb + 128, 255 * cr + 128) if full else (16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr)
    )


def write_bars(
    path: Path, matrix: str, full: bool, pixel_format: str, tagged: bool, size_hw: tuple[int, int]
) -> None:
    frame: Any = av.VideoFrame(size_hw[1], size_hw[0], pixel_format)
    deep = "10" in pixel_format
    for number, plane in enumerate(frame.planes):
        kind = np.uint16 if deep else np.uint8
        values = np.zeros((plane.height, plane.line_size // np.dtype(kind).itemsize), kind)
        step = plane.width // len(COLOURS)
        for bar, colour in enumerate(COLOURS):
            level = round(components(colour, matrix, full)[number] * (4 if deep else 1))
            values[:, bar * step : (bar + 1) * step] = min(level, 1023 if deep else 255)
        plane.update(values.tobytes())
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25, options={"qp": "1"})
        stream.height, stream.width = size_hw
        stream.pix_fmt = pixel_format
        if tagged:
            for target in (stream.codec_context, frame):
                target.colorspace, target.color_range = MATRICES[matrix][2], 2 if full else 1
        frame.pts, frame.time_base = 0, Fraction(1, 25)
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def bars_of(rgb: NDArray[np.uint8]) -> NDArray[np.int64]:
    step = rgb.shape[1] // len(COLOURS)
    centres = [rgb[8:-8, bar * step + 8 : (bar + 1) * step - 8] for bar in range(len(COLOURS))]
    return np.array([np.rint(centre.reshape(-1, 3).mean(0)) for centre in centres], np.int64)


@pytest.mark.parametrize(
    ("matrix", "full", "pixel_format", "tagged", "size_hw"),
    [
        ("bt709", False, "yuv420p", True, (64, 448)),
        ("bt601", False, "yuv420p", True, (64, 448)),
        ("bt709", True, "yuv420p", True, (64, 448)),
        ("bt601", True, "yuvj420p", True, (64, 448)),
        ("bt709", False, "yuv444p", True, (64, 448)),
        ("bt709", True, "yuv444p", True, (64, 448)),
        ("bt709", False, "yuv420p10le", True, (64, 448)),
        ("bt2020", False, "yuv420p10le", True, (64, 448)),
        ("bt601", False, "yuv422p", True, (64, 448)),
        ("bt601", False, "yuv420p", False, (64, 448)),
        ("bt709", False, "yuv420p", False, (64, 1288)),
    ],
)
def test_known_colours(
    matrix: str, full: bool, pixel_format: str, tagged: bool, size_hw: tuple[int, int], tmp_path: Path
) -> None:
    write_bars(tmp_path / "bars.mp4", matrix, full, pixel_format, tagged, size_hw)
    with open_clip(tmp_path / "bars.mp4", index_folder=tmp_path) as reader:
        found = bars_of(reader.read(0).rgb)
    assert np.abs(found - np.array(COLOURS)).max() <= 3


@pytest.mark.parametrize("flip", [{}, {"hflip": True}, {"vflip": True}])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_rotation_and_reflection(degrees: int, flip: dict[str, bool], tmp_path: Path) -> None:
    def turn(stream: Any) -> None:
        stream.set_display_rotation(degrees, **flip)

    make_clip(tmp_path / "turned.mp4", count=8, prepare=turn)
    stored = number_picture(5)
    with av.open(str(tmp_path / "turned.mp4")) as container:
        frame: Any = next(container.decode(video=0))
        reported = frame.rotation
    with open_clip(tmp_path / "turned.mp4", index_folder=tmp_path) as reader:
        assert reader.info.rotation == reported
        assert reader.info.size_hw == (SIZE_HW[::-1] if degrees % 180 else SIZE_HW)
        rgb = reader.read(5).rgb
    upright = np.rot90(stored, degrees // 90)  # FFmpeg's order: counterclockwise first, then reflected
    upright = upright[:, ::-1] if flip.get("hflip") else upright[::-1] if flip.get("vflip") else upright
    assert np.abs(rgb.astype(int) - upright).mean() < 8


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        (None, Orientation()),
        ((0, 0, 0, 0), Orientation()),
        ((65536, 0, 0, 65536), Orientation()),
        ((0, 65536, -65536, 0), Orientation(True, True, False, -90)),
        ((0, 65536, 65536, 0), Orientation(True, False, False, -90)),
        ((65536, 0, 0, -65536), Orientation(False, False, True, 0)),
        ((65500, 900, -900, 65500), Orientation(False, False, False, -1)),
    ],
)
def test_display_matrices(matrix: tuple[int, int, int, int] | None, expected: Orientation) -> None:
    assert orientation_of(matrix) == expected
