"""Collects what a model says of its maps and what they reach, frame by frame. The comparison is core.metrics'."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.methods import ClipOutput
from core.evaluation.outcome import ConfidenceRow
from core.inference.reading import mean_deep_score
from core.metrics.confidence import mean_entropy, measure_confidence, soft_iou
from core.opencv import cv2
from core.types import LEVELS, STREAMS, GrayImage

SIDE = "soft IoU of its side map"
FRAME = "J of the frame's mask"
EXPECTED = "expected IoU (calibrated)"
DEEP_SCORES = "mean score of levels 4 and 5"
ENTROPY = "1 - mean entropy"
REPEATED = "IoU with the mask before, carried by flow"
FRAME_SAYS = (EXPECTED, DEEP_SCORES, ENTROPY, REPEATED)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is said of a frame's mask, by name, and the J that it reaches."""

    says: dict[str, float]
    j: float


class ConfidenceRecord:
    """The values of one model over all clips."""

    def __init__(self) -> None:
        self._scores: list[NDArray[np.float32]] = []
        self._reached: list[NDArray[np.float32]] = []
        self._frames: list[_Frame] = []

    @property
    def frames(self) -> int:
        """How many were taken in."""
        return len(self._frames)

    def add(
        self,
        output: ClipOutput,
        truths: dict[int, GrayImage],
        frame_j: dict[int, float],
        repeated: dict[int, float],
    ) -> None:
        """Take in a clip.

        Args:
            frame_j: J of every annotated frame. repeated: baseline by frame, where it was measured.
        """
        for index, truth in truths.items():
            said = output.scores[index]
            self._scores.append(said.scores)
            self._reached.append(_reached(said.side_maps_u8, truth))
            values = {
                EXPECTED: said.expected_iou,
                DEEP_SCORES: mean_deep_score(said.scores),
                ENTROPY: 1 - mean_entropy(output.maps[index]),
                REPEATED: repeated.get(index),
            }
            known = {name: value for name, value in values.items() if value is not None}
            self._frames.append(_Frame(known, frame_j[index]))

    def rows(self, method: str) -> Iterator[ConfidenceRow]:
        """What is said of whole frames, all of it over the same frames; then every level and stream."""
        names = [name for name in FRAME_SAYS if any(name in frame.says for frame in self._frames)]
        # The first frame of a clip has none before it.
        frames = [frame for frame in self._frames if all(name in frame.says for name in names)]
        j = np.array([frame.j for frame in frames])
        for name in names:
            said = np.array([frame.says[name] for frame in frames])
            yield ConfidenceRow(method, name, FRAME, measure_confidence(said, j))
        scores, reached = (np.stack(each).astype(np.float64) for each in (self._scores, self._reached))
        yield ConfidenceRow(
            method, "scores of all levels", SIDE, measure_confidence(scores.ravel(), reached.ravel())
        )
        for level in range(LEVELS):
            for stream, name in enumerate(STREAMS):
                measures = measure_confidence(scores[:, level, stream], reached[:, level, stream])
                yield ConfidenceRow(method, f"score of level {level + 1}, {name}", SIDE, measures)


def _reached(side_maps_u8: NDArray[np.uint8], truth: GrayImage) -> NDArray[np.float32]:
    """Soft IoU of each side map at its own size, float32 (5, 2)."""
    height, width = side_maps_u8.shape[2:]
    share = cv2.resize((truth > 127).astype(np.float32), (width, height), interpolation=cv2.INTER_AREA)
    small = np.asarray(share) >= 0.5
    return np.array([[soft_iou(side, small) for side in level] for level in side_maps_u8], np.float32)
