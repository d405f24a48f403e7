"""The flicker of a whole clip from its stored predictions, computed while nothing else is wanted. Knows no Qt."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from core.errors import VideoError
from core.flow import DisFlow
from core.inference.cache import PredictionCache
from core.metrics.flicker import flicker
from core.types import GrayImage, RgbImage
from core.video import ClipReader, open_clip

logger = logging.getLogger(__name__)

FlickerValues = dict[int, float]
"""Flicker by frame, NaN where there is no value."""
_BATCH_SECONDS = 0.5


class ClipFlicker:
    """Reads the clip once and compares every prediction with the one before it. What is known is not done again.

    `run` blocks and belongs into a worker thread; `hold` and `stop` may be called from any thread. One object runs
    once.

    Args:
        clip: file or folder of images. cache_folder, key: of the PredictionCache that holds its predictions.
    """

    def __init__(self, clip: Path, cache_folder: Path, key: str) -> None:
        self._clip, self._place = clip, (cache_folder, key)
        self._changed = threading.Condition()
        self._held = self._stopped = False
        self._estimator = DisFlow()
        self._before: tuple[int, RgbImage, GrayImage | None] | None = None

    def hold(self, held: bool) -> None:
        """Rest while `held`, so that something else has the processor."""
        with self._changed:
            self._held = held
            self._changed.notify_all()

    def stop(self) -> None:
        """Let `run` return after the frame it works on."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def run(self, on_values: Callable[[FlickerValues], None]) -> None:
        """Hand out what is stored, then what is computed, in batches.

        Args:
            on_values: called in this thread with frames that were not handed out before.

        Raises:
            VideoError: the clip cannot be opened.
        """
        cache = PredictionCache(*self._place)
        try:
            known, stored = cache.flicker(), cache.indices()
            if known:
                on_values(known)
            missing = sorted(
                index for index in stored if index > 0 and index - 1 in stored and index not in known
            )
            if missing and self._rest(0.0):
                with open_clip(self._clip) as reader:
                    self._compute(missing, reader, cache, on_values)
        finally:
            cache.close()

    def _compute(
        self,
        missing: list[int],
        reader: ClipReader,
        cache: PredictionCache,
        on_values: Callable[[FlickerValues], None],
    ) -> None:
        batch: FlickerValues = {}
        handed_out = time.monotonic()
        for index in missing:
            began = time.monotonic()
            value = self._value(index, reader, cache)
            if value is not None:
                batch[index] = value
            if time.monotonic() - handed_out >= _BATCH_SECONDS or index == missing[-1]:
                cache.put_flicker(batch)
                on_values(batch)
                batch, handed_out = {}, time.monotonic()
            # Half of the time belongs to others even where nothing is held.
            if not self._rest(time.monotonic() - began):
                break
        cache.put_flicker(batch)

    def _value(self, index: int, reader: ClipReader, cache: PredictionCache) -> float | None:
        """None where the clip or the cache does not give what is needed: another run may have more luck."""
        try:
            if self._before is None or self._before[0] != index - 1:
                self._before = (index - 1, reader.read(index - 1).rgb, cache.saliency(index - 1))
            rgb, saliency = reader.read(index).rgb, cache.saliency(index)
        except VideoError as error:  # one damaged frame is no reason to give the others up
            logger.info("frame %d has no flicker: %s", index, error)
            return None
        _, rgb_before, saliency_before = self._before
        self._before = (index, rgb, saliency)
        if saliency is None or saliency_before is None:
            return None
        # In this order the estimator reduces the earlier frame only once.
        backward = self._estimator(rgb, rgb_before)
        return flicker(saliency_before, saliency, self._estimator(rgb_before, rgb), backward)

    def _rest(self, seconds: float) -> bool:
        """Give the processor away for so long, and for as long as it is held. False to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped, timeout=seconds)
            self._changed.wait_for(lambda: self._stopped or not self._held)
            return not self._stopped
