"""Parameter groups, the learning-rate curve and what is frozen when."""

import math
from typing import Any

import torch
from torch import nn

from core.network.cagdde import CagDde
from core.training.recipe import OptimizerSettings, PhaseSettings


def encoder_stages(model: CagDde) -> list[list[nn.Parameter]]:
    """The encoder's parameters by stage, first to last (children, or the children of `features`)."""
    encoder = model.encoder
    stages = list(getattr(encoder, "features", encoder).children())
    return [list(stage.parameters()) for stage in stages if any(True for _ in stage.parameters())]


def build_optimizer(model: CagDde, settings: OptimizerSettings) -> torch.optim.Optimizer:
    """Two groups for the heads (weights; norms, biases and PReLU, which AdamW does not decay) and one for each encoder
    stage. `set_rates` gives each its rate."""
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    groups: list[dict[str, Any]] = [
        {"params": [p for p in heads if p.ndim > 1], "role": "heads"},
        {"params": [p for p in heads if p.ndim <= 1], "role": "heads"},
    ]
    stages = encoder_stages(model)
    for index, parameters in enumerate(stages):
        groups.append({"params": parameters, "role": "encoder", "depth": len(stages) - 1 - index})
    if settings.kind == "adam":
        return torch.optim.Adam(groups, lr=0.0, weight_decay=settings.weight_decay)
    groups[1]["weight_decay"] = 0.0
    return torch.optim.AdamW(groups, lr=0.0, weight_decay=settings.weight_decay)


def set_rates(
    optimizer: torch.optim.Optimizer,
    settings: OptimizerSettings,
    phase: PhaseSettings,
    iteration: int,
    iterations: int,
) -> float:
    """Set every group's learning rate for an iteration: warm-up, then as the schedule says.

    Returns:
        The heads' rate.
    """
    warmup = min(1.0, (iteration + 1) / max(1, settings.warmup))
    progress = iteration / max(1, iterations)
    cosine = settings.final_rate + (1 - settings.final_rate) * (1 + math.cos(math.pi * progress)) / 2
    share = warmup * (cosine if settings.schedule == "cosine" else 1.0)
    for group in optimizer.param_groups:
        if group["role"] == "heads":
            group["lr"] = phase.head_rate * share
        else:
            group["lr"] = phase.encoder_rate * phase.encoder_decay ** group["depth"] * share
    return phase.head_rate * share


def set_modes(model: CagDde, phase: PhaseSettings) -> None:
    """Heads train with BatchNorm on batch statistics; the encoder's BatchNorm is always frozen, and the whole
    encoder where the phase gives it no rate."""
    model.train()
    for module in model.encoder.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    limit = 0 if phase.encoder_rate == 0 else phase.encoder_stages
    for depth, stage in enumerate(reversed(encoder_stages(model))):
        for parameter in stage:
            parameter.requires_grad_(limit is None or depth < limit)
