"""RAFT as the paper describes it, pair by pair and without any saving: what bench_raft.py measures against.

Every pair encodes both frames and the context, samples the correlation volume with `grid_sample`, and brings the flow
to full size after every update. The modules have the names of the published checkpoints, which load as they are.
"""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LEVELS = 4


class Block(nn.Module):
    """Residual block of the large network's encoders."""

    def __init__(self, inputs: int, outputs: int, norm: str, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.norm1, self.norm2 = normalisation(norm, outputs), normalisation(norm, outputs)
        if stride > 1:
            self.norm3 = normalisation(norm, outputs)
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride), self.norm3)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.norm1(self.conv1(x)))
        y = torch.relu(self.norm2(self.conv2(y)))
        return torch.relu((self.downsample(x) if hasattr(self, "downsample") else x) + y)


class Bottleneck(nn.Module):
    """Residual block of the small network's encoders."""

    def __init__(self, inputs: int, outputs: int, norm: str, stride: int) -> None:
        super().__init__()
        inner = outputs // 4
        self.conv1 = nn.Conv2d(inputs, inner, 1)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1)
        self.conv3 = nn.Conv2d(inner, outputs, 1)
        self.norm1, self.norm2 = normalisation(norm, inner), normalisation(norm, inner)
        self.norm3 = normalisation(norm, outputs)
        if stride > 1:
            self.norm4 = normalisation(norm, outputs)
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride), self.norm4)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.relu(self.norm1(self.conv1(x)))
        y = torch.relu(self.norm2(self.conv2(y)))
        y = torch.relu(self.norm3(self.conv3(y)))
        return torch.relu((self.downsample(x) if hasattr(self, "downsample") else x) + y)


def normalisation(norm: str, channels: int) -> nn.Module:
    kinds = {"batch": nn.BatchNorm2d, "instance": nn.InstanceNorm2d}
    return kinds[norm](channels) if norm in kinds else nn.Sequential()


class Encoder(nn.Module):
    """A frame to features at an eighth of its size."""

    def __init__(self, outputs: int, norm: str, small: bool) -> None:
        super().__init__()
        stem, *widths = (32, 32, 64, 96) if small else (64, 64, 96, 128)
        block = Bottleneck if small else Block
        self.norm1 = normalisation(norm, stem)
        self.conv1 = nn.Conv2d(3, stem, 7, 2, 3)
        inputs = stem
        for number, width in enumerate(widths, 1):
            layer = nn.Sequential(
                block(inputs, width, norm, 1 if number == 1 else 2), block(width, width, norm, 1)
            )
            self.add_module(f"layer{number}", layer)
            inputs = width
        self.conv2 = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.norm1(self.conv1(x)))
        for layer in (self.get_submodule(f"layer{number}") for number in (1, 2, 3)):
            x = layer(x)
        return self.conv2(x)


class MotionEncoder(nn.Module):
    def __init__(self, small: bool) -> None:
        super().__init__()
        self.convc1 = nn.Conv2d(196, 96, 1) if small else nn.Conv2d(324, 256, 1)
        if not small:
            self.convc2 = nn.Conv2d(256, 192, 3, padding=1)
        self.convf1 = nn.Conv2d(2, 64 if small else 128, 7, padding=3)
        self.convf2 = nn.Conv2d(64, 32, 3, padding=1) if small else nn.Conv2d(128, 64, 3, padding=1)
        self.conv = nn.Conv2d(128, 80, 3, padding=1) if small else nn.Conv2d(256, 126, 3, padding=1)

    def forward(self, flow: Tensor, correlation: Tensor) -> Tensor:
        c = torch.relu(self.convc1(correlation))
        if hasattr(self, "convc2"):
            c = torch.relu(self.convc2(c))
        f = torch.relu(self.convf2(torch.relu(self.convf1(flow))))
        return torch.cat([torch.relu(self.conv(torch.cat([c, f], 1))), flow], 1)


class Gru(nn.Module):
    def __init__(self, hidden: int, inputs: int, small: bool) -> None:
        super().__init__()
        self.passes = [("", (3, 3))] if small else [("1", (1, 5)), ("2", (5, 1))]
        for suffix, kernel in self.passes:
            padding = (kernel[0] // 2, kernel[1] // 2)
            for gate in "zrq":
                convolution = nn.Conv2d(hidden + inputs, hidden, kernel, padding=padding)
                self.add_module(f"conv{gate}{suffix}", convolution)

    def forward(self, h: Tensor, x: Tensor) -> Tensor:
        for suffix, _ in self.passes:
            z, r, q = (getattr(self, f"conv{gate}{suffix}") for gate in "zrq")
            both = torch.cat([h, x], 1)
            update, reset = torch.sigmoid(z(both)), torch.sigmoid(r(both))
            h = (1 - update) * h + update * torch.tanh(q(torch.cat([reset * h, x], 1)))
        return h


class FlowHead(nn.Module):
    def __init__(self, inputs: int, inner: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, inner, 3, padding=1)
        self.conv2 = nn.Conv2d(inner, 2, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv2(torch.relu(self.conv1(x)))


class UpdateBlock(nn.Module):
    def __init__(self, small: bool) -> None:
        super().__init__()
        self.encoder = MotionEncoder(small)
        self.gru = Gru(96, 64 + 82, True) if small else Gru(128, 128 + 128, False)
        self.flow_head = FlowHead(96, 128) if small else FlowHead(128, 256)
        if not small:
            self.mask = nn.Sequential(nn.Conv2d(128, 256, 3, padding=1), nn.ReLU(), nn.Conv2d(256, 64 * 9, 1))


class PlainRaft(nn.Module):
    """Args: small: the small network."""

    def __init__(self, small: bool) -> None:
        super().__init__()
        self.small, self.radius, self.hidden = small, 3 if small else 4, 96 if small else 128
        self.fnet = Encoder(128 if small else 256, "instance", small)
        self.cnet = Encoder(160 if small else 256, "none" if small else "batch", small)
        self.update_block = UpdateBlock(small)

    def load(self, state: dict[str, Tensor]) -> None:
        """Weights as published, in evaluation mode."""
        self.load_state_dict(OrderedDict((k.removeprefix("module."), v) for k, v in state.items()))
        self.eval()

    @torch.no_grad()
    def forward(self, image1: Tensor, image2: Tensor, iterations: int) -> Tensor:
        """Args: 1x3xHxW, 0 to 255, sides of a multiple of 8. Returns: 1x2xHxW."""
        first, second = 2 * (image1 / 255.0) - 1, 2 * (image2 / 255.0) - 1
        features1, features2 = self.fnet(torch.cat([first, second])).split(1)
        pyramid = correlation_pyramid(features1, features2)
        hidden, context = self.cnet(first).split([self.hidden, self.cnet.conv2.out_channels - self.hidden], 1)
        hidden, context = torch.tanh(hidden), torch.relu(context)
        start = pixel_grid(features1)
        coordinates, full = start.clone(), features1
        for _ in range(iterations):
            correlation = look_up(pyramid, coordinates, self.radius)
            motion = self.update_block.encoder(coordinates - start, correlation)
            hidden = self.update_block.gru(hidden, torch.cat([context, motion], 1))
            coordinates = coordinates + self.update_block.flow_head(hidden)
            full = self._full_size(coordinates - start, hidden)
        return full

    def _full_size(self, flow: Tensor, hidden: Tensor) -> Tensor:
        if self.small:
            return 8 * F.interpolate(flow, scale_factor=8, mode="bilinear", align_corners=True)
        _, _, height, width = flow.shape
        weights = (0.25 * self.update_block.mask(hidden)).view(1, 1, 9, 8, 8, height, width).softmax(2)
        around = F.unfold(8 * flow, 3, padding=1).view(1, 2, 9, 1, 1, height, width)
        return (weights * around).sum(2).permute(0, 1, 4, 2, 5, 3).reshape(1, 2, 8 * height, 8 * width)


def pixel_grid(like: Tensor) -> Tensor:
    height, width = like.shape[-2:]
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return torch.stack([x, y])[None].float()


def correlation_pyramid(features1: Tensor, features2: Tensor) -> list[Tensor]:
    _, channels, height, width = features1.shape
    volume = features1.view(channels, -1).T @ features2.view(channels, -1) / channels**0.5
    pyramid = [volume.view(-1, 1, height, width)]
    for _ in range(LEVELS - 1):
        pyramid.append(F.avg_pool2d(pyramid[-1], 2, 2))
    return pyramid


def look_up(pyramid: list[Tensor], coordinates: Tensor, radius: int) -> Tensor:
    _, _, height, width = coordinates.shape
    steps = torch.arange(-radius, radius + 1).float()
    window = torch.stack(torch.meshgrid(steps, steps, indexing="ij"), -1)
    centres = coordinates.permute(0, 2, 3, 1).reshape(-1, 1, 1, 2)
    found: list[Tensor] = []
    for level, volume in enumerate(pyramid):
        size = torch.tensor([volume.shape[-1] - 1, volume.shape[-2] - 1])
        grid = 2 * (centres / 2**level + window) / size - 1
        found.append(F.grid_sample(volume, grid, align_corners=True).view(1, height, width, -1))
    return torch.cat(found, -1).permute(0, 3, 1, 2).contiguous()
