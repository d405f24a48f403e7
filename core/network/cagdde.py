"""The CAG-DDE network: one encoder, reducers and gates for both streams, fusion per level, one decoder."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from core.network.config import ModelConfig
from core.network.efficientnet import EfficientNetB0Encoder
from core.network.modules import (
    AtrousPyramid,
    ConfidenceGate,
    DecoderStage,
    DifferentialEnhancement,
    Reducer,
    build_fusion,
    upsample,
)
from core.network.resnet import ResNetEncoder
from core.types import LEVELS


class ModelOutput(NamedTuple):
    """What one forward pass gives (a named tuple, so that exporters can trace it).

    final_logits: Nx1xHxW at input size. side_logits: for levels 1 to 5 Nx2xhxw, columns rgb and flow.
    scores: Nx5x2 in (0, 1), columns rgb and flow.
    """

    final_logits: Tensor
    side_logits: tuple[Tensor, ...]
    scores: Tensor


class CagDde(nn.Module):
    """CAG-DDE for any ModelConfig.

    Source: Confidence-guided Adaptive Gate and Dual Differential Enhancement for Video Salient Object Detection,
    ICME 2021.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        widths, decoder = config.widths, config.decoder_widths
        separable = [level < config.separable_levels for level in range(LEVELS)]
        self.encoder = build_encoder(config)
        self.reducers = nn.ModuleList(
            Reducer(channels, width)
            for channels, width in zip(self.encoder.tap_channels, widths, strict=True)
        )
        self.gates = nn.ModuleList(
            ConfidenceGate(width, separable=sep, pooling=pooling)
            for width, sep, pooling in zip(widths, separable, config.confidence_pooling, strict=True)
        )
        self.fusions = nn.ModuleList(
            build_fusion(width, config.fusion, separable=sep)
            for width, sep in zip(widths, separable, strict=True)
        )
        self.aspp = AtrousPyramid(widths[4], config.aspp_rates)
        coarser = (*decoder[1:], widths[4])
        self.stages = nn.ModuleList(
            DecoderStage(coarse + width, out, separable=sep)
            for coarse, width, out, sep in zip(coarser, widths, decoder, separable, strict=True)
        )
        self.head = nn.Conv2d(decoder[0], 1, 1)

    def forward(self, rgb: Tensor, flow: Tensor) -> ModelOutput:
        """Predict a batch.

        Args:
            rgb, flow: float32 Nx3xHxW, ImageNet-normalised frame and flow picture.
        """
        taps = self.encoder(torch.cat((rgb, flow)))
        return self.heads(taps, (rgb.shape[-2], rgb.shape[-1]))

    def heads(self, taps: list[Tensor], size_hw: tuple[int, int]) -> ModelOutput:
        """All that follows the encoder.

        Args:
            taps: five tensors of batch 2N, all rgb frames before all flow pictures.
            size_hw: size of the final logits.
        """
        fused: list[Tensor] = []
        side_logits: list[Tensor] = []
        scores: list[Tensor] = []
        for tap, reducer, gate, fusion in zip(taps, self.reducers, self.gates, self.fusions, strict=True):
            features = reducer(tap)
            logits, score = gate(features)
            if self.config.cag:
                features = features * score[:, None, None, None]
            fused.append(fusion(*features.chunk(2)))
            side_logits.append(torch.cat(logits.chunk(2), 1))
            scores.append(torch.stack(score.chunk(2), 1))
        y = self.aspp(fused[4])
        for stage, level in zip(reversed(self.stages), reversed(fused), strict=True):
            y = stage(y, level)
        final = upsample(self.head(y), size_hw)
        return ModelOutput(final, tuple(side_logits), torch.stack(scores, 1))


def build_encoder(config: ModelConfig) -> ResNetEncoder | EfficientNetB0Encoder:
    """The encoder a config names, with random weights."""
    if config.encoder == "efficientnet_b0":
        return EfficientNetB0Encoder()
    return ResNetEncoder(config.encoder, config.dilate_level5)


def build_model(config: ModelConfig) -> CagDde:
    """A network with random weights, in training mode.

    Heads start as in PyTorch, but what the gates and DDE add starts at nothing: the last confidence convolution
    is zero (scores .5) and so are DDE's 3x3 (their enhancement is the identity), which lets training start from
    weights that have neither.
    """
    model = CagDde(config)
    for module in (*model.gates, *model.fusions):
        for conv in _added_convolutions(module):
            nn.init.zeros_(conv.weight)
    return model


def _added_convolutions(module: nn.Module) -> list[nn.Conv2d]:
    if isinstance(module, ConfidenceGate):
        parts = [module.confidence[-1]]
    elif isinstance(module, DifferentialEnhancement):
        parts = [module.to_rgb, module.to_flow]
    else:
        parts = []
    convolutions = [part[-1] if isinstance(part, nn.Sequential) else part for part in parts]
    return [conv for conv in convolutions if isinstance(conv, nn.Conv2d)]
