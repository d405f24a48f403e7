"""Depthwise convolution that stays fast when it is trained on a CPU in mixed precision."""

import torch
from torch import Tensor, nn


class DepthwiseConv2d(nn.Conv2d):
    """A convolution with one filter per channel and no bias; same keys as nn.Conv2d.

    Under CPU autocast with gradients it runs in float32: oneDNN's bfloat16 depthwise backward is several times
    slower than the float32 one.
    """

    def __init__(self, channels: int, kernel: int, stride: int = 1, dilation: int = 1) -> None:
        padding = dilation * (kernel // 2)
        super().__init__(  # pyright: ignore[reportUnknownMemberType]  torch leaves device and dtype untyped
            channels, channels, kernel, stride, padding, dilation, groups=channels, bias=False
        )

    def forward(self, input: Tensor) -> Tensor:
        learns = input.requires_grad or self.weight.requires_grad
        if learns and input.device.type == "cpu" and torch.is_grad_enabled():
            with torch.autocast("cpu", enabled=False):
                return super().forward(input.float())
        return super().forward(input)
