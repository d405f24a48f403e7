"""What identifies an architecture: the values a checkpoint records and a model is built from."""

from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self, cast

from core.types import SizeHW

Fusion = Literal["dde", "cat", "add", "mul"]
Encoder = Literal["resnet18", "resnet34", "resnet50", "resnet101", "efficientnet_b0"]

_GRID = 16
"""Sizes of the aspect-keeping input are multiples of this: fine enough to keep 16:9 and 4:3 nearly as they are."""


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """Architecture of one CAG-DDE network.

    name: how the program calls it. encoder: whose five taps are used.
    dilate_level5: ResNet's last stage at stride 16 instead of 32.
    widths: channels of the reduced features, levels 1 to 5.
    decoder_widths: channels of the decoder's stages, levels 1 to 5.
    separable_levels: the number of levels, from level 1 up, whose 3x3 convolutions are depthwise separable.
    confidence_pooling: average pooling before each level's confidence sub-network; its output is a global average,
        so that the wide early levels need not be seen at full size.
    aspp_rates: dilations of the three 3x3 branches.
    cag, fusion: the ablation switches of the paper's Tables 2 and 3. Without `cag` the gate is the identity, side
        maps and scores are still predicted.
    input_side: side of the square input, or of the square with the input's area where `keep_aspect` is set.
    """

    name: str
    encoder: Encoder
    dilate_level5: bool
    widths: tuple[int, int, int, int, int]
    decoder_widths: tuple[int, int, int, int, int]
    separable_levels: int = 0
    confidence_pooling: tuple[int, int, int, int, int] = (1, 1, 1, 1, 1)
    aspp_rates: tuple[int, int, int] = (6, 12, 18)
    cag: bool = True
    fusion: Fusion = "dde"
    input_side: int = 448
    keep_aspect: bool = False

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The config from its `to_dict`. Raises TypeError or ValueError on fields that are missing or unknown."""
        known = {field.name for field in fields(cls)}
        unknown = set(values) - known
        if unknown:
            raise ValueError(f"unknown architecture fields: {', '.join(sorted(unknown))}")
        # JSON knows lists alone.
        own: dict[str, Any] = {
            key: tuple(cast("list[Any]", value)) if isinstance(value, list) else value
            for key, value in values.items()
        }
        config = cls(**own)
        if not 32 <= config.input_side <= 4096:
            raise ValueError(f"the input side is {config.input_side} pixels")
        return config


CAGDDE_R101 = ModelConfig(
    name="cagdde-r101",
    encoder="resnet101",
    dilate_level5=True,
    widths=(48, 48, 48, 48, 256),
    decoder_widths=(256, 256, 256, 256, 256),
)
"""The paper's network, 448x448."""

CAGDDE_LITE = ModelConfig(
    name="cagdde-lite",
    encoder="efficientnet_b0",
    dilate_level5=False,
    widths=(16, 24, 32, 64, 96),
    decoder_widths=(24, 40, 48, 64, 96),
    separable_levels=2,
    confidence_pooling=(4, 2, 1, 1, 1),
    aspp_rates=(2, 4, 6),
    input_side=320,
    keep_aspect=True,
)
"""The compact network that ships with the program."""

CONFIGS = {config.name: config for config in (CAGDDE_R101, CAGDDE_LITE)}


def network_input_size(config: ModelConfig, frame_hw: SizeHW, side: int | None = None) -> SizeHW:
    """Size at which a frame enters the network.

    Args:
        frame_hw: the frame's height and width.
        side: replaces the config's input side.

    Returns:
        side x side, or for `keep_aspect` a size near the frame's own shape with about that area, multiples of 16.
    """
    side = side or config.input_side
    if not config.keep_aspect:
        return side, side
    aspect = min(max(frame_hw[1] / frame_hw[0], 1 / 4), 4.0)
    height = max(_GRID, round(side / aspect**0.5 / _GRID) * _GRID)
    width = max(_GRID, round(side * side / height / _GRID) * _GRID)
    return height, width
