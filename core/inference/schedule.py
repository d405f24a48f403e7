"""Which frame comes next: the visible one, then playback ahead, then the rest. No threads, no work here."""

from collections.abc import Iterable, Iterator
from itertools import islice


class FrameScheduler:
    """Order of work over one clip.

    The latest focus wins. Frames run from the focus to the end of the clip, then from its start to the focus.
    Not safe for use from several threads: its owner holds the lock.

    Args:
        frame_count: frames of the clip.
        finished: frames that need no work.
    """

    def __init__(self, frame_count: int, finished: Iterable[int] = ()) -> None:
        self.frame_count = frame_count
        self._finished = bytearray(frame_count)
        self._start = 0
        self._left = frame_count
        for index in finished:
            if 0 <= index < frame_count:
                self.finish(index)

    @property
    def finished_count(self) -> int:
        return self.frame_count - self._left

    def finished(self) -> frozenset[int]:
        """The frames that are done."""
        return frozenset(index for index, flag in enumerate(self._finished) if flag)

    def is_finished(self, index: int) -> bool:
        return bool(self._finished[index])

    def finish(self, index: int) -> None:
        """`index` is done."""
        self._left -= not self._finished[index]
        self._finished[index] = 1

    def reopen(self, index: int) -> None:
        """The result of `index` was lost: it needs work again."""
        self._left += self._finished[index]
        self._finished[index] = 0

    def focus(self, index: int, lead: int = 0) -> None:
        """Start at this frame from now on.

        Args:
            index: the visible frame; clamped to the clip.
            lead: frames that playback will have gone on before a result can be there: work starts that far
                ahead, and the frames passed over come last.
        """
        index = min(max(index, 0), max(self.frame_count - 1, 0))
        self._start = min(index + lead, max(self.frame_count - 1, 0))

    def upcoming(self, count: int) -> list[int]:
        """The next `count` frames to work on, fewer when fewer are left."""
        return list(islice(self._order(), count))

    def _order(self) -> Iterator[int]:
        yield from self._unfinished(self._start, self.frame_count)
        yield from self._unfinished(0, self._start)

    def _unfinished(self, start: int, stop: int) -> Iterator[int]:
        position = self._finished.find(0, start, stop)  # a search in C: clips have up to a million frames
        while position >= 0:
            yield position
            position = self._finished.find(0, position + 1, stop)
