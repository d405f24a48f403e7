"""Fits a model's calibration: what makes map and scores of a frame an expected IoU. What it means: core.metrics."""

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from numpy.typing import NDArray

from core.datasets.layout import find_clip
from core.datasets.transform import SecondStream
from core.errors import InputError
from core.metrics import find_protocol, measure_mask, prepare_frame
from core.metrics.confidence import ConfidenceMeasures, measure_confidence
from core.metrics.expected_iou import OWN_IOU, ConfidenceCalibration, evidence_logits
from core.network.cagdde import CagDde
from core.network.checkpoint import load_checkpoint
from core.network.relabel import relabel
from core.training.selection import SelectionSet

WEIGHED = (OWN_IOU, "rgb_5")
"""What the map itself expects, and the score that follows the final mask best."""

_PROTOCOL = "frames"
_RIDGE = 1e-3
_STEPS = 50
_FEWEST_CLIPS = 2

Vector = NDArray[np.float64]
OnFrame = Callable[[int, int], None]
"""Gets how many frames are done and how many there are; may raise to end it."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Frames with what their predictions show and what they reach.

    clips: name of each frame's clip. logits: float64 (frames, evidence), of WEIGHED. iou: float64 (frames,), J at 0.5.
    """

    clips: tuple[str, ...]
    logits: Vector
    iou: Vector


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration, and how well it does on each clip when it is fitted without it."""

    calibration: ConfidenceCalibration
    left_out: ConfidenceMeasures


def calibrate_confidence(
    source: Path,
    out: Path,
    clips: list[Path],
    device: torch.device,
    stride: int = 1,
    on_frame: OnFrame = lambda done, total: None,
) -> Fitted:
    """Fit a model's calibration and write it into its description; the weights stay as they are, byte for byte.

    Args:
        out: the file to write, `source` among others.
        clips: folders with frames/ and masks/; not those that the result is judged by.
        stride: only every n-th frame. on_frame: called after each.

    Raises:
        StudioError: weights or clips cannot be read, the clips do not suffice, or the file cannot be written.
    """
    _check_count({clip.name for clip in clips})
    model, metadata = load_checkpoint(source)
    fitted = fit_calibration(judge(model, clips, device, stride, on_frame))
    relabel(source, out, replace(metadata, calibration=fitted.calibration))
    return fitted


def judge(
    model: CagDde,
    clips: list[Path],
    device: torch.device,
    stride: int = 1,
    on_frame: OnFrame = lambda done, total: None,
) -> Judged:
    """Predict every frame with its flow, with no motion and with the frame itself in place of the flow.

    The two latter are what goes wrong with motion: without them a model's own training clips show too few failures.

    Raises:
        InputError: a clip cannot be read.
    """
    model.to(device)
    protocol = find_protocol(_PROTOCOL)
    names: list[str] = []
    logits: list[Vector] = []
    iou: list[float] = []
    seconds = get_args(SecondStream)
    total = len(seconds) * sum(len(find_clip(clip).frames[::stride]) for clip in clips)
    for second in seconds:
        frames = SelectionSet(clips, model.config, stride, second)
        for name, saliency_u8, scores, truth in frames.predictions(model, device):
            names.append(name)
            logits.append(evidence_logits(WEIGHED, saliency_u8, scores))
            iou.append(measure_mask(prepare_frame(saliency_u8, truth, protocol)).j)
            on_frame(len(iou), total)
    return Judged(tuple(names), np.array(logits), np.array(iou))


def fit_calibration(judged: Judged) -> Fitted:
    """Logistic regression of the IoU on the evidence, every weight at least 0, so that it rises with each.

    Raises:
        InputError: fewer than two clips, or no evidence speaks for the IoU.
    """
    clips = np.array(judged.clips)
    names = sorted(set(judged.clips))
    _check_count(names)
    guessed = np.empty(len(clips))
    for name in names:
        own = clips == name
        bias, weights = _regression(judged.logits[~own], judged.iou[~own])
        guessed[own] = _sigmoid(bias + judged.logits[own] @ weights)
    left_out = measure_confidence(guessed, judged.iou)
    bias, weights = _regression(judged.logits, judged.iou)
    if not weights.any():
        raise InputError("On these clips neither map nor scores tell good masks from bad ones: give others.")
    fitted: dict[str, Any] = {
        "clips": names,
        "frames": len(clips),
        "second_streams": list(get_args(SecondStream)),
        "without_own_clip": {key: _rounded(value) for key, value in asdict(left_out).items()},
    }
    used = {name: round(float(weight), 4) for name, weight in zip(WEIGHED, weights, strict=True) if weight}
    return Fitted(ConfidenceCalibration(round(bias, 4), used, fitted), left_out)


def _check_count(names: Collection[str]) -> None:
    if len(names) < _FEWEST_CLIPS:
        raise InputError(
            f"A calibration needs at least {_FEWEST_CLIPS} clips of different names, {len(names)} was given."
        )


def _regression(logits: Vector, iou: Vector) -> tuple[float, Vector]:
    """Bias and weights with the least cross entropy to the IoUs, by Newton's method; negative weights become 0."""
    used = np.ones(logits.shape[1], bool)
    while True:
        bias, weights = _newton(logits[:, used], iou)
        if not len(weights) or weights.min() >= 0:
            full = np.zeros(logits.shape[1])
            full[used] = weights
            return bias, full
        used[np.flatnonzero(used)[weights.argmin()]] = False


def _newton(logits: Vector, iou: Vector) -> tuple[float, Vector]:
    centre, scale = logits.mean(0), logits.std(0) + 1e-9
    design = np.column_stack((np.ones(len(iou)), (logits - centre) / scale))
    ridge = np.diag([0.0] + [_RIDGE] * logits.shape[1])
    found = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        guess = _sigmoid(design @ found)
        slope = design.T @ (guess - iou) / len(iou) + ridge @ found
        bend = (design.T * (guess * (1 - guess))) @ design / len(iou) + ridge
        found -= np.linalg.solve(bend + 1e-9 * np.eye(len(found)), slope)
    weights = found[1:] / scale
    return float(found[0] - centre @ weights), weights


def _sigmoid(values: Vector) -> Vector:
    return 1 / (1 + np.exp(-values))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
