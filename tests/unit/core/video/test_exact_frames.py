"""read(i) is frame i, whatever the codec, container and order of reading."""

import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numbered_clips import SIZE_HW, make_clip, number_of, x264

from core.video.reader import VideoReader

COUNT = 40
VARIABLE_TIMES = [n * 1000 + (n % 7) * 90 + (500 if n > 20 else 0) for n in range(COUNT)]
X265 = "keyint=12:bframes=4:open-gop=1:log-level=none"
REALTIME = {"g": "12", "deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "1", "lag-in-frames": "10"}

CLIPS: dict[str, dict[str, Any]] = {
    "b_frames.mp4": {"options": x264(b_pyramid=2)},
    "open_gop.mp4": {"options": x264(open_gop=1)},
    "open_gop.mkv": {"options": x264(open_gop=1)},
    "open_gop.ts": {"options": x264(open_gop=1)},
    "one_group.mp4": {"options": x264(keyint=250)},
    "intra_refresh.mp4": {"options": x264(bframes=0) | {"intra-refresh": "1"}},
    "interlaced.ts": {"options": x264(interlaced=1)},
    "fragmented.mp4": {
        "options": x264(),
        "container_options": {"movflags": "frag_keyframe+empty_moov"},
    },
    "h264.avi": {"options": x264()},
    "mpeg4_b.avi": {"codec": "mpeg4", "options": {"g": "12", "bf": "2"}},
    "mpeg4.avi": {"codec": "mpeg4", "options": {"g": "12", "bf": "0"}},
    "h264.flv": {"options": x264()},
    "raw.h264": {"options": x264()},
    "hevc.mp4": {"codec": "libx265", "options": {"x265-params": X265}},
    "hevc.ts": {"codec": "libx265", "options": {"x265-params": X265}},
    "mpeg2.mpg": {"codec": "mpeg2video", "options": {"g": "12", "bf": "2"}},
    "mpeg2.ts": {"codec": "mpeg2video", "options": {"g": "12", "bf": "2"}},
    "vp9.webm": {"codec": "libvpx-vp9", "options": REALTIME},
    "vp8_hidden.webm": {"codec": "libvpx", "options": REALTIME | {"deadline": "good", "cpu-used": "4"}},
    "picture.gif": {"codec": "gif", "pixel_format": "rgb8"},
    "ten_bit.mp4": {"pixel_format": "yuv420p10le", "options": x264()},
    "full_chroma.mp4": {"pixel_format": "yuv444p", "options": x264()},
    "prores.mov": {"codec": "prores_ks", "pixel_format": "yuv422p10le"},
    "odd_chroma.mp4": {"pixel_format": "yuv444p", "size_hw": (65, 131), "options": x264()},
    "odd.webm": {"codec": "libvpx-vp9", "size_hw": (65, 131), "options": REALTIME},
    "variable.mp4": {"pts": VARIABLE_TIMES, "time_base": Fraction(1, 25000), "options": x264()},
    "one_frame.mp4": {"count": 1},
}


@pytest.mark.parametrize("name", CLIPS)
def test_every_order_of_reading(name: str, tmp_path: Path) -> None:
    make_clip(tmp_path / name, **CLIPS[name])
    count = CLIPS[name].get("count", COUNT)
    with VideoReader(tmp_path / name, tmp_path) as reader:
        assert len(reader) == count
        assert reader.info.size_hw == CLIPS[name].get("size_hw", SIZE_HW)
        sequential = [reader.read(index).rgb for index in range(count)]
        assert [number_of(rgb) for rgb in sequential] == list(range(count))
        assert reader.seek_count == 0, "reading in order must not seek"
        order = [*range(count - 1, -1, -1), *random.Random(3).choices(range(count), k=30)]
        for index in order:
            frame = reader.read(index)
            assert frame.index == index
            assert np.array_equal(frame.rgb, sequential[index]), f"frame {index} differs after a jump"


def test_times_of_a_variable_rate(tmp_path: Path) -> None:
    make_clip(tmp_path / "v.mp4", **CLIPS["variable.mp4"])
    with VideoReader(tmp_path / "v.mp4", tmp_path) as reader:
        assert reader.info.variable_rate
        assert np.allclose(reader.info.pts_seconds, np.array(VARIABLE_TIMES) / 25000, atol=1e-6)
        assert reader.read(30).pts_seconds == pytest.approx(VARIABLE_TIMES[30] / 25000)


def test_constant_rate(tmp_path: Path) -> None:
    make_clip(tmp_path / "c.mkv", options=x264())
    with VideoReader(tmp_path / "c.mkv", tmp_path) as reader:
        assert not reader.info.variable_rate
        assert reader.info.frames_per_second == 25
        assert reader.info.duration_seconds == pytest.approx(1.6, abs=0.002)
        assert np.flatnonzero(reader.info.keyframes).tolist() == [0, 12, 24, 36]


def test_a_long_jump_decodes_from_a_keyframe_once(tmp_path: Path) -> None:
    make_clip(tmp_path / "c.mkv", options=x264())
    with VideoReader(tmp_path / "c.mkv", tmp_path) as reader:
        reader.read(0)
        assert number_of(reader.read(39).rgb) == 39
        assert reader.seek_count == 1
        assert number_of(reader.read(39).rgb) == 39
        assert reader.seek_count == 1, "the frame that was just read needs no jump"


def test_an_index_outside_is_refused(tmp_path: Path) -> None:
    make_clip(tmp_path / "c.mp4", count=3)
    with VideoReader(tmp_path / "c.mp4", tmp_path) as reader:
        for index in (-1, 3):
            with pytest.raises(IndexError, match="frames 0 to 2"):
                reader.read(index)
