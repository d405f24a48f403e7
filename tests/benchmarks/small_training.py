"""Weights of the paper's network whose maps show something: a few minutes of training on a generated clip.

They are of no use but to compare runtimes, whose errors depend on how a network has been trained.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from core.flow import DisFlow, flow_picture
from core.network import CAGDDE_R101, CheckpointMetadata, build_model, normalise, save_checkpoint
from core.network.cagdde import CagDde
from core.network.objective import ObjectiveSettings, Targets, objective
from core.opencv import cv2

TRAINING_SIDE, BATCH = 96, 6

Example = tuple[np.ndarray, np.ndarray, np.ndarray]


def train_r101(path: Path, steps: int) -> None:
    """Write a checkpoint.

    Args:
        steps: of 6 pictures of 96 px; 60 give maps with clear objects.
    """
    torch.manual_seed(0)
    model = _lively(build_model(CAGDDE_R101)).to(memory_format=torch.channels_last).train()  # pyright: ignore
    examples = generated(64, TRAINING_SIDE)
    random = np.random.default_rng(0)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 1e-3 * min(1.0, (step + 1) / 10) * (0.3 if step > 0.7 * steps else 1.0)
        loss = _loss(model, [examples[index] for index in random.integers(0, len(examples), BATCH)])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()
        if step % 10 == 0:
            print(f"  step {step}, loss {loss.item():.2f}", flush=True)
    _settle(model, generated(8, CAGDDE_R101.input_side))
    save_checkpoint(path, model.eval(), CheckpointMetadata(CAGDDE_R101))


def generated(count: int, side: int) -> list[Example]:
    """Frames of an ellipse that moves over a textured background: picture, flow picture, ground truth in [0, 1]."""
    random = np.random.default_rng(1)
    estimator = DisFlow()
    examples: list[Example] = []
    for _ in range(count):
        small = random.integers(0, 200, (random.integers(4, 16), 12, 3), dtype=np.uint8)
        scene = np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)
        centre, axes = random.uniform(0.25, 0.75, 2) * side, random.uniform(0.08, 0.25, 2) * side
        move, colour = random.uniform(-0.04, 0.04, 2) * side, random.integers(60, 256, 3)
        pair, masks = [], []
        for at in (centre, centre + move):
            mask = np.zeros((side, side), np.uint8)
            where = [round(value) for value in (*at, *axes)]
            cv2.ellipse(mask, where[:2], where[2:], 30, 0, 360, 255, -1, cv2.LINE_AA)
            alpha = mask[..., None] / 255
            pair.append((scene * (1 - alpha) + colour * alpha).astype(np.uint8))
            masks.append((mask / 255).astype(np.float32))
        examples.append((pair[0], flow_picture(estimator(*pair), (side, side)), masks[0]))
    return examples


def _lively(model: CagDde) -> CagDde:
    for name, parameter in model.named_parameters():
        if parameter.ndim == 4:
            nn.init.kaiming_normal_(parameter, nonlinearity="relu")
        elif name.endswith("bn3.weight"):
            nn.init.constant_(parameter, 0.2)  # keeps deep residual sums near one
    return model


def _loss(model: CagDde, batch: list[Example]) -> torch.Tensor:
    rgb, flow, truth = (np.stack(column) for column in zip(*batch, strict=True))
    with torch.autocast("cpu", torch.bfloat16):
        output = model(normalise(rgb), normalise(flow))
    sides = tuple(side.float() for side in output.side_logits)
    output = output._replace(
        final_logits=output.final_logits.float(), side_logits=sides, scores=output.scores.float()
    )
    target = torch.as_tensor(truth)[:, None]
    targets = Targets(target, target, torch.ones_like(target), torch.ones(len(batch)))
    return objective(output, targets, ObjectiveSettings())["total"]


def _settle(model: CagDde, examples: list[Example]) -> None:
    """BatchNorm's statistics at the size at which the network will be used."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
            module.reset_running_stats()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for first in range(0, len(examples), 4):
            rgb, flow = (
                np.stack(column) for column in list(zip(*examples[first : first + 4], strict=True))[:2]
            )
            model(normalise(rgb), normalise(flow))
