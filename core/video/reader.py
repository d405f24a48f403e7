"""Random access to the frames of a video file: seek by the index, decode forward, match. No index building here."""

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame

from core.errors import VideoError
from core.types import Frame
from core.video.clip_info import ClipInfo, ClipReader
from core.video.colour import RgbConverter
from core.video.container import OpenVideo
from core.video.fingerprint import file_fingerprint
from core.video.index import VideoIndex
from core.video.index_build import build_index
from core.video.index_store import IndexStore
from core.video.source_checks import check_file

_LOG = logging.getLogger(__name__)
# A jump costs a flush and a key frame: shorter ways are decoded through.
_SHORT_WAY = 6


class VideoReader(ClipReader):
    """The frames of one video file. See ClipReader."""

    def __init__(self, path: Path, index_folder: Path | None = None) -> None:
        """Open a video; its index is taken from the cache or built.

        Args: path: a video file. index_folder: where indexes are cached; None is the user's cache folder.
        Raises: VideoError naming the file and the reason.
        """
        modified_ns = check_file(path).st_mtime_ns
        self._store = IndexStore(index_folder)
        self._fingerprint = _fingerprint(path)
        self._index = _load_or_build(path, self._store, self._fingerprint, modified_ns)
        self.info = _info(path, self._index, self._fingerprint)
        self._times = self.info.pts_seconds
        self._convert = RgbConverter(self._index.stored_hw)
        self._last: Frame | None = None
        self._video: OpenVideo | None = OpenVideo(path)
        self._frames: Iterator[VideoFrame] = self._video.frames()
        self._next = 0
        self._jumped = False
        self._dts_first = False
        self.seek_count = 0

    def read(self, index: int) -> Frame:
        self._check_index(index)
        if self._video is None:
            raise self._closed_error()
        if self._last is not None and self._last.index == index:
            return self._last
        try:
            decoded = self._decode_counted(index) if self._index.by_count else self._decode_timed(index)
            if decoded is None:
                raise self._missing(index)
            rgb = self._index.orientation.apply(self._convert(decoded))
        except FFmpegError as error:
            self._restart()
            raise VideoError(f"Frame {index} of {self.info.path} cannot be decoded ({error}).") from error
        self._last = Frame(index, float(self._times[index]), rgb)
        return self._last

    def close(self) -> None:
        if self._video is not None:
            self._frames = iter(())
            self._video.close()
            self._video = None
            self._last = None

    # Files whose times identify frames

    def _decode_timed(self, index: int) -> VideoFrame | None:
        """The frame at an index by its time, going back further each time that a jump lands behind it."""
        if self._is_near(index):
            frame = self._forward_to_time(index)
            if frame is not None:
                return frame
        points = self._index.seek_points
        target = int(self._index.pts[index])
        best = int(np.searchsorted(points.pts, target, side="right")) - 1
        for by_dts, ticks in self._seek_targets(best):
            if self._seek(ticks):
                frame = self._forward_to_time(index)
                if frame is not None:
                    self._dts_first = by_dts
                    return frame
        self._restart()
        return self._forward_to_time(index)

    def _seek_targets(self, best: int) -> Iterator[tuple[bool, int]]:
        """Times to seek to and whether they are dts: the keyframe's own two, then earlier keyframes.

        Containers differ in which of the two they look for, so what worked last comes first.
        """
        points = self._index.seek_points
        if best < 0:
            return
        pts, dts = int(points.pts[best]), int(points.dts[best])
        targets = {(False, pts), (pts != dts, dts)}
        yield from sorted(targets, reverse=self._dts_first)
        for earlier in (best - 1, best - 4):
            if earlier >= 0:
                yield self._dts_first, int(points.dts[earlier])

    def _forward_to_time(self, index: int) -> VideoFrame | None:
        """Decode up to a frame's time; None if it does not come, or comes broken because of the jump."""
        target = int(self._index.pts[index])
        for frame in self._frames:
            if frame.pts is None or frame.pts < target:
                continue
            self._next = int(np.searchsorted(self._index.pts, frame.pts, side="right"))
            if frame.pts > target or (frame.is_corrupt and self._jumped):
                return None
            return frame
        self._next = len(self)
        return None

    # Files whose frames have to be counted

    def _decode_counted(self, index: int) -> VideoFrame | None:
        if not self._is_near(index):
            self._jump_counted(index)
        for frame in self._frames:
            self._next += 1
            if self._next == index + 1:
                return frame
        self._next = len(self)
        return None

    def _jump_counted(self, index: int) -> None:
        """Go to the last keyframe before an index whose place in the count is sure, else to the start."""
        points = self._index.seek_points
        best = int(np.searchsorted(points.frame, index, side="right")) - 1
        if best > 0 and self._seek(int(points.dts[best])) and self._is_at(int(points.dts[best])):
            self._next = int(points.frame[best])
        else:
            self._restart()

    def _is_at(self, dts: int) -> bool:
        """Whether the next packet is the keyframe with this dts; if so the frames start with it."""
        assert self._video is not None
        packets = self._video.packets()
        first = next(packets, None)
        if first is None or not first.is_keyframe or dts not in (first.dts, first.pts):
            return False
        self._frames = self._video.frames_from_key(first, packets)
        return True

    # Moving about

    def _is_near(self, index: int) -> bool:
        """Whether to decode on: no keyframe lies between here and there, or it is a short way."""
        if index < self._next:
            return False
        points = self._index.seek_points
        best = int(np.searchsorted(points.frame, index, side="right")) - 1
        return index - self._next <= _SHORT_WAY or best < 0 or int(points.frame[best]) <= self._next

    def _seek(self, ticks: int) -> bool:
        assert self._video is not None
        self.seek_count += 1
        try:
            self._video.seek(ticks)
        except FFmpegError as error:
            _LOG.info("%s: seeking to %d failed (%s).", self.info.path, ticks, error)
            return False
        self._frames = self._video.frames()
        self._jumped = True
        return True

    def _restart(self) -> None:
        """Go to the first frame by opening the file again, which works for every kind of file."""
        self.close()
        self._video = OpenVideo(self.info.path)
        self._frames = self._video.frames()
        self._next = 0
        self._jumped = False

    def _missing(self, index: int) -> VideoError:
        self._store.distrust(self._fingerprint)
        return VideoError(
            f"Frame {index} of {self.info.path} cannot be decoded because the file is damaged there; "
            "open it again to leave out the damaged frames."
        )


def _fingerprint(path: Path) -> str:
    try:
        return file_fingerprint(path)
    except OSError as error:
        raise VideoError(f"{path} cannot be read ({error.strerror}); check the disk.") from error


def _load_or_build(path: Path, store: IndexStore, fingerprint: str, modified_ns: int) -> VideoIndex:
    index = store.load(fingerprint, modified_ns)
    if index is None:
        index = build_index(path, store.is_distrusted(fingerprint))
        store.save(fingerprint, modified_ns, index)
    for warning in index.warnings:
        _LOG.warning("%s", warning)
    return index


def _info(path: Path, index: VideoIndex, fingerprint: str) -> ClipInfo:
    return ClipInfo(
        path=path,
        kind="video",
        frame_count=len(index.pts),
        size_hw=index.orientation.displayed(index.stored_hw),
        pts_seconds=index.pts_seconds(),
        frames_per_second=index.frames_per_second(),
        codec=index.codec,
        pixel_format=index.pixel_format,
        rotation=index.orientation.rotation,
        variable_rate=index.variable_rate(),
        keyframes=index.keyframe,
        # Counted frames of a damaged file are not the frames that an intact copy's index would number.
        fingerprint=fingerprint + ("-partial" if index.warnings else ""),
        warnings=index.warnings,
    )
