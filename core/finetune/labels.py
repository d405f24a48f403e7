"""Accepted masks that contradict each other: some of them mark the object, others all but the object."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.opencv import cv2
from core.types import GrayImage

_CLEARLY = 0.2
"""How much better the reverse of a mask fits the base model's map than the mask itself, in J."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFrame:
    """An accepted frame. saliency_u8: the base model's map, of any size. truth: uint8 HxW, the accepted mask."""

    clip: str
    index: int
    saliency_u8: GrayImage
    truth: GrayImage


def looks_inverted(frame: LabelledFrame) -> bool:
    """Whether the base model's map fits the reverse of the mask clearly better than the mask."""
    size_wh = (frame.saliency_u8.shape[1], frame.saliency_u8.shape[0])
    truth = np.asarray(cv2.resize(frame.truth, size_wh, interpolation=cv2.INTER_AREA)) > 127
    found = frame.saliency_u8 >= 128
    return _j(found, ~truth) - _j(found, truth) > _CLEARLY


def contradiction(frames: Sequence[LabelledFrame]) -> str | None:
    """A sentence where some masks look inverted and others do not; None where they go together.

    All inverted is no contradiction: then the background is meant.
    """
    inverted = [frame for frame in frames if looks_inverted(frame)]
    if not inverted or len(inverted) == len(frames):
        return None
    clips = dict.fromkeys(frame.clip for frame in inverted)
    places = "; ".join(
        f"{clip}: {', '.join(str(frame.index) for frame in inverted if frame.clip == clip)}" for clip in clips
    )
    return (
        f"The old model is kept because the accepted masks contradict each other: {len(inverted)} of {len(frames)} "
        f"{'looks' if len(inverted) == 1 else 'look'} inverted ({places}). Check these frames and finetune again."
    )


def _j(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    union = int((a | b).sum())
    return int((a & b).sum()) / union if union else 1.0
