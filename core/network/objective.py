"""The training objective, equation 13 of the paper, term by term. Optimisation lives in core.training."""

from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor
from torch.nn import functional

from core.network.cagdde import ModelOutput
from core.types import LEVELS, STREAMS

_SSIM_WINDOW = 11
_SSIM_SIGMA = 1.5
_C1, _C2 = 0.01**2, 0.03**2


@dataclass(frozen=True, slots=True)
class ObjectiveSettings:
    """How equation 13 is read where the paper leaves room.

    iou_eps: added to both halves of the IoU fraction; 1 is safe on empty ground truth, 0 is the authors' code.
    detach_iou_target: the confidence loss trains the score alone; False lets it move the side map as well, as in
        the authors' code.
    sides: whether the side maps and scores are trained at all; a network without CAG has neither in the paper.
    """

    iou_eps: float = 1.0
    detach_iou_target: bool = True
    sides: bool = True

    @classmethod
    def authors(cls) -> "ObjectiveSettings":
        """The released code's reading."""
        return cls(iou_eps=0.0, detach_iou_target=False)


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What a batch is compared with.

    ground_truth: float32 Nx1xHxW in [0, 1] for the final map and the flow stream's side maps.
    rgb_side: the same for the RGB stream's side maps (they may be asked for what the image alone can tell).
    valid: float32 Nx1xHxW, 0 where a pixel counts for nothing.
    weight: float32 N, how much a sample counts.
    """

    ground_truth: Tensor
    rgb_side: Tensor
    valid: Tensor
    weight: Tensor


def objective(output: ModelOutput, targets: Targets, settings: ObjectiveSettings) -> dict[str, Tensor]:
    """Every term of equation 13, each a scalar; their sum, `total`, is what is minimised.

    Args:
        output: of the network for the batch, at the targets' size.

    Returns:
        bce, ssim, iou of the final map; side (sum over levels and streams of the side maps' cross entropy);
        confidence (sum of |s - IoU|); total.

    Source: CAG-DDE, equations 8 to 13, as settled in the specification: equation 9 is a mean over pixels,
    equation 10 the local SSIM, equation 11 counts false negatives.
    """
    valid, weight = targets.valid, targets.weight / targets.weight.mean().clamp_min(1e-6)
    logits = output.final_logits.float()
    truth = targets.ground_truth
    probability = torch.sigmoid(logits) * valid
    terms = {
        "bce": (weight * pixel_bce(logits, truth, valid)).mean(),
        "ssim": (weight * (1 - ssim(probability, truth * valid))).mean(),
        "iou": (weight * (1 - soft_iou(probability, truth * valid, settings.iou_eps))).mean(),
    }
    side, confidence = logits.new_zeros(()), logits.new_zeros(())
    for level in range(LEVELS if settings.sides else 0):
        for stream, name in enumerate(STREAMS):
            level_bce, level_gap = _side_terms(output, targets, level, stream, name, settings)
            side = side + (weight * level_bce).mean()
            confidence = confidence + (weight * level_gap).mean()
    terms["side"], terms["confidence"] = side, confidence
    terms["total"] = torch.stack(tuple(terms.values())).sum()
    return terms


def _side_terms(
    output: ModelOutput, targets: Targets, level: int, stream: int, name: str, settings: ObjectiveSettings
) -> tuple[Tensor, Tensor]:
    """Cross entropy of one side map and the gap between its score and its soft IoU, per sample."""
    logits = output.side_logits[level][:, stream : stream + 1].float()
    size = logits.shape[-2:]
    truth = functional.interpolate(
        targets.rgb_side if name == "rgb" else targets.ground_truth, size, mode="nearest"
    )
    valid = functional.interpolate(targets.valid, size, mode="nearest")
    probability = torch.sigmoid(logits) * valid
    if settings.detach_iou_target:
        probability = probability.detach()
    judged_by = functional.interpolate(targets.ground_truth, size, mode="nearest")
    reached = soft_iou(probability, judged_by * valid, settings.iou_eps)
    score = output.scores[:, level, stream].float()
    return pixel_bce(logits, truth, valid), (score - reached).abs()


def pixel_bce(logits: Tensor, truth: Tensor, valid: Tensor) -> Tensor:
    """Mean cross entropy over valid pixels (equation 9). Args: Nx1xHxW each. Returns: N."""
    loss = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (loss * valid).sum((1, 2, 3)) / valid.sum((1, 2, 3)).clamp_min(1)


def soft_iou(probability: Tensor, truth: Tensor, eps: float) -> Tensor:
    """Soft intersection over union (equation 11).

    Args:
        probability, truth: Nx1xHxW in [0, 1].
        eps: added to both halves; with 0 an empty pair is 0/0, which is nan.

    Returns:
        N values in [0, 1].
    """
    intersection = (probability * truth).sum((1, 2, 3))
    union = probability.sum((1, 2, 3)) + truth.sum((1, 2, 3)) - intersection
    return (intersection + eps) / (union + eps)


def ssim(a: Tensor, b: Tensor) -> Tensor:
    """Mean local structural similarity (equation 10): 11x11 Gaussian window, sigma 1.5, zero padding.

    The separable window is applied as two banded matrix products, many times faster on a CPU than a one-channel
    convolution.

    Args:
        a, b: float32 Nx1xHxW in [0, 1].

    Returns:
        N values.
    """
    rows = _window_matrix(a.shape[-2], a.device)
    columns = _window_matrix(a.shape[-1], a.device)

    def blur(x: Tensor) -> Tensor:
        return rows @ x @ columns

    mean_a, mean_b = blur(a), blur(b)
    variance_a = blur(a * a) - mean_a**2
    variance_b = blur(b * b) - mean_b**2
    covariance = blur(a * b) - mean_a * mean_b
    numerator = (2 * mean_a * mean_b + _C1) * (2 * covariance + _C2)
    denominator = (mean_a**2 + mean_b**2 + _C1) * (variance_a + variance_b + _C2)
    return (numerator / denominator).mean((1, 2, 3))


@cache
def _window_matrix(size: int, device: torch.device) -> Tensor:
    offsets = torch.arange(_SSIM_WINDOW, dtype=torch.float64) - _SSIM_WINDOW // 2
    window = torch.exp(-(offsets**2) / (2 * _SSIM_SIGMA**2))
    window = window / window.sum()
    position = torch.arange(size)
    distance = position[:, None] - position[None, :] + _SSIM_WINDOW // 2
    inside = (distance >= 0) & (distance < _SSIM_WINDOW)
    matrix = torch.where(inside, window[distance.clamp(0, _SSIM_WINDOW - 1)], 0.0)
    return matrix.float().to(device)
