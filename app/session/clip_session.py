"""The open clip as the window sees it: which one, which frame, its decoded picture. Playback and inference: beside."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.session.decode_worker import CACHE_BYTES, DecodeWorker
from app.session.records import CachedFrames, ClipOpened, DecodedFrame, Failure
from app.session.worker_thread import ThreadPark, WorkerThread

if TYPE_CHECKING:
    from core.video import ClipInfo

_generations = itertools.count(1)


@dataclass(frozen=True, slots=True, eq=False)
class _Coming:
    """A clip that is being opened."""

    path: Path
    worker: DecodeWorker
    thread: WorkerThread


class ClipSession(QObject):
    """One clip at a time. All members belong to the window's thread."""

    asked = Signal(object)
    """A path is being opened; the clip that is open stays until that has succeeded."""
    opening = Signal(object)
    """The clip that was open is left, the one at this path comes."""
    opened = Signal(object)
    """ClipOpened."""
    closed = Signal()
    open_failed = Signal(object)
    """Failure. The clip that was open before still is; where there was none, `closed` comes first."""
    frame_failed = Signal(object)
    index_changed = Signal(int)
    """The frame that is asked for; its picture follows."""
    frame_changed = Signal(object)
    """DecodedFrame."""
    cached_changed = Signal(object)

    def __init__(self, park: ThreadPark, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._park = park
        self._thread: WorkerThread | None = None
        self._worker: DecodeWorker | None = None
        self._coming: _Coming | None = None
        self._generation = 0
        self._cache_bytes = CACHE_BYTES
        self._index = 0
        self._awaited: int | None = None
        self.info: ClipInfo | None = None
        self.frame: DecodedFrame | None = None

    @property
    def generation(self) -> int:
        """Changes with every opening and closing."""
        return self._generation

    @property
    def index(self) -> int:
        """The current frame."""
        return self._index

    @property
    def frame_count(self) -> int:
        return self.info.frame_count if self.info is not None else 0

    @property
    def waiting(self) -> bool:
        """Whether the current frame's picture is still being decoded."""
        return self._awaited is not None

    @property
    def is_opening(self) -> bool:
        """Whether a clip is on its way."""
        return self._coming is not None

    def open(self, path: Path) -> None:
        """Open a file, a folder of images, or the first clip of a folder of clips."""
        self._give_up_coming()
        worker = DecodeWorker(path, next(_generations), self._cache_bytes)
        worker.opened.connect(self._clip_opened)
        worker.open_failed.connect(self._clip_failed)
        worker.frame_ready.connect(self._frame_decoded)
        worker.frame_failed.connect(self._frame_failed)
        worker.cached.connect(self._frames_cached)
        self.asked.emit(path)
        if self.info is None:
            self.opening.emit(path)
        self._coming = _Coming(path, worker, self._park.launch(worker, "decode"))

    def close(self) -> None:
        """Close the clip, if one is open."""
        self._give_up_coming()
        self._leave()
        self.closed.emit()

    def go(self, index: int) -> None:
        """Make this the current frame, within the clip."""
        if self.info is None or self._worker is None:
            return
        index = min(max(index, 0), self.info.frame_count - 1)
        if index != self._index or self.frame is None:
            self._index = self._awaited = index
            self._worker.request(index)
            self.index_changed.emit(index)

    def set_cache_bytes(self, cache_bytes: int) -> None:
        """Keep so much of decoded frames in memory, of this clip and of later ones."""
        self._cache_bytes = cache_bytes
        for worker in (self._worker, self._coming.worker if self._coming is not None else None):
            if worker is not None:
                worker.set_cache_bytes(cache_bytes)

    def step(self, frames: int) -> None:
        """Go on by so many frames."""
        self.go(self._index + frames)

    def _leave(self) -> None:
        if self._thread is not None:
            self._thread.ask_stop()
        self._thread = self._worker = self.info = self.frame = self._awaited = None
        self._index = 0
        self._generation = next(_generations)

    def _give_up_coming(self) -> None:
        if self._coming is not None:
            self._coming.thread.ask_stop()
        self._coming = None

    def _is_coming(self, generation: int) -> bool:
        return self._coming is not None and self._coming.worker.generation == generation

    @Slot(object)
    def _clip_opened(self, message: ClipOpened) -> None:
        coming = self._coming
        if coming is None or not self._is_coming(message.generation):
            return
        self._coming = None
        replaced = self.info is not None
        self._leave()
        self._worker, self._thread, self._generation = coming.worker, coming.thread, message.generation
        if replaced:
            self.opening.emit(coming.path)
        self.info = message.info
        self.opened.emit(message)
        self.go(0)

    @Slot(object)
    def _clip_failed(self, failure: Failure) -> None:
        if self._is_coming(failure.generation):
            self._give_up_coming()
            if self.info is None:
                self.closed.emit()
            self.open_failed.emit(failure)

    @Slot(object)
    def _frame_decoded(self, frame: DecodedFrame) -> None:
        if frame.generation != self._generation:
            return
        self.frame = frame
        if frame.index == self._awaited:
            self._awaited = None
        self.frame_changed.emit(frame)

    @Slot(object)
    def _frame_failed(self, failure: Failure) -> None:
        if failure.generation == self._generation:
            self._awaited = None
            self.frame_failed.emit(failure)

    @Slot(object)
    def _frames_cached(self, message: CachedFrames) -> None:
        if message.generation == self._generation:
            self.cached_changed.emit(message)
