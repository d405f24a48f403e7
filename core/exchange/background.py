"""Runs a clip's exporter in a thread, so that encoding files overlaps the network. What is written lives beside."""

import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from core.errors import Cancelled
from core.exchange.clip_exporter import ClipExporter
from core.types import FlowField, Frame, Prediction
from core.video.atomic import output_error

_DEPTH = 3
_POLL_SECONDS = 0.2

Item = tuple[Frame, FlowField | None, Prediction]


class BackgroundExporter:
    """Context manager around an exporter; its end waits until everything is written.

    Args:
        exporter: not yet entered. folder: named in errors.
    """

    def __init__(self, exporter: ClipExporter, folder: Path) -> None:
        self._exporter, self._folder = exporter, folder
        self._queue: queue.Queue[Item | None] = queue.Queue(_DEPTH)
        self._abandoned = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._work, name="exporter", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._abandoned.set()
        else:
            self._put(None)
        self._thread.join()
        if kind is None:
            self._raise()

    def add(self, frame: Frame, field: FlowField | None, prediction: Prediction) -> None:
        """Queue a frame; waits while the writer is behind.

        Raises:
            OutputError: an earlier frame could not be written.
        """
        self._put((frame, field, prediction))
        self._raise()

    def _put(self, item: Item | None) -> None:
        while self._thread.is_alive():
            try:
                self._queue.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return

    def _raise(self) -> None:
        if isinstance(self._error, OSError):
            raise output_error(self._folder, self._error) from self._error
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        try:
            with self._exporter as exporter:
                while (item := self._next()) is not None:
                    exporter.add(*item)
        except BaseException as error:  # noqa: BLE001  carried over to the thread that queues
            self._error = error

    def _next(self) -> Item | None:
        while not self._abandoned.is_set():
            try:
                return self._queue.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
        raise Cancelled(f"Writing {self._folder} was abandoned.")
