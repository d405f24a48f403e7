"""One number fitted to clips that were not trained on: where the final map's 0.5 lies."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.metrics import ClipMaps, evaluate
from core.network import CagDde
from core.training.selection import SelectionSet
from core.types import GrayImage

SHIFTS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2)
"""Candidates, in logits. The upper end is the saliency 0.77 that then becomes 0.5."""


def calibrate_threshold(model: CagDde, clips: list[Path], device: torch.device, stride: int = 1) -> float:
    """Lower the final logits by the shift with the best mean J, in place.

    IoU and SSIM losses on generated motion leave maps a little too generous on real video. Order and max F do not
    change, only where 0.5 lies.

    Args:
        clips: folders with frames/ and masks/.

    Returns:
        The shift in logits, one of SHIFTS.
    """
    frames = SelectionSet(clips, model.config, stride)
    maps = {name: list(pairs) for name, pairs in frames.maps(model, device)}
    shift = max(SHIFTS, key=lambda candidate: _mean_j(maps, candidate))
    assert model.head.bias is not None
    with torch.no_grad():
        model.head.bias -= shift
    return shift


def _mean_j(maps: dict[str, list[tuple[GrayImage, GrayImage]]], shift: float) -> float:
    table = shift_table(shift)
    clips = (
        ClipMaps(name, [(table[map_u8], truth) for map_u8, truth in pairs]) for name, pairs in maps.items()
    )
    return float(np.mean([row.j for row in evaluate(clips, "authors").per_clip]))


def shift_table(shift: float) -> NDArray[np.uint8]:
    """What an 8-bit map becomes when its logits are lowered by `shift`. uint8, 256 entries."""
    probability = np.arange(1, 255) / 255
    lowered = 1 / (1 + np.exp(shift) * (1 - probability) / probability)
    return np.concatenate(([0], np.rint(255 * lowered), [255])).astype(np.uint8)
