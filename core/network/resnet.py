"""ResNet encoders with torchvision's key names: five taps, no classifier. Weights are loaded elsewhere."""

from collections.abc import Callable

from torch import Tensor, nn

Block = Callable[[int, int, int, int], nn.Module]

_LAYOUTS: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "resnet18": ("basic", (2, 2, 2, 2)),
    "resnet34": ("basic", (3, 4, 6, 3)),
    "resnet50": ("bottleneck", (3, 4, 6, 3)),
    "resnet101": ("bottleneck", (3, 4, 23, 3)),
}

RESNET_NAMES = tuple(_LAYOUTS)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut (He et al., CVPR 2016, figure 5 left)."""

    expansion = 1

    def __init__(self, channels_in: int, width: int, stride: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, width, 3, stride, dilation, dilation, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = _shortcut(channels_in, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    """1x1, 3x3 (carries the stride, as in torchvision), 1x1 and a shortcut."""

    expansion = 4

    def __init__(self, channels_in: int, width: int, stride: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, dilation, dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, width * self.expansion, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(width * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = _shortcut(channels_in, width * self.expansion, stride)

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNetEncoder(nn.Module):
    """ResNet trunk with five taps.

    Args:
        name: resnet18, resnet34, resnet50 or resnet101.
        dilate_level5: layer4 keeps stride 16, with dilation 2 in its first block alone, as in the paper authors'
            code (torchvision's replace_stride_with_dilation would dilate the later blocks instead).
    """

    def __init__(self, name: str, dilate_level5: bool) -> None:
        super().__init__()
        kind, counts = _LAYOUTS[name]
        block = BasicBlock if kind == "basic" else Bottleneck
        self.tap_channels = (64, *(width * block.expansion for width in (64, 128, 256, 512)))
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        last = (1, 2) if dilate_level5 else (2, 1)
        geometry = ((1, 1), (2, 1), (2, 1), last)
        channels = 64
        for level, (width, count, (stride, dilation)) in enumerate(
            zip((64, 128, 256, 512), counts, geometry, strict=True), start=1
        ):
            first = block(channels, width, stride, dilation)
            channels = width * block.expansion
            rest = [block(channels, width, 1, 1) for _ in range(count - 1)]
            self.add_module(f"layer{level}", nn.Sequential(first, *rest))

    def forward(self, x: Tensor) -> list[Tensor]:
        """Five taps: conv1+bn+relu at stride 2, then layer1 to layer4. Args: x Nx3xHxW, normalised."""
        taps = [self.relu(self.bn1(self.conv1(x)))]
        y = self.maxpool(taps[0])
        for level in range(1, 5):
            y = self.get_submodule(f"layer{level}")(y)
            taps.append(y)
        return taps


def _shortcut(channels_in: int, channels_out: int, stride: int) -> nn.Module | None:
    if stride == 1 and channels_in == channels_out:
        return None
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
    )
