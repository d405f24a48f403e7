"""Predictions of whole clips for an export: those that are kept on disk, and the model's for the rest."""

import logging
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path

from core.inference.batch import predict_frames
from core.inference.cache import PredictionCache, cache_key, default_cache_folder
from core.inference.predictor import Predictor
from core.inference.settings import InferenceSettings
from core.types import Prediction, SizeHW
from core.video import ClipInfo, open_clip

logger = logging.getLogger(__name__)


class ClipPredictions:
    """Call it with a clip and a range of its frames. The model is loaded at the first call.

    What a window has shown is on disk already: those predictions are taken, so that what is exported is what was
    seen, and only the others are computed.

    Args:
        checkpoint: weights file. cache_folder: None is the user's.
        cancelled: asked at least once a frame. on_note: gets sentences about what is done and what fell back.
    """

    def __init__(
        self,
        checkpoint: Path,
        settings: InferenceSettings | None = None,
        *,
        cache_folder: Path | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        on_note: Callable[[str], None] = logger.info,
    ) -> None:
        self._checkpoint, self._settings = checkpoint, settings
        self._folder = cache_folder or default_cache_folder()
        self._cancelled, self._on_note = cancelled, on_note
        self._predictor: Predictor | None = None

    def __call__(self, clip: Path, frames: range | None = None) -> Generator[Prediction]:
        """The predictions of the clip's frames in `frames`, None for all, in order.

        Raises:
            StudioError: clip, weights or device cannot be used; Cancelled.
        """
        with open_clip(clip) as reader:
            info = reader.info
        predictor = self._ready(info.size_hw)
        key = cache_key(info.fingerprint, predictor.weights_sha256, predictor.result_settings())
        with closing(PredictionCache(self._folder, key)) as cache:
            wanted = [index for index in range(info.frame_count) if frames is None or index in frames]
            stored = cache.indices()
            missing = [index for index in wanted if index not in stored]
            if missing:
                self._on_note(f"{clip}: running the model on {len(missing)} of {info.frame_count} frames")
            with closing(self._computed(predictor, clip, info, missing)) as computed:
                for index in wanted:
                    prediction = cache.get(index) if index in stored else None
                    if prediction is None and index in stored:  # damaged on disk
                        with closing(self._computed(predictor, clip, info, [index])) as again:
                            prediction = next(again)
                    if prediction is None:
                        prediction = next(computed)
                        cache.put(prediction)
                    yield prediction

    def _ready(self, size_hw: SizeHW) -> Predictor:
        """The model, warmed up: what it runs on is a part of the cache's key."""
        predictor = self._predictor or Predictor.load(self._checkpoint, self._settings)
        told = len(predictor.notices) if self._predictor is not None else 0
        self._predictor = predictor
        predictor.warm_up(size_hw)
        for note in predictor.notices[told:]:
            self._on_note(note)
        return predictor

    def _computed(
        self, predictor: Predictor, clip: Path, info: ClipInfo, indices: list[int]
    ) -> Generator[Prediction]:
        if not indices:
            return
        with closing(predict_frames(predictor, clip, info, self._cancelled, indices)) as frames:
            for frame in frames:
                yield frame.prediction
