"""Clips made for the tests: every frame carries its number in coarse black and white blocks."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

BITS = 8
SIZE_HW = (64, 128)


def number_picture(number: int, size_hw: tuple[int, int] = SIZE_HW) -> NDArray[np.uint8]:
    """uint8 HxWx3: eight columns, white where the number's bit is set, the lowest bit at the left."""
    height, width = size_hw
    picture = np.zeros((height, width, 3), np.uint8)
    step = width // BITS
    for bit in range(BITS):
        if number >> bit & 1:
            picture[:, bit * step : (bit + 1) * step] = 255
    return picture


def number_of(rgb: NDArray[np.uint8]) -> int:
    """The number in a picture, from the middle of each block."""
    height, width = rgb.shape[:2]
    step = width // BITS
    middle = rgb[height // 4 : 3 * height // 4]
    columns = [middle[:, bit * step + step // 4 : bit * step + 3 * step // 4].mean() for bit in range(BITS)]
    return sum(1 << bit for bit, level in enumerate(columns) if level > 127)


def make_clip(
    path: Path,
    *,
    count: int = 40,
    size_hw: tuple[int, int] = SIZE_HW,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    pts: Sequence[int] | None = None,
    time_base: Fraction | None = None,
    noise: int = 0,
    prepare: Callable[[Any], None] = lambda stream: None,
) -> Path:
    """Write a clip of numbered frames at 25 frames per second, or at the given times.

    pts: times of the frames in ticks of time_base. noise: its amplitude, which makes the file larger.
    prepare: is given the stream before the first frame.
    """
    random = np.random.default_rng(0)
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream: Any = container.add_stream(codec, rate=25, options=options or {})
        stream.height, stream.width = size_hw
        stream.pix_fmt = pixel_format
        if time_base:
            stream.codec_context.time_base = time_base
        prepare(stream)
        for number in range(count):
            picture = number_picture(number, size_hw)
            if noise:
                noisy = picture + random.integers(-noise, noise + 1, picture.shape)
                picture = np.clip(noisy, 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(format=pixel_format)
            frame.pts = number if pts is None else pts[number]
            frame.time_base = time_base or Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def x264(**options: int) -> dict[str, str]:
    """Options of libx264 with short groups of pictures."""
    chosen = {"keyint": 12, "bframes": 3, "scenecut": 0} | options
    return {"x264-params": ":".join(f"{name.replace('_', '-')}={value}" for name, value in chosen.items())}
