"""EfficientNet-B0 encoder with torchvision's key names (features.0 to features.7): five taps, no head."""

import torch
from torch import Tensor, nn

from core.network.depthwise import DepthwiseConv2d

# (expansion, kernel, stride, channels out, repeats): Tan and Le, ICML 2019, table 1
_STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)

TAP_STAGES = (1, 2, 3, 5, 7)


class SqueezeExcitation(nn.Module):
    """Channel gate from the global average."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        gate = x.mean((2, 3), keepdim=True)
        return x * torch.sigmoid(self.fc2(nn.functional.silu(self.fc1(gate))))


class MBConv(nn.Module):
    """Inverted residual with squeeze-and-excitation."""

    def __init__(self, channels_in: int, channels_out: int, expansion: int, kernel: int, stride: int) -> None:
        super().__init__()
        width = channels_in * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers.append(_conv_norm(channels_in, width, 1, 1, activation=True))
        layers.append(_norm_silu(DepthwiseConv2d(width, kernel, stride), width))
        layers.append(SqueezeExcitation(width, max(1, channels_in // 4)))
        layers.append(_conv_norm(width, channels_out, 1, 1, activation=False))
        self.block = nn.Sequential(*layers)
        self.residual = stride == 1 and channels_in == channels_out

    def forward(self, x: Tensor) -> Tensor:
        y = self.block(x)
        return x + y if self.residual else y


class EfficientNetB0Encoder(nn.Module):
    """EfficientNet-B0 trunk; taps at strides 2, 4, 8, 16, 32 with 16, 24, 40, 112, 320 channels."""

    tap_channels = (16, 24, 40, 112, 320)

    def __init__(self) -> None:
        super().__init__()
        stages: list[nn.Module] = [_conv_norm(3, 32, 3, 2, activation=True)]
        channels = 32
        for expansion, kernel, stride, width, repeats in _STAGES:
            blocks = [MBConv(channels, width, expansion, kernel, stride)]
            blocks += [MBConv(width, width, expansion, kernel, 1) for _ in range(repeats - 1)]
            stages.append(nn.Sequential(*blocks))
            channels = width
        self.features = nn.Sequential(*stages)

    def forward(self, x: Tensor) -> list[Tensor]:
        """Five taps. Args: x Nx3xHxW, normalised."""
        taps: list[Tensor] = []
        for index, stage in enumerate(self.features):
            x = stage(x)
            if index in TAP_STAGES:
                taps.append(x)
        return taps


def _conv_norm(
    channels_in: int, channels_out: int, kernel: int, stride: int, *, activation: bool
) -> nn.Sequential:
    conv = nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, bias=False)
    if activation:
        return _norm_silu(conv, channels_out)
    return nn.Sequential(conv, nn.BatchNorm2d(channels_out))


def _norm_silu(conv: nn.Conv2d, channels: int) -> nn.Sequential:
    return nn.Sequential(conv, nn.BatchNorm2d(channels), nn.SiLU(inplace=True))
