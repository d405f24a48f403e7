"""The IoU that a frame's mask is expected to reach, from what its prediction shows. Fitting it: core.training.

numpy alone, so that whoever has a prediction has its expected IoU.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from core.types import LEVELS, SCORE_NAMES, STREAMS, GrayImage

FORMAT = 1
"""Of the stored numbers; what a newer one means is not known, and the model then counts as uncalibrated."""

OWN_IOU = "own_iou"
_MASK_LEVEL = 128
_SMALLEST = 1e-3
"""Evidence is kept this far from 0 and 1, where its logit is infinite: nothing is that certain."""

Scores = NDArray[np.float32]
_SCORE_PLACES = dict(zip(SCORE_NAMES, product(range(len(STREAMS)), range(LEVELS)), strict=True))
EVIDENCE = (OWN_IOU, *SCORE_NAMES)
"""What may be weighed: own_iou and the ten scores, rgb_1 to flow_5. Each lies in [0, 1], more speaks for the mask."""


def own_iou(saliency_u8: GrayImage) -> float:
    """The IoU of the mask at 0.5 that the map itself expects, were its values probabilities.

    The expected intersection (the values inside the mask, summed) over the expected union (the mask's pixels and the
    values outside, summed). It falls where the outline is soft, and where much is left undecided beside the mask.

    Args:
        saliency_u8: uint8 HxW.

    Returns:
        In [0, 1]; 0 for an empty mask.
    """
    pixels = np.bincount(saliency_u8.reshape(-1), minlength=256)
    mass = pixels * (np.arange(256) / 255)
    inside = int(pixels[_MASK_LEVEL:].sum())
    return float(mass[_MASK_LEVEL:].sum() / (inside + mass[:_MASK_LEVEL].sum())) if inside else 0.0


def evidence_logits(names: tuple[str, ...], saliency_u8: GrayImage, scores: Scores) -> NDArray[np.float64]:
    """The named evidence of a frame as logits, float64 (names,). Raises: KeyError for a name not in EVIDENCE."""
    values = [
        own_iou(saliency_u8) if name == OWN_IOU else float(scores.T[_SCORE_PLACES[name]]) for name in names
    ]
    kept = np.clip(values, _SMALLEST, 1 - _SMALLEST)
    return np.log(kept / (1 - kept))


@dataclass(frozen=True, slots=True)
class ConfidenceCalibration:
    """sigmoid(bias + sum of weight * logit(evidence)): it rises with every evidence.

    bias: a logit. weights: by name of EVIDENCE, 0 or more. fitted: on what, and how well; for people.
    """

    bias: float
    weights: Mapping[str, float]
    fitted: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        unknown = sorted(set(self.weights) - set(EVIDENCE))
        if unknown or not self.weights:
            raise ValueError(f"the calibration weighs {unknown or 'nothing'}, expected some of {EVIDENCE}")
        if not np.isfinite([self.bias, *self.weights.values()]).all() or min(self.weights.values()) < 0:
            raise ValueError(f"the calibration's numbers are {self.bias}, {dict(self.weights)}")

    def expected_iou(self, saliency_u8: GrayImage, scores: Scores) -> float:
        """The IoU with the true mask to be expected of the mask at 0.5.

        Args:
            saliency_u8: uint8 HxW. scores: float32 (5, 2), 0 to 1, columns rgb and flow.

        Returns:
            In (0, 1).
        """
        logits = evidence_logits(tuple(self.weights), saliency_u8, scores)
        return float(1 / (1 + np.exp(-self.bias - logits @ np.array(list(self.weights.values())))))

    def to_dict(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "bias": self.bias,
            "weights": dict(self.weights),
            "fitted": dict(self.fitted),
        }

    @classmethod
    def from_dict(cls, document: Any) -> Self | None:
        """What to_dict gave; None for a newer format.

        Raises:
            ValueError: damaged.
        """
        if not isinstance(document, dict):
            raise ValueError("the calibration is no table")
        values = cast("dict[str, Any]", document)
        try:
            if values["format"] != FORMAT:
                return None
            weights = {str(name): float(weight) for name, weight in values["weights"].items()}
            return cls(float(values["bias"]), weights, dict(values.get("fitted", {})))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the calibration is damaged ({error})") from error
