"""What learns and what is frozen, and the encoder cut between the two so that its frozen part runs once a view."""

from typing import Any, cast

import torch
from torch import Tensor, nn

from core.finetune.job import FinetuneSettings
from core.network.cagdde import CagDde
from core.network.efficientnet import TAP_STAGES, EfficientNetB0Encoder
from core.training.optimizer import build_optimizer, set_modes
from core.training.recipe import OptimizerSettings, PhaseSettings

_RESNET_LAYERS = 4


def phase_of(settings: FinetuneSettings) -> PhaseSettings:
    """The settings as a phase of the trainer: heads full, the encoder's last stages at their share of the rate."""
    rate = 0.0 if settings.heads_only else settings.rate * settings.encoder_share
    return PhaseSettings(
        iterations=settings.iterations,
        side=settings.side,
        head_rate=settings.rate,
        encoder_rate=rate,
        encoder_decay=1.0,
        encoder_stages=settings.encoder_stages,
    )


def optimizer_settings(settings: FinetuneSettings) -> OptimizerSettings:
    return OptimizerSettings(
        kind=settings.optimizer,
        batch=settings.batch,
        weight_decay=settings.weight_decay,
        clip_norm=settings.clip_norm,
        warmup=settings.warmup,
        final_rate=0.1,
        ema=settings.ema,
        mixed_precision=settings.mixed_precision,
    )


def prepare_model(model: CagDde, settings: FinetuneSettings) -> torch.optim.Optimizer:
    """Freeze what is frozen, put every BatchNorm into evaluation, and make the optimiser, in place."""
    set_modes(model, phase_of(settings))
    model.eval()
    return build_optimizer(model, optimizer_settings(settings))


def frozen_stages(settings: FinetuneSettings) -> int:
    """How many of the encoder's last stages are not frozen."""
    return 0 if settings.heads_only else settings.encoder_stages


class EncoderCut:
    """An encoder in two parts: the stages that are frozen, and the last `learning` ones.

    Args:
        learning: number of last stages that learn; 0 freezes all.
    """

    def __init__(self, model: CagDde, learning: int) -> None:
        self.model, self.learning = model, learning

    @torch.no_grad()
    def frozen(self, pictures: Tensor) -> list[Tensor]:
        """The taps that the frozen stages give, the last entry being what the first learning stage takes.

        Args:
            pictures: Nx3xHxW, normalised. Where the first learning stage takes no tap, its input is appended as it is.
        """
        encoder: Any = self.model.encoder
        if isinstance(encoder, EfficientNetB0Encoder):
            return _run_features(encoder, pictures, 0, len(encoder.features) - self.learning)
        taps = [encoder.relu(encoder.bn1(encoder.conv1(pictures)))]
        y = encoder.maxpool(taps[0])
        for level in range(1, _RESNET_LAYERS + 1 - self.learning):
            y = encoder.get_submodule(f"layer{level}")(y)
            taps.append(y)
        return taps if len(taps) > 1 else [*taps, y]

    def rest(self, frozen: list[Tensor]) -> list[Tensor]:
        """All five taps, from what `frozen` gave."""
        encoder: Any = self.model.encoder
        if isinstance(encoder, EfficientNetB0Encoder):
            return _resume_features(encoder, frozen, len(encoder.features) - self.learning)
        if not self.learning:
            return frozen
        first = _RESNET_LAYERS + 1 - self.learning
        taps, y = frozen[:first], frozen[-1]
        for level in range(first, _RESNET_LAYERS + 1):
            y = encoder.get_submodule(f"layer{level}")(y)
            taps = [*taps, y]
        return taps


def _run_features(encoder: EfficientNetB0Encoder, x: Tensor, start: int, end: int) -> list[Tensor]:
    """Taps of stages start to end - 1; the last stage's output is the last entry."""
    taps: list[Tensor] = []
    for index in range(start, end):
        x = cast(nn.Module, encoder.features[index])(x)
        if index in TAP_STAGES or index == end - 1:
            taps.append(x)
    return taps


def _resume_features(encoder: EfficientNetB0Encoder, frozen: list[Tensor], start: int) -> list[Tensor]:
    if start == len(encoder.features):
        return frozen
    kept = frozen if start - 1 in TAP_STAGES else frozen[:-1]
    return [*kept, *_run_features(encoder, frozen[-1], start, len(encoder.features))]
