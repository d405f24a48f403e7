"""Opens a clip and decodes its frames for display, in a thread of its own. The latest request wins."""

import logging
import threading
import traceback
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal, Slot

from app.images import image_from_rgb, preview_of
from app.session.records import CachedFrames, ClipOpened, DecodedFrame, Failure
from core.errors import StudioError

CACHE_BYTES = 192 << 20
"""Decoded frames in memory, where nobody says otherwise."""
LOOK_AHEAD = 12
_log = logging.getLogger(__name__)


class DecodeWorker(QObject):
    """Lives in its thread; only `request` and `stop` are called from outside it."""

    opened = Signal(object)
    frame_ready = Signal(object)
    open_failed = Signal(object)
    frame_failed = Signal(object)
    cached = Signal(object)
    _wake = Signal()

    def __init__(self, path: Path, generation: int, cache_bytes: int = CACHE_BYTES) -> None:
        super().__init__()
        self._cache_bytes = cache_bytes
        self._path, self._generation = path, generation
        self._lock = threading.Lock()
        self._wanted: int | None = None
        self._stopped = threading.Event()
        self._cache = None
        self._reported: set[int] = set()
        self._wake.connect(self._serve, Qt.ConnectionType.QueuedConnection)

    @property
    def generation(self) -> int:
        """What its messages carry."""
        return self._generation

    def set_cache_bytes(self, cache_bytes: int) -> None:
        """Keep so much in memory from now on. May be called from any thread."""
        with self._lock:
            self._cache_bytes = cache_bytes
            if self._cache is not None:
                self._cache.set_limit(cache_bytes)

    def request(self, index: int) -> None:
        """Decode this frame next; what was asked for before is forgotten. May be called from any thread."""
        with self._lock:
            self._wanted = index
        self._wake.emit()

    def stop(self) -> None:
        """Begin nothing more. May be called from any thread."""
        self._stopped.set()

    @Slot()
    def start(self) -> None:
        """Open the clip, then wait for requests in the thread's event loop."""
        try:
            opened = self._open()
        except StudioError as error:
            _log.warning("%s", error)
            self.open_failed.emit(Failure(self._generation, str(error), traceback.format_exc()))
            return
        except Exception as error:  # noqa: BLE001  a bug in a decoder is told, it does not end the program
            _log.exception("opening %s", self._path)
            sentence = f"{self._path.name} cannot be opened: {error}. The log has the rest."
            self.open_failed.emit(Failure(self._generation, sentence, traceback.format_exc()))
            return
        QThread.currentThread().finished.connect(self._close, Qt.ConnectionType.DirectConnection)
        if not self._stopped.is_set():
            self.opened.emit(opened)

    def _open(self) -> ClipOpened:
        from core.video import (
            FrameCache,
            list_clips,
            open_clip,
        )  # in the thread: the window shows before this

        first, *others = list_clips(self._path)
        reader = open_clip(first)
        with self._lock:
            self._cache = FrameCache(reader, self._cache_bytes, LOOK_AHEAD)
        return ClipOpened(self._generation, self._cache.info, tuple(others))

    @Slot()
    def _serve(self) -> None:
        with self._lock:
            index, self._wanted = self._wanted, None
        if index is None or self._cache is None or self._stopped.is_set():
            return
        try:
            frame = self._cache.read(index)
            preview = preview_of(frame.rgb)
            decoded = DecodedFrame(
                self._generation,
                frame.index,
                frame.pts_seconds,
                image_from_rgb(frame.rgb),
                None if preview is None else image_from_rgb(preview),
            )
        except StudioError as error:
            _log.warning("frame %d: %s", index, error)
            self.frame_failed.emit(Failure(self._generation, str(error), traceback.format_exc()))
            return
        self.frame_ready.emit(decoded)
        self._report_cached()

    def _report_cached(self) -> None:
        assert self._cache is not None
        held = self._cache.cached()
        if held != self._reported:
            self._reported = held
            self.cached.emit(CachedFrames(self._generation, tuple(sorted(held))))

    @Slot()
    def _close(self) -> None:
        if self._cache is not None:
            self._cache.close()
            self._cache = None
