"""The frozen values that threads send to the window. `generation` tells the messages in force from stale ones."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from core.inference import InferenceProgress
    from core.types import Prediction


class InferenceState(Enum):
    """What the inference thread is doing, as the status bar says it."""

    OFF = "No clip"
    LOADING = "Loading the model"
    RUNNING = "Predicting"
    PAUSED = "Paused"
    DONE = "All frames predicted"
    FAILED = "Prediction stopped"


@dataclass(frozen=True, slots=True, eq=False)
class DecodedFrame:
    """A frame ready to draw. image: full size, RGB32. preview: a smaller copy of large frames, else None."""

    generation: int
    index: int
    pts_seconds: float
    image: QImage
    preview: QImage | None


@dataclass(frozen=True, slots=True, eq=False)
class ClipOpened:
    """A clip is open. info: its core.video.ClipInfo. others: further clips that were found beside it."""

    generation: int
    info: Any
    others: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Something went wrong. sentence: for the person. detail: the rest, for the log. kind: the error's class."""

    generation: int
    sentence: str
    detail: str
    kind: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class PredictionReady:
    """The network's word on one frame."""

    generation: int
    prediction: "Prediction"


@dataclass(frozen=True, slots=True, eq=False)
class ProgressReport:
    """How far the inference of the clip is."""

    generation: int
    progress: "InferenceProgress"


@dataclass(frozen=True, slots=True)
class NoticesReport:
    """What a person should know of how the clip is predicted: all sentences that hold."""

    generation: int
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CachedFrames:
    """Which decoded frames are held in memory, ascending."""

    generation: int
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FlickerReady:
    """The flicker of some frames. indices: int64 (n,). values: float32 (n,), NaN where there is no value."""

    generation: int
    indices: NDArray[np.int64]
    values: NDArray[np.float32]
