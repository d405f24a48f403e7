"""Inference for a person who is watching: visible frame first, cached results at once. Knows nothing of Qt."""

import logging
import math
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import VideoError
from core.inference.cache import PredictionCache, cache_key, default_cache_folder
from core.inference.frames import FrameSource
from core.inference.predictor import Predictor
from core.inference.progress import InferenceProgress, RateMeter
from core.inference.reading import ClipConfidence, frame_confidence
from core.inference.schedule import FrameScheduler
from core.inference.settings import InferenceSettings
from core.inference.workbench import Workbench
from core.types import Prediction
from core.video import ClipInfo

logger = logging.getLogger(__name__)

OnPrediction = Callable[[Prediction], None]
OnProgress = Callable[[InferenceProgress], None]


class LiveInference:
    """Predicts one clip in the background, following the frame that is on screen.

    `run` blocks and belongs into a worker thread; everything else may be used from any thread at any time. One
    object runs once.

    Args:
        clip: file or folder of images. checkpoint: weights file.
        cache_folder: None is the user's cache folder.
    """

    def __init__(
        self,
        clip: Path,
        checkpoint: Path,
        settings: InferenceSettings | None = None,
        cache_folder: Path | None = None,
    ) -> None:
        self._clip, self._checkpoint = Path(clip), Path(checkpoint)
        self._settings = settings or InferenceSettings()
        self._cache_folder = cache_folder or default_cache_folder()
        self._bench = Workbench()
        self._meter = RateMeter()
        self._predictor: Predictor | None = None
        self._cache: PredictionCache | None = None
        self._cache_key: str | None = None
        self._unreadable: dict[int, str] = {}
        self._confidence_lock = threading.Lock()
        self._confidence = np.empty(0, np.float32)

    def focus(self, index: int, playing: bool = False) -> None:
        """Work on this frame first, then ahead of it; a finished frame is delivered again.

        Args:
            playing: the visible frame moves on by itself, so work starts where it will be by then.
        """
        self._bench.focus(index, playing)

    def stop(self) -> None:
        """Let `run` return after the frame it works on."""
        self._bench.stop()

    def finished(self) -> frozenset[int]:
        """Frames whose prediction is there, those of earlier runs included."""
        return self._bench.finished()

    def stored_confidence(self) -> ClipConfidence:
        """The confidence of every frame whose prediction is there, all at once; no values before the first progress."""
        predictor = self._predictor
        calibrated = predictor is not None and predictor.metadata.calibration is not None
        with self._confidence_lock:
            return ClipConfidence(self._confidence.copy(), calibrated)

    @property
    def cache_place(self) -> tuple[Path, str] | None:
        """Folder and key of the PredictionCache in use; None before it is opened."""
        return (self._cache_folder, self._cache_key) if self._cache_key is not None else None

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences to show: what fell back to something else, and why."""
        predictor, cache, unreadable = self._predictor, self._cache, dict(self._unreadable)
        sentences = list(predictor.notices) if predictor is not None else []
        if cache is not None and cache.notice:
            sentences.append(cache.notice)
        if unreadable:
            first = unreadable[min(unreadable)]
            sentences.append(
                f"{len(unreadable)} frames have no prediction because they cannot be read: {first}"
            )
        return tuple(sentences)

    def run(self, on_prediction: OnPrediction, on_progress: OnProgress) -> None:
        """Predict until stopped. Both functions are called in this thread.

        Raises:
            StudioError: clip, weights or device cannot be used.
        """
        with FrameSource(self._clip, "white") as source:
            info = source.info
        if self._bench.stopped:
            return
        predictor = self._predictor = Predictor.load(self._checkpoint, self._settings, at_once=True)
        if self._bench.stopped:
            return
        predictor.warm_up(info.size_hw)
        key = cache_key(info.fingerprint, predictor.weights_sha256, predictor.result_settings())
        cache = self._cache = PredictionCache(self._cache_folder, key)
        self._cache_key = key
        self._confidence = _confidence_of(cache, info.frame_count)
        self._bench.open(FrameScheduler(info.frame_count, cache.indices()), self._lead(info))
        reading = threading.Thread(target=self._read_ahead, args=(predictor,), name="read-ahead", daemon=True)
        reading.start()
        try:
            on_progress(self._progress(predictor))
            self._serve(predictor, cache, on_prediction, on_progress)
        finally:
            self._bench.stop()
            reading.join()
            cache.close()

    def _serve(
        self,
        predictor: Predictor,
        cache: PredictionCache,
        on_prediction: OnPrediction,
        on_progress: OnProgress,
    ) -> None:
        while (task := self._bench.next_task(self._meter.pause)) is not None:
            if isinstance(task, int):
                self._deliver(task, cache, on_prediction)
                on_progress(self._progress(predictor))
                continue
            prediction = predictor.run([task])[0]
            cache.put(prediction)
            with self._confidence_lock:
                self._confidence[task.index] = frame_confidence(prediction.scores, prediction.expected_iou)
            self._bench.finish(task.index)
            self._meter.tick()
            on_prediction(prediction)
            on_progress(self._progress(predictor))

    def _deliver(self, index: int, cache: PredictionCache, on_prediction: OnPrediction) -> None:
        if index in self._unreadable:
            return
        stored = cache.get(index)
        if stored is None:
            self._bench.reopen(index)
        else:
            on_prediction(stored)

    def _read_ahead(self, predictor: Predictor) -> None:
        try:
            with FrameSource(self._clip, predictor.flow) as source:
                while (index := self._bench.next_to_read()) is not None:
                    self._read(index, source, predictor)
        except BaseException as error:  # noqa: BLE001  carried over to the thread that runs
            self._bench.fail(error)

    def _read(self, index: int, source: FrameSource, predictor: Predictor) -> None:
        try:
            loaded = source.load(index)
        except VideoError as error:  # one damaged frame is no reason to give the others up
            logger.warning("frame %d has no prediction: %s", index, error)
            self._unreadable.setdefault(index, str(error))
            self._bench.skip(index)
            return
        frame = loaded.frame
        self._bench.add(predictor.prepare(index, frame.pts_seconds, frame.rgb, loaded.field))

    def _progress(self, predictor: Predictor) -> InferenceProgress:
        done, total = self._bench.counts()
        rate, left = self._meter.frames_per_second, self._meter.seconds_left(total - done)
        return InferenceProgress(done, total, rate, left, predictor.device_name, predictor.precision)

    def _lead(self, info: ClipInfo) -> Callable[[], int]:
        def lead() -> int:
            rate = self._meter.frames_per_second
            slower = 0 < rate < info.frames_per_second
            # Two frames' time: the frame is read while the one before is run, then run itself.
            return math.ceil(2 * info.frames_per_second / rate) if slower else 0

        return lead


def _confidence_of(cache: PredictionCache, frame_count: int) -> NDArray[np.float32]:
    confidence = np.full(frame_count, np.nan, np.float32)
    for index, stored in cache.confidence().items():
        if 0 <= index < frame_count:
            confidence[index] = stored
    return confidence
