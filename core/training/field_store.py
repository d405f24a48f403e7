"""Flow fields of data sets on disk: computed once, read by every epoch, never all in memory."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.datasets.pictures import read_rgb
from core.errors import InputError, OutputError
from core.flow import FlowChoice, FlowEstimator, flow_for_frame, resize_flow
from core.opencv import cv2
from core.training.set_clips import SetClip
from core.types import FlowField, RgbImage

_LONG_SIDE = 448
"""Larger fields are reduced to this: their picture is drawn at about the network's size."""


class FieldStore:
    """The fields of one estimator below a folder, one file a frame.

    Args:
        folder: of all caches; this one gets a folder named by the estimator's description.
    """

    def __init__(self, folder: Path, choice: FlowChoice) -> None:
        self.choice = choice
        self.description: dict[str, Any] = choice.description()
        text = json.dumps(self.description, sort_keys=True, default=str)
        self.folder = folder / f"flow-{hashlib.sha256(text.encode()).hexdigest()[:12]}"

    def __call__(self, clip: SetClip, index: int) -> FlowField:
        """The field of a frame. Raises: InputError where it was not filled or is damaged."""
        path = self._path(clip, index)
        try:
            return FlowField(np.load(path).astype(np.float32))
        except (OSError, ValueError, EOFError) as error:
            raise InputError(
                f"{path}: this flow field cannot be read ({error}); delete it, and it is computed again."
            ) from error

    def fill(self, clips: Sequence[SetClip], workers: int, on_progress: Callable[[int, int], None]) -> None:
        """Compute what is missing of the annotated frames.

        Args:
            workers: processes; a flow network runs in this one.
            on_progress: gets how many frames are done, and of how many.

        Raises:
            InputError, OutputError: a frame cannot be read, or a field not be written.
        """
        missing = [(clip, frames) for clip in clips if not clip.still and (frames := self._missing(clip))]
        total, done = sum(len(frames) for _, frames in missing), 0
        for count in self._run(missing, workers):
            done += count
            on_progress(done, total)

    def _run(self, missing: list[tuple[SetClip, list[int]]], workers: int) -> Iterator[int]:
        if workers <= 1 or self.choice.method != "dis":
            estimator = self._estimator()
            for clip, frames in missing:
                yield self.fill_clip(clip, frames, estimator)
            return
        with ProcessPoolExecutor(workers) as pool:
            for job in [pool.submit(self.fill_clip, clip, frames) for clip, frames in missing]:
                yield job.result()

    def fill_clip(self, clip: SetClip, frames: list[int], estimator: FlowEstimator | None = None) -> int:
        """Compute some frames of one clip. Returns: how many."""
        cv2.setNumThreads(1)
        estimator = estimator or self._estimator()

        @lru_cache(maxsize=2)
        def read(index: int) -> RgbImage:
            return read_rgb(clip.clip.frames[index])

        for index in frames:
            field = flow_for_frame(estimator, read, index, len(clip.clip.frames))
            _write(self._path(clip, index), _reduced(field))
        return len(frames)

    def _estimator(self) -> FlowEstimator:
        estimator = self.choice.estimator()
        assert estimator is not None, "a recipe names a method"
        return estimator

    def _missing(self, clip: SetClip) -> list[int]:
        return [index for index in clip.clip.annotated if not self._path(clip, index).exists()]

    def _path(self, clip: SetClip, index: int) -> Path:
        """Clips of one name in two places are two."""
        place = hashlib.sha256(os.fsencode(clip.clip.source.resolve())).hexdigest()[:8]
        return self.folder / f"{clip.name}-{place}" / f"{index:06d}.npy"


def _reduced(field: FlowField) -> FlowField:
    height, width = field.size_hw
    scale = _LONG_SIDE / max(height, width)
    return field if scale >= 1 else resize_flow(field, (round(height * scale), round(width * scale)))


def _write(path: Path, field: FlowField) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("wb") as file:
            np.save(file, field.uv.astype(np.float16))
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(f"{path}: the flow field cannot be written ({error.strerror}).") from error
