"""Decoded frames in memory, bounded in bytes, the next ones decoded ahead in a thread. No predictions here."""

import threading
from collections import OrderedDict

import numpy as np

from core.errors import StudioError
from core.types import Frame
from core.video.clip_info import ClipInfo, ClipReader


class FrameCache(ClipReader):
    """The least recently used frames are dropped first. Unlike a reader it may be shared between threads.

    It owns its reader: all decoding happens in the cache's thread, and close() closes both. After each read
    the frames that follow in the direction of the last move are decoded ahead.
    """

    def __init__(self, reader: ClipReader, limit_bytes: int = 256 << 20, look_ahead: int = 8) -> None:
        """Args: reader: used by nobody else from now on. limit_bytes: for all frames; one is always kept.

        look_ahead: frames to decode ahead, 0 for none; fewer where the limit allows fewer.
        """
        self.info: ClipInfo = reader.info
        self._reader = reader
        self._most_ahead = look_ahead
        self._set_capacity(limit_bytes)
        self._frames: OrderedDict[int, Frame] = OrderedDict()
        self._condition = threading.Condition()
        self._wanted: list[int] = []
        self._errors: dict[int, StudioError] = {}
        self._ahead: list[int] = []
        self._position, self._step = -1, 1
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="frame-cache", daemon=True)
        self._thread.start()

    def read(self, index: int) -> Frame:
        self._check_index(index)
        with self._condition:
            self._errors.pop(index, None)
            if not self._closed:
                self._turn_to(index)
            while index not in self._frames:
                if self._closed:
                    raise self._closed_error()
                if index in self._errors:
                    raise self._errors[index]
                if index not in self._wanted:
                    self._wanted.append(index)
                    self._condition.notify_all()
                self._condition.wait()
            self._frames.move_to_end(index)
            return self._frames[index]

    def cached(self) -> set[int]:
        """Indexes of the frames that are in memory now."""
        with self._condition:
            return set(self._frames)

    def set_limit(self, limit_bytes: int) -> None:
        """Keep so much from now on; what is over it is dropped at once."""
        with self._condition:
            self._set_capacity(limit_bytes)
            self._drop_old()

    def close(self) -> None:
        with self._condition:
            self._closed = True
            self._frames.clear()
            self._condition.notify_all()
        self._thread.join()

    def _set_capacity(self, limit_bytes: int) -> None:
        height, width = self.info.size_hw
        self._capacity = max(1, limit_bytes // (height * width * 3))
        self._look_ahead = max(0, min(self._most_ahead, self._capacity - 1))

    def _turn_to(self, index: int) -> None:
        """Note the move to an index and plan what to decode ahead of it. Called with the lock held."""
        if index != self._position:
            self._step = -1 if index < self._position else 1
        self._position = index
        count = len(self)
        if self._step > 0:
            plan = range(index + 1, min(count, index + 1 + self._look_ahead))
        else:
            plan = self._block_before(index)
        self._ahead = [place for place in plan if place not in self._frames]
        self._condition.notify_all()

    def _block_before(self, index: int) -> range:
        """Frames to decode forwards when moving backwards, so that the way from a keyframe is gone once a block.

        A block does not reach behind the keyframe that the visible frame needs: that would make it wait.
        """
        if index == 0 or index - 1 in self._frames:
            return range(0)
        anchor = index if index not in self._frames else index - 1
        keyframes = np.flatnonzero(self.info.keyframes[: anchor + 1])
        start = int(keyframes[-1]) if len(keyframes) else 0
        return range(max(start, index - self._look_ahead), index)

    def _work(self) -> None:
        """The thread: wanted frames first, then those ahead, until closed."""
        try:
            while (index := self._next_task()) is not None:
                self._decode(index)
        finally:
            # Also after an unforeseen error, so that no caller waits for ever.
            with self._condition:
                self._closed = True
                self._condition.notify_all()
            self._reader.close()

    def _next_task(self) -> int | None:
        with self._condition:
            while not self._closed:
                if self._wanted:
                    return self._first_wanted()
                if self._ahead:
                    return self._ahead.pop(0)
                self._condition.wait()
            return None

    def _first_wanted(self) -> int:
        """The wanted frame, or the planned frames before it if they come with it (moving backwards)."""
        index = self._wanted[0]
        if self._ahead and self._ahead[-1] < index and index - self._ahead[0] <= self._look_ahead:
            return self._ahead.pop(0)
        return index

    def _decode(self, index: int) -> None:
        frame: Frame | None = None
        error: StudioError | None = None
        try:
            frame = self._reader.read(index)
        except StudioError as failure:
            error = failure
        with self._condition:
            if index in self._wanted:
                self._wanted.remove(index)
                if error is not None:
                    self._errors[index] = error
            if frame is not None and not self._closed:
                self._keep(frame)
            self._condition.notify_all()

    def _keep(self, frame: Frame) -> None:
        self._frames[frame.index] = frame
        self._frames.move_to_end(frame.index)
        self._drop_old()

    def _drop_old(self) -> None:
        while len(self._frames) > self._capacity:
            self._frames.popitem(last=False)
