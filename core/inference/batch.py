"""Predicts a whole clip in order: decoding and flow of the next frames run beside the network."""

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from core.errors import Cancelled
from core.inference.frames import FrameSource, FrameWithFlow, look_ahead_depth
from core.inference.predictor import NetworkInput, Predictor
from core.inference.settings import InferenceSettings
from core.types import Prediction
from core.video import ClipInfo

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class PredictedFrame:
    """A frame at the clip's own size with its flow and its prediction."""

    source: FrameWithFlow
    prediction: Prediction


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    source: FrameWithFlow
    network_input: NetworkInput


def predict_clip(
    clip: Path,
    checkpoint: Path,
    settings: InferenceSettings | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Generator[Prediction]:
    """Every frame's prediction, in order.

    Raises:
        StudioError: clip, weights or device cannot be used; Cancelled as soon as `cancelled()` is true.
    """
    predictor = Predictor.load(checkpoint, settings)
    with FrameSource(clip, "white") as source:
        info = source.info
    with closing(predict_frames(predictor, clip, info, cancelled)) as frames:
        for frame in frames:
            yield frame.prediction


def predict_frames(
    predictor: Predictor,
    clip: Path,
    info: ClipInfo,
    cancelled: Callable[[], bool] = lambda: False,
    indices: Sequence[int] | None = None,
) -> Generator[PredictedFrame]:
    """Like predict_clip, with a loaded model and with the frames and flow themselves.

    Close the iterator (contextlib.closing) when it is not read to its end.

    Args:
        indices: only these frames, ascending; None is all.
    """
    indices = range(info.frame_count) if indices is None else indices
    look_ahead = _LookAhead(predictor, clip, info, indices)
    look_ahead.start()
    try:
        left = len(indices)
        while left:
            group = [look_ahead.take(cancelled) for _ in range(min(predictor.best_batch, left))]
            left -= len(group)
            predictions = predictor.run([item.network_input for item in group])
            for item, prediction in zip(group, predictions, strict=True):
                yield PredictedFrame(item.source, prediction)
    finally:
        look_ahead.stop()


class _LookAhead:
    """The thread that reads, with a bounded queue of what it prepared."""

    def __init__(self, predictor: Predictor, clip: Path, info: ClipInfo, indices: Sequence[int]) -> None:
        self._predictor, self._clip, self._indices = predictor, clip, indices
        depth = look_ahead_depth(info.size_hw) + predictor.best_batch - 1
        self._queue: queue.Queue[_Prepared | BaseException] = queue.Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="look-ahead", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def take(self, cancelled: Callable[[], bool]) -> _Prepared:
        """The next prepared frame. Raises what the thread met, or Cancelled."""
        while not cancelled():
            try:
                item = self._queue.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                continue
            if isinstance(item, BaseException):
                raise item
            return item
        raise Cancelled(f"The run on {self._clip} was cancelled.")

    def _work(self) -> None:
        try:
            with FrameSource(self._clip, self._predictor.flow) as source:
                for index in self._indices:
                    loaded = source.load(index)
                    frame = loaded.frame
                    prepared = self._predictor.prepare(index, frame.pts_seconds, frame.rgb, loaded.field)
                    if not self._put(_Prepared(loaded, prepared)):
                        return
        except BaseException as error:  # noqa: BLE001  carried over to the thread that asked
            self._put(error)

    def _put(self, item: _Prepared | BaseException) -> bool:
        while not self._stopped.is_set():
            try:
                self._queue.put(item, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False
