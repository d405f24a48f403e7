"""The two RAFT networks by their sizes, and how one is run. No code that runs anything: light to import."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

RaftName = Literal["raft-small", "raft-large"]

STRIDE = 8
"""Pixels of the frame to a cell of the feature map, along each side."""
LEVELS = 4
"""Levels of the correlation pyramid."""


@dataclass(frozen=True, slots=True)
class RaftConfig:
    """A network of Teed & Deng, RAFT (ECCV 2020).

    widths: channels of the encoders' stem and of their three stages. bottleneck: their residual blocks have a narrow
    3x3 between two 1x1, instead of two 3x3. features: channels that are correlated. hidden, context: channels of the
    recurrent state and of what the context encoder gives beside it. radius: of the window looked up in each level.
    correlation, flow, motion: channels inside the motion encoder. gates: kernels of the recurrent passes. head:
    channels inside the flow head. convex: full size by learned convex combinations, instead of bilinearly.
    """

    name: RaftName
    widths: tuple[int, int, int, int]
    bottleneck: bool
    features: int
    hidden: int
    context: int
    radius: int
    correlation: tuple[int, ...]
    flow: tuple[int, int]
    motion: int
    gates: tuple[tuple[int, int], ...]
    head: int
    convex: bool

    @property
    def window(self) -> int:
        """Side of the window that is looked up."""
        return 2 * self.radius + 1


RAFT_SMALL = RaftConfig(
    name="raft-small",
    widths=(32, 32, 64, 96),
    bottleneck=True,
    features=128,
    hidden=96,
    context=64,
    radius=3,
    correlation=(96,),
    flow=(64, 32),
    motion=82,
    gates=((3, 3),),
    head=128,
    convex=False,
)
RAFT_LARGE = RaftConfig(
    name="raft-large",
    widths=(64, 64, 96, 128),
    bottleneck=False,
    features=256,
    hidden=128,
    context=128,
    radius=4,
    correlation=(256, 192),
    flow=(128, 64),
    motion=128,
    gates=((1, 5), (5, 1)),
    head=256,
    convex=True,
)
CONFIGS: dict[str, RaftConfig] = {config.name: config for config in (RAFT_SMALL, RAFT_LARGE)}


@dataclass(frozen=True, slots=True)
class RaftSettings:
    """How a network is run.

    long_side: the frame is reduced so that its longer side is at most this many pixels.
    iterations: updates of the flow.
    """

    long_side: int = 512
    iterations: int = 12

    def __post_init__(self) -> None:
        if self.long_side < STRIDE:
            raise ValueError(f"long_side is {self.long_side} pixels, expected at least {STRIDE}")
        if self.iterations < 1:
            raise ValueError(f"iterations is {self.iterations}, expected at least 1")


def raft_description(method: str, settings: RaftSettings, half: bool, weights_sha256: str) -> dict[str, Any]:
    """What predictions and checkpoints record of a run: all that the flow depends on beside the frames."""
    precision = "float16" if half else "float32"
    return {"method": method, **asdict(settings), "precision": precision, "weights": weights_sha256}
