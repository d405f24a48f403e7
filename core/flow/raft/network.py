"""RAFT's encoders, update block and upsampling, as inference needs them. Weights and frames are brought by others.

Batch normalisation is a part of the convolutions here, and what the context contributes to the gates is computed once
for all updates: weights.py brings published weights into this form.

Source: Teed & Deng, RAFT: Recurrent All-Pairs Field Transforms for Optical Flow, ECCV 2020.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from core.flow.raft.config import LEVELS, STRIDE, RaftConfig
from core.flow.raft.correlation import CorrelationPyramid, feature_levels, inputs_per_level


class Pointwise(nn.Linear):
    """A 1x1 convolution, which for a map that lies channels last is one product of matrices."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__(inputs, outputs)  # pyright: ignore[reportUnknownMemberType]
        self._stride = stride

    def forward(self, input: Tensor) -> Tensor:
        rows = input[..., :: self._stride, :: self._stride].permute(0, 2, 3, 1)
        return super().forward(rows).permute(0, 3, 1, 2)


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions, or 1x1, 3x3, 1x1 through a quarter of the channels, beside a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int, bottleneck: bool, instance_norm: bool) -> None:
        super().__init__()
        inner = outputs // 4
        if bottleneck:
            convolutions = [
                Pointwise(inputs, inner),
                nn.Conv2d(inner, inner, 3, stride, 1),
                Pointwise(inner, outputs),
            ]
        else:
            convolutions = [nn.Conv2d(inputs, outputs, 3, stride, 1), nn.Conv2d(outputs, outputs, 3, 1, 1)]
        self.convolutions = nn.ModuleList(convolutions)
        self.shortcut = Pointwise(inputs, outputs, stride) if stride > 1 else None
        self._instance_norm = instance_norm

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for convolution in self.convolutions:
            y = _normalised(convolution(y), self._instance_norm).relu_()
        if self.shortcut is not None:
            x = _normalised(self.shortcut(x), self._instance_norm)
        return y.add_(x).relu_()


class Encoder(nn.Module):
    """A frame to a map of an eighth of its size.

    Args:
        outputs: channels of the map.
        instance_norm: after each convolution but the last.
    """

    def __init__(self, config: RaftConfig, outputs: int, instance_norm: bool) -> None:
        super().__init__()
        stem, *stages = config.widths
        self.stem = nn.Conv2d(3, stem, 7, 2, 3)
        self.blocks = nn.Sequential()
        inputs = stem
        for number, width in enumerate(stages):
            for stride in (1 if number == 0 else 2, 1):
                self.blocks.append(ResidualBlock(inputs, width, stride, config.bottleneck, instance_norm))
                inputs = width
        self.last = Pointwise(inputs, outputs)
        self._instance_norm = instance_norm

    def forward(self, picture: Tensor) -> Tensor:
        """Args: picture: 1x3xHxW in [-1, 1]. Returns: 1xCx(H/8)x(W/8)."""
        return self.last(self.blocks(_normalised(self.stem(picture), self._instance_norm).relu_()))


def _normalised(x: Tensor, instance_norm: bool) -> Tensor:
    # Over a batch of one, batch and instance normalisation are the same; the former is the faster by far.
    return F.batch_norm(x, None, None, training=True) if instance_norm else x


class MotionEncoder(nn.Module):
    """Correlation windows and flow to what the recurrent unit is told of the motion."""

    def __init__(self, config: RaftConfig) -> None:
        super().__init__()
        correlation, flow = list(config.correlation), config.flow
        self.windows = nn.Linear(LEVELS * inputs_per_level(config.radius), correlation[0])
        self.correlation = (
            nn.Conv2d(correlation[0], correlation[1], 3, padding=1) if len(correlation) > 1 else None
        )
        self.flow = nn.ModuleList(
            [nn.Conv2d(2, flow[0], 7, padding=3), nn.Conv2d(flow[0], flow[1], 3, padding=1)]
        )
        self.merge = nn.Conv2d(correlation[-1] + flow[-1], config.motion - 2, 3, padding=1)

    def forward(self, windows: Tensor, flow: Tensor) -> Tensor:
        """Args: windows: N rows. flow: 1x2xHxW, in cells."""
        matched = _as_map(self.windows(windows).relu_(), flow.shape[2])
        if self.correlation is not None:
            matched = self.correlation(matched).relu_()
        moved = flow
        for convolution in self.flow:
            moved = convolution(moved).relu_()
        return self.merge(torch.cat([matched, moved], 1)).relu_()


class GatedPass(nn.Module):
    """One pass of the recurrent unit: its gates z and r, and the candidate q, along one kernel."""

    def __init__(self, config: RaftConfig, kernel: tuple[int, int]) -> None:
        super().__init__()
        hidden, inputs = config.hidden, config.hidden + config.motion
        padding = (kernel[0] // 2, kernel[1] // 2)
        self.context = nn.Conv2d(config.context, 3 * hidden, kernel, padding=padding)
        self.gates = nn.Conv2d(inputs, 2 * hidden, kernel, padding=padding, bias=False)
        self.candidate = nn.Conv2d(inputs, hidden, kernel, padding=padding, bias=False)

    def forward(self, hidden: Tensor, motion: list[Tensor], context: Tensor) -> Tensor:
        """Args: motion: maps beside the state. context: what `self.context` gave. Returns: the new state."""
        channels = hidden.shape[1]
        joined = torch.cat([hidden, *motion], 1)
        update, reset = self.gates(joined).add_(context[:, : 2 * channels]).sigmoid_().chunk(2, 1)
        torch.mul(reset, hidden, out=joined[:, :channels])
        candidate = self.candidate(joined).add_(context[:, 2 * channels :]).tanh_()
        return torch.lerp(hidden, candidate, update)


class UpdateBlock(nn.Module):
    """One update: the recurrent state and the step of the flow."""

    def __init__(self, config: RaftConfig) -> None:
        super().__init__()
        self.motion = MotionEncoder(config)
        self.passes = nn.ModuleList(GatedPass(config, kernel) for kernel in config.gates)
        self.head = nn.ModuleList(
            [nn.Conv2d(config.hidden, config.head, 3, padding=1), nn.Conv2d(config.head, 2, 3, padding=1)]
        )

    def contributions(self, context: Tensor) -> list[Tensor]:
        """What the context adds to the gates of each pass, the same in every update."""
        return [part.get_submodule("context")(context) for part in self.passes]

    def forward(
        self, hidden: Tensor, contributions: list[Tensor], windows: Tensor, flow: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Args: flow: 1x2xHxW in cells. Returns: the new state, and the step, as the flow."""
        motion = [self.motion(windows, flow), flow]
        for part, context in zip(self.passes, contributions, strict=True):
            hidden = part(hidden, motion, context)
        return hidden, self.head[1](self.head[0](hidden).relu_())


class ConvexUpsampling(nn.Module):
    """Flow at the frame's size, each pixel a convex combination of the 3x3 cells around its own."""

    def __init__(self, config: RaftConfig) -> None:
        super().__init__()
        self.inner = nn.Conv2d(config.hidden, 256, 3, padding=1)
        self.weights = Pointwise(256, 9 * STRIDE**2)

    def forward(self, flow: Tensor, hidden: Tensor) -> Tensor:
        """Args: flow: 1x2xHxW in cells. Returns: 1x2x8Hx8W in pixels."""
        _, _, height, width = flow.shape
        weights = self.weights(self.inner(hidden).relu_()).float()
        weights = weights.view(1, 1, 9, STRIDE, STRIDE, height, width).softmax(2)
        around = F.unfold(STRIDE * flow, 3, padding=1).view(1, 2, 9, 1, 1, height, width)
        full = (weights * around).sum(2)
        return full.permute(0, 1, 4, 2, 5, 3).reshape(1, 2, STRIDE * height, STRIDE * width)


@dataclass(frozen=True, slots=True, eq=False)
class FrameContext:
    """What the flow from a frame begins with: the recurrent state, and what the context adds to each pass."""

    hidden: Tensor
    contributions: list[Tensor]


class Raft(nn.Module):
    """The whole network, in three parts: two that see one frame each, and one for a pair.

    All pictures are 1x3xHxW in [-1, 1], sides of a multiple of 8 and at least 64. The parts compute in the type of the
    weights; correlations and flow are float32 always.
    """

    def __init__(self, config: RaftConfig) -> None:
        super().__init__()
        self.config = config
        self.features = Encoder(config, config.features, instance_norm=True)
        self.context = Encoder(config, config.hidden + config.context, instance_norm=False)
        self.update = UpdateBlock(config)
        self.upsampling = ConvexUpsampling(config) if config.convex else None

    @property
    def dtype(self) -> torch.dtype:
        return self.features.stem.weight.dtype

    def frame_features(self, picture: Tensor) -> list[Tensor]:
        """What a frame is matched by: feature_levels of it, float32."""
        return feature_levels(self.features(picture.to(self.dtype)).float())

    def frame_context(self, picture: Tensor) -> FrameContext:
        """What a frame brings beside its features, where the flow starts from it."""
        hidden, context = self.context(picture.to(self.dtype)).split(
            [self.config.hidden, self.config.context], 1
        )
        return FrameContext(torch.tanh(hidden), self.update.contributions(torch.relu(context)))

    def forward(self, pyramid: CorrelationPyramid, context: FrameContext, iterations: int) -> Tensor:
        """The flow of a pair: 1x2xHxW in pixels, float32, at the size of the pictures."""
        hidden = context.hidden
        _, _, height, width = hidden.shape
        grid = _cell_grid(height, width, hidden.device)
        flow = torch.zeros_like(grid)
        for _ in range(iterations):
            windows = pyramid.windows(grid + flow).to(self.dtype)
            hidden, step = self.update(
                hidden, context.contributions, windows, _as_map(flow, height).to(self.dtype)
            )
            flow = flow + step.permute(0, 2, 3, 1).reshape(-1, 2)
        return self._full_size(_as_map(flow, height), hidden)

    def _full_size(self, flow: Tensor, hidden: Tensor) -> Tensor:
        if self.upsampling is not None:
            return self.upsampling(flow, hidden)
        return STRIDE * F.interpolate(flow, scale_factor=STRIDE, mode="bilinear", align_corners=True)


def _cell_grid(height: int, width: int, device: torch.device) -> Tensor:
    """The cells' own coordinates, x then y: float32 Nx2."""
    y, x = torch.meshgrid(
        torch.arange(height, device=device), torch.arange(width, device=device), indexing="ij"
    )
    return torch.stack([x, y], -1).view(-1, 2).float()


def _as_map(rows: Tensor, height: int) -> Tensor:
    """NxC as 1xCxHxW, which lies in memory as it is: channels last."""
    return rows.view(1, height, -1, rows.shape[1]).permute(0, 3, 1, 2)
