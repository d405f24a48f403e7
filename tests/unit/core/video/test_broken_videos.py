"""What cannot be read says so in one sentence; what is damaged shows the frames that decode."""

import logging
import os
import wave
from pathlib import Path
from typing import Any

import av
import pytest
from numbered_clips import make_clip, number_of, x264

from core.errors import VideoError
from core.video.open_clip import open_clip
from core.video.reader import VideoReader


def sentence_for(path: Path, tmp_path: Path) -> str:
    """The message of the VideoError on opening: one sentence that names the file."""
    with pytest.raises(VideoError) as caught:
        open_clip(path, index_folder=tmp_path / "index")
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.endswith(".")
    assert "\n" not in message
    return message


def test_missing(tmp_path: Path) -> None:
    assert "does not exist" in sentence_for(tmp_path / "no.mp4", tmp_path)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    assert "is empty" in sentence_for(tmp_path / "empty.mp4", tmp_path)


def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "not a regular file" in sentence_for(tmp_path / "pipe.mp4", tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_without_permission(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "secret.mp4", count=2)
    path.chmod(0)
    assert "may not be read" in sentence_for(path, tmp_path)


@pytest.mark.parametrize("name", ["notes.txt", "notes.mp4", "list.m3u8"])
def test_text(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(
        "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nother.ts\n#EXT-X-ENDLIST\n" * 20
    )
    assert name in sentence_for(tmp_path / name, tmp_path)


def test_audio_only(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"  # the name does not matter, the content does
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(8000))
    assert "has sound but no video" in sentence_for(path, tmp_path)


def test_encrypted(tmp_path: Path) -> None:
    key = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "01" * 16, "encryption_kid": "02" * 16}
    path = make_clip(tmp_path / "locked.mp4", container_options=key)
    assert "is encrypted" in sentence_for(path, tmp_path)


def test_truncated_before_its_index(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "cut.mp4")
    path.write_bytes(path.read_bytes()[:-2000])
    assert "is truncated" in sentence_for(path, tmp_path)


def test_no_frames(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "header.mp4", container_options={"movflags": "frag_keyframe+empty_moov"})
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"moof") - 4])
    assert "without a single frame" in sentence_for(path, tmp_path)


def test_nothing_decodes(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "noise.mkv", noise=30, options=x264())
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    for packet in packets:
        place = data.index(packet)
        data[place : place + len(packet)] = b"\xff" * len(packet)
    path.write_bytes(data)
    assert "not one of its frames can be decoded" in sentence_for(path, tmp_path)


DAMAGE = {
    "cut": lambda data: data[: len(data) * 7 // 10],
    "zeros": lambda data: data[: len(data) // 2] + bytes(len(data) // 10) + data[len(data) * 6 // 10 :],
    "gap": lambda data: data[: len(data) // 2] + data[len(data) * 6 // 10 :],
}
FAST = {"movflags": "faststart"}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("name", ["d.mp4", "d.mkv", "d.ts", "d.avi", "d.gif"])
def test_damaged_later_part(name: str, damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    gif = name.endswith("gif")
    choice: dict[str, Any] = {"codec": "gif", "pixel_format": "rgb8"} if gif else {"options": x264()}
    path = make_clip(
        tmp_path / name, noise=30, container_options=FAST if name.endswith("mp4") else None, **choice
    )
    path.write_bytes(DAMAGE[damage](path.read_bytes()))
    caplog.set_level(logging.CRITICAL)
    with VideoReader(path, tmp_path) as reader:
        count = len(reader)
        assert 10 < count < 40
        frames = [reader.read(index) for index in range(count)]
        assert [number_of(frame.rgb) for frame in frames[:10]] == list(range(10))
        assert all(frame.rgb.shape[:2] == reader.info.size_hw for frame in frames)
        for index in (count - 1, 0, count // 2):
            reader.read(index)


def test_a_damaged_avi_has_the_same_frames_in_every_order(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "d.avi", codec="mpeg4", options={"g": "12", "bf": "0"}, noise=20)
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    place = data.index(packets[3])
    data[place - 8 : place + len(packets[3])] = bytes(len(packets[3]) + 8)
    path.write_bytes(data)
    with open_clip(path, index_folder=tmp_path) as reader:
        assert reader.info.warnings
        in_order = [number_of(reader.read(index).rgb) for index in range(len(reader))]
        backwards = [number_of(reader.read(index).rgb) for index in reversed(range(len(reader)))]
    assert in_order == backwards[::-1]
    assert len(in_order) < 40


def test_a_cut_file_says_so(tmp_path: Path) -> None:
    for name in ("c.mp4", "c.mkv"):
        fast = FAST if name == "c.mp4" else None
        path = make_clip(tmp_path / name, noise=30, options=x264(), container_options=fast)
        path.write_bytes(path.read_bytes()[:-1500])
        with open_clip(path, index_folder=tmp_path) as reader:
            assert len(reader.info.warnings) == 1
            assert "is damaged" in reader.info.warnings[0]
            assert f"{len(reader)} frames can be shown" in reader.info.warnings[0]


def test_a_frame_that_is_lost_is_left_out_at_the_next_open(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "lost.webm", codec="libvpx-vp9", options={"g": "12", "deadline": "realtime"})
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    data = bytearray(path.read_bytes())
    place = data.index(bytes(packets[20])[:40])
    data[place : place + 4] = b"\0\0\0\0"  # not the marker that a VP9 frame begins with
    path.write_bytes(data)
    with open_clip(path, index_folder=tmp_path) as reader:
        assert len(reader) == 40
        assert number_of(reader.read(19).rgb) == 19
        with pytest.raises(VideoError, match=r"Frame 20 of .* open it again"):
            reader.read(20)
        assert number_of(reader.read(30).rgb) == 30
    with open_clip(path, index_folder=tmp_path) as reader:
        assert len(reader) < 40
        assert reader.info.warnings
        for index in range(len(reader)):
            reader.read(index)


def test_reading_after_close(tmp_path: Path) -> None:
    reader = open_clip(make_clip(tmp_path / "c.mp4", count=3), index_folder=tmp_path)
    reader.close()
    reader.close()
    with pytest.raises(VideoError, match="was closed"):
        reader.read(0)


def test_a_file_that_vanishes(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "gone.h264", options=x264())
    with open_clip(path, index_folder=tmp_path) as reader:
        reader.read(30)
        path.unlink()
        with pytest.raises(VideoError, match=r"gone\.h264"):
            reader.read(2)
