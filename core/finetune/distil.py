"""Staying close to the base model where nobody corrected it: everything it says of a view, as targets. No training."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from core.network.cagdde import ModelOutput


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """What the base model says of one view, on the processor.

    final: float32 1xHxW in [0, 1]. sides: for levels 1 to 5 float32 2xhxw in [0, 1]. scores: float32 5x2.
    """

    final: Tensor
    sides: tuple[Tensor, ...]
    scores: Tensor

    @classmethod
    def of(cls, output: ModelOutput) -> "Taught":
        """Args: output: of one view."""
        final = torch.sigmoid(output.final_logits.float())[0].cpu()
        sides = tuple(torch.sigmoid(logits.float())[0].cpu() for logits in output.side_logits)
        return cls(final, sides, output.scores.float()[0].cpu())


def distillation(output: ModelOutput, taught: Sequence[Taught]) -> Tensor:
    """How far a network is from the base model on some views, a scalar; 0, and without a slope, at the base model.

    The divergence of every map from the base model's (mean over pixels, summed over the final map and the ten side
    maps), and the squared differences of the ten confidence scores. The terms of equation 13 would not do: with soft
    maps as ground truth their IoU and SSIM terms, and side maps held to the final one, pull away from the base model.

    Args:
        output: of the network for these views. taught: of each of them.

    Source: Li and Hoiem, Learning without Forgetting, ECCV 2016, with every output of this network as a task.
    """
    device = output.scores.device
    total = _divergence(output.final_logits, torch.stack([own.final for own in taught]).to(device))
    for level, logits in enumerate(output.side_logits):
        maps = torch.stack([own.sides[level] for own in taught]).to(device)
        total = total + 2 * _divergence(logits, maps)
    scores = torch.stack([own.scores for own in taught]).to(device)
    return total + (output.scores.float() - scores).square().sum((1, 2)).mean()


def _divergence(logits: Tensor, target: Tensor) -> Tensor:
    """Mean Kullback-Leibler divergence of Bernoulli maps."""
    entropy = functional.binary_cross_entropy(target, target)
    return functional.binary_cross_entropy_with_logits(logits.float(), target) - entropy
