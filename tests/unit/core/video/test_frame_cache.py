"""The cache gives the reader's frames, keeps within its bytes, and decodes ahead."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from numbered_clips import SIZE_HW, make_clip, number_of, x264

from core.errors import VideoError
from core.types import Frame
from core.video.clip_info import ClipReader
from core.video.frame_cache import FrameCache
from core.video.reader import VideoReader

FRAME_BYTES = SIZE_HW[0] * SIZE_HW[1] * 3


class CountingReader(ClipReader):
    """Counts what the cache asks of a real reader."""

    def __init__(self, reader: ClipReader) -> None:
        self.info = reader.info
        self.inner = reader
        self.reads: list[int] = []
        self.closed = False

    def read(self, index: int) -> Frame:
        self.reads.append(index)
        return self.inner.read(index)

    def close(self) -> None:
        self.closed = True
        self.inner.close()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[CountingReader]:
    clip = CountingReader(VideoReader(make_clip(tmp_path / "c.mp4", options=x264()), tmp_path))
    yield clip
    clip.close()


def wait_for(cache: FrameCache, expected: set[int]) -> None:
    deadline = time.monotonic() + 10
    while not expected <= cache.cached():
        assert time.monotonic() < deadline, f"{sorted(cache.cached())} does not reach {sorted(expected)}"
        time.sleep(0.005)


def test_frames_are_right_in_every_order(reader: CountingReader) -> None:
    with FrameCache(reader, limit_bytes=10 * FRAME_BYTES, look_ahead=4) as cache:
        for index in [*range(40), *range(39, -1, -1), 7, 30, 8, 29]:
            assert number_of(cache.read(index).rgb) == index
            assert len(cache.cached()) <= 10


def test_a_frame_is_decoded_once(reader: CountingReader) -> None:
    with FrameCache(reader, look_ahead=0) as cache:
        for index in (5, 5, 6, 5):
            cache.read(index)
    assert reader.reads == [5, 6]
    assert reader.closed


def test_looks_ahead_forwards_and_backwards(reader: CountingReader) -> None:
    with FrameCache(reader, look_ahead=4) as cache:
        cache.read(20)
        wait_for(cache, {20, 21, 22, 23, 24})
        cache.read(19)
        wait_for(cache, {15, 16, 17, 18, 19})
        assert min(cache.cached()) == 15


def test_backwards_goes_from_the_keyframe_once_a_block(reader: CountingReader) -> None:
    assert isinstance(reader.inner, VideoReader)
    with FrameCache(reader, look_ahead=11) as cache:
        for index in range(35, 11, -1):
            cache.read(index)
    assert sorted(set(reader.reads)) == sorted(reader.reads)
    assert reader.inner.seek_count <= 5


def test_the_least_recently_used_goes_first(reader: CountingReader) -> None:
    with FrameCache(reader, limit_bytes=3 * FRAME_BYTES, look_ahead=0) as cache:
        for index in (1, 2, 3, 1, 4):
            cache.read(index)
        assert cache.cached() == {1, 3, 4}


def test_a_limit_below_one_frame_keeps_one(reader: CountingReader) -> None:
    with FrameCache(reader, limit_bytes=1) as cache:
        assert [number_of(cache.read(index).rgb) for index in (3, 4, 3)] == [3, 4, 3]
        assert len(cache.cached()) == 1


def test_the_limit_can_be_changed_while_it_works(reader: CountingReader) -> None:
    with FrameCache(reader, limit_bytes=4 * FRAME_BYTES, look_ahead=2) as cache:
        for index in (0, 10, 20, 5):
            cache.read(index)
        cache.set_limit(FRAME_BYTES)
        assert len(cache.cached()) == 1
        assert cache.read(7).index == 7
        cache.set_limit(3 * FRAME_BYTES)
        cache.read(8)
        wait_for(cache, {8, 9, 10})


def test_shared_between_threads(reader: CountingReader) -> None:
    wrong: list[int] = []
    with FrameCache(reader, limit_bytes=5 * FRAME_BYTES, look_ahead=2) as cache:

        def use(start: int) -> None:
            for step in range(30):
                index = (start + step * 7) % 40
                if number_of(cache.read(index).rgb) != index:
                    wrong.append(index)

        threads = [threading.Thread(target=use, args=(start,)) for start in (0, 13, 29)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
            assert not thread.is_alive()
    assert wrong == []


def test_errors_reach_the_caller_and_pass(reader: CountingReader, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(index: int) -> Frame:
        raise VideoError(f"Frame {index} cannot be decoded.")

    with FrameCache(reader) as cache:
        with monkeypatch.context() as patch:
            patch.setattr(reader.inner, "read", broken)
            for _ in range(2):
                with pytest.raises(VideoError, match="Frame 9"):
                    cache.read(9)
        assert number_of(cache.read(9).rgb) == 9
        with pytest.raises(IndexError):
            cache.read(40)


def test_closing_wakes_a_waiting_caller(reader: CountingReader) -> None:
    cache = FrameCache(reader)
    cache.close()
    cache.close()
    with pytest.raises(VideoError, match="was closed"):
        cache.read(0)
