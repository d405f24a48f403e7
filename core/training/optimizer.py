"""Parameter groups, the learning-rate curve and what is frozen when."""

import math

import torch
from torch import nn

from core.network.cagdde import CagDde
from core.training.recipe import OptimizerSettings, PhaseSettings


def encoder_stages(model: CagDde) -> list[list[nn.Parameter]]:
    """The encoder's parameters by stage, first to last (children, or the children of `features`)."""
    encoder = model.encoder
    stages = list(getattr(encoder, "features", encoder).children())
    return [list(stage.parameters()) for stage in stages if any(True for _ in stage.parameters())]


def build_optimizer(model: CagDde, settings: OptimizerSettings) -> torch.optim.AdamW:
    """AdamW with two groups for the heads (weights with decay; norms, biases and PReLU without) and one for each
    encoder stage. `scale` is each group's share of its phase's rate, set by `set_rates`."""
    heads = [p for name, p in model.named_parameters() if not name.startswith("encoder.")]
    groups = [
        {"params": [p for p in heads if p.ndim > 1], "role": "heads"},
        {"params": [p for p in heads if p.ndim <= 1], "role": "heads", "weight_decay": 0.0},
    ]
    stages = encoder_stages(model)
    for index, parameters in enumerate(stages):
        groups.append({"params": parameters, "role": "encoder", "depth": len(stages) - 1 - index})
    return torch.optim.AdamW(groups, lr=0.0, weight_decay=settings.weight_decay)


def set_rates(
    optimizer: torch.optim.Optimizer,
    settings: OptimizerSettings,
    phase: PhaseSettings,
    iteration: int,
    iterations: int,
) -> float:
    """Set every group's learning rate for an iteration: warm-up, then a cosine over the run.

    Returns:
        The heads' rate.
    """
    warmup = min(1.0, (iteration + 1) / max(1, settings.warmup))
    progress = iteration / max(1, iterations)
    cosine = settings.final_rate + (1 - settings.final_rate) * (1 + math.cos(math.pi * progress)) / 2
    for group in optimizer.param_groups:
        if group["role"] == "heads":
            group["lr"] = phase.head_rate * warmup * cosine
        else:
            group["lr"] = phase.encoder_rate * phase.encoder_decay ** group["depth"] * warmup * cosine
    return phase.head_rate * warmup * cosine


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
