"""Indexes are cached on disk, survive damage, and follow the file."""

import os
from pathlib import Path

import numpy as np
import pytest
from numbered_clips import make_clip, number_of, x264

from core.video import index_build, reader
from core.video.fingerprint import file_fingerprint
from core.video.reader import VideoReader


def cached(folder: Path) -> Path:
    (file,) = folder.glob("*.npz")
    return file


def test_the_second_open_builds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip(tmp_path / "c.mp4", options=x264(open_gop=1))
    folder = tmp_path / "index"
    with VideoReader(path, folder) as first:
        info = first.info
    monkeypatch.setattr(reader, "build_index", lambda *_: pytest.fail("the index was built again"))
    with VideoReader(path, folder) as second:
        for field in (
            "frame_count",
            "size_hw",
            "codec",
            "pixel_format",
            "rotation",
            "variable_rate",
            "fingerprint",
        ):
            assert getattr(second.info, field) == getattr(info, field)
        assert np.array_equal(second.info.pts_seconds, info.pts_seconds)
        assert np.array_equal(second.info.keyframes, info.keyframes)
        assert number_of(second.read(29).rgb) == 29


@pytest.mark.parametrize("damage", ["empty", "cut", "garbled", "text", "flipped"])
def test_a_damaged_cache_is_rebuilt(damage: str, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "c.mp4", options=x264())
    folder = tmp_path / "index"
    VideoReader(path, folder).close()
    data = cached(folder).read_bytes()
    flipped = bytes(byte ^ 0x55 for byte in data)
    bad = {"empty": b"", "cut": data[: len(data) // 2], "garbled": data[:60] + flipped[60:], "text": b"{}"}
    cached(folder).write_bytes(bad.get(damage, flipped))
    with VideoReader(path, folder) as again:
        assert number_of(again.read(33).rgb) == 33
    assert cached(folder).read_bytes() != bad.get(damage, flipped)


def test_another_content_under_the_same_name(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "c.mp4", count=10)
    with VideoReader(path, tmp_path) as old:
        fingerprint = old.info.fingerprint
    make_clip(path, count=20)
    with VideoReader(path, tmp_path) as new:
        assert len(new) == 20
        assert new.info.fingerprint != fingerprint


def test_a_copy_has_the_same_fingerprint(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "c.mp4", count=5)
    copy = tmp_path / "other.mp4"
    copy.write_bytes(path.read_bytes())
    assert file_fingerprint(copy) == file_fingerprint(path)


def test_fingerprint_of_a_large_file_sees_head_middle_and_tail(tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    data = bytearray(os.urandom(1 << 20)) * 5
    seen: set[str] = set()
    for place in (0, len(data) // 2, len(data) - 1):
        data[place] ^= 1
        path.write_bytes(data)
        seen.add(file_fingerprint(path))
    assert len(seen) == 3


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "c.mp4", count=5)
    (tmp_path / "file").touch()
    with VideoReader(path, tmp_path / "file" / "index") as clip:
        assert number_of(clip.read(4).rgb) == 4


def test_times_in_packets_that_do_not_match_are_not_believed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_clip(tmp_path / "c.avi", options=x264())
    with caplog.at_level("WARNING"):
        index = index_build.build_index(path)
    assert index.by_count
    assert len(index.pts) == 40
    assert "counted by decoding" in caplog.text
    assert (np.diff(index.pts) > 0).all()
