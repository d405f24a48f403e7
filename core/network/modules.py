"""The network's parts under the names they have in the paper: reducer, CAG, DDE, ASPP and decoder stage."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.network.config import Fusion
from core.network.depthwise import DepthwiseConv2d


def conv3x3(channels_in: int, channels_out: int, *, separable: bool = False, dilation: int = 1) -> nn.Module:
    """3x3 convolution without bias; `separable` splits it into a depthwise and a pointwise one."""
    if not separable:
        return nn.Conv2d(channels_in, channels_out, 3, 1, dilation, dilation, bias=False)
    return nn.Sequential(
        DepthwiseConv2d(channels_in, 3, dilation=dilation),
        nn.Conv2d(channels_in, channels_out, 1, bias=False),
    )


def upsample(x: Tensor, size_hw: tuple[int, int]) -> Tensor:
    """Bilinear, align_corners=True, as everywhere in the paper's code."""
    if x.shape[-2:] == size_hw:
        return x
    return functional.interpolate(x, size_hw, mode="bilinear", align_corners=True)


class Reducer(nn.Module):
    """1x1 convolution and BatchNorm, no activation: brings an encoder tap to the level's width."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels_in, channels_out, 1, bias=False)
        self.bn = nn.BatchNorm2d(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        return self.bn(self.conv(x))


class ConfidenceGate(nn.Module):
    """CAG: a side map from the features alone, and from both the IoU that this map will reach.

    Args:
        width: channels C of the level's features.
        separable: depthwise separable 3x3 convolutions in the segmentation sub-network.
        pooling: average pooling before the confidence sub-network.

    Source: CAG-DDE, section 3.2, equations 4 and 5.
    """

    def __init__(self, width: int, *, separable: bool = False, pooling: int = 1) -> None:
        super().__init__()
        half = width // 2
        self.segmentation = nn.Sequential(
            conv3x3(width, half, separable=separable),
            nn.ReLU(inplace=True),
            conv3x3(half, half, separable=separable),
            nn.ReLU(inplace=True),
            nn.Conv2d(half, 1, 1),
        )
        self.confidence = nn.Sequential(
            conv3x3(width + 1, width),
            nn.ReLU(inplace=True),
            conv3x3(width, half),
            nn.ReLU(inplace=True),
            conv3x3(half, 1),
        )
        self.pooling = pooling

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Args: features NxCxhxw. Returns: side logits Nx1xhxw and confidence scores N in (0, 1)."""
        logits = self.segmentation(features)
        evidence = torch.cat((features, logits), 1)
        if self.pooling > 1:
            evidence = functional.avg_pool2d(evidence, self.pooling, ceil_mode=True)
        return logits, torch.sigmoid(self.confidence(evidence).mean((1, 2, 3)))


class DifferentialEnhancement(nn.Module):
    """DDE: each stream is enhanced by what the other has and it lacks, then both are fused.

    Source: CAG-DDE, section 3.3, equations 6 and 7.
    """

    def __init__(self, width: int, *, separable: bool = False) -> None:
        super().__init__()
        self.to_rgb = conv3x3(width, width, separable=separable)
        self.to_flow = conv3x3(width, width, separable=separable)
        self.prelu_rgb = nn.PReLU()
        self.prelu_flow = nn.PReLU()
        self.fusion = nn.Conv2d(2 * width, width, 1)

    def forward(self, rgb: Tensor, flow: Tensor) -> Tensor:
        """Args: gated features of both streams, NxCxhxw. Returns: fused features NxCxhxw."""
        enhanced_rgb = rgb + self.prelu_rgb(self.to_rgb(flow - rgb))
        enhanced_flow = flow + self.prelu_flow(self.to_flow(rgb - flow))
        return self.fusion(torch.cat((enhanced_rgb, enhanced_flow), 1))


class PlainFusion(nn.Module):
    """The baselines that DDE is compared with (Tables 2 and 3): concatenation, sum and product."""

    def __init__(self, width: int, kind: Fusion) -> None:
        super().__init__()
        self.kind = kind
        self.fusion = nn.Conv2d(2 * width, width, 1) if kind == "cat" else nn.Identity()

    def forward(self, rgb: Tensor, flow: Tensor) -> Tensor:
        if self.kind == "cat":
            return self.fusion(torch.cat((rgb, flow), 1))
        return rgb + flow if self.kind == "add" else rgb * flow


def build_fusion(width: int, kind: Fusion, *, separable: bool) -> nn.Module:
    return DifferentialEnhancement(width, separable=separable) if kind == "dde" else PlainFusion(width, kind)


class AtrousPyramid(nn.Module):
    """ASPP at level 5: 1x1, three dilated 3x3 and image pooling, each BatchNorm and ReLU, then 1x1."""

    def __init__(self, width: int, rates: tuple[int, int, int]) -> None:
        super().__init__()
        point = nn.Conv2d(width, width, 1, bias=False)
        dilated = [conv3x3(width, width, dilation=rate) for rate in rates]
        self.branches = nn.ModuleList(_norm_relu(conv, width) for conv in (point, *dilated))
        self.pooled = _norm_relu(nn.Conv2d(width, width, 1, bias=False), width)
        self.project = _norm_relu(nn.Conv2d(5 * width, width, 1, bias=False), width)

    def forward(self, x: Tensor) -> Tensor:
        outputs = [branch(x) for branch in self.branches]
        pooled = self.pooled(x.mean((2, 3), keepdim=True))
        outputs.append(pooled.expand(-1, -1, *x.shape[-2:]))
        return self.project(torch.cat(outputs, 1))


class DecoderStage(nn.Module):
    """Twice 3x3, BatchNorm, ReLU over the concatenation of the coarser stage and the level's fused features."""

    def __init__(self, channels_in: int, width: int, *, separable: bool = False) -> None:
        super().__init__()
        self.first = _norm_relu(conv3x3(channels_in, width, separable=separable), width)
        self.second = _norm_relu(conv3x3(width, width, separable=separable), width)

    def forward(self, coarser: Tensor, fused: Tensor) -> Tensor:
        size_hw = (fused.shape[-2], fused.shape[-1])
        return self.second(self.first(torch.cat((upsample(coarser, size_hw), fused), 1)))


def _norm_relu(conv: nn.Module, width: int) -> nn.Sequential:
    return nn.Sequential(conv, nn.BatchNorm2d(width), nn.ReLU(inplace=True))
