"""RAFT as a flow estimator: frames in, fields out, and each frame encoded once. The network itself is network.py."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.flow.field import check_pair, working_picture, working_size
from core.flow.raft.config import STRIDE, RaftSettings, raft_description
from core.flow.raft.correlation import CorrelationPyramid
from core.flow.raft.network import FrameContext
from core.flow.raft.weights import load_raft
from core.network import file_hash
from core.opencv import cv2
from core.types import FlowField, RgbImage

_SMALLEST_SIDE = 8 * STRIDE
"""Below it the coarsest level of the correlations would be empty."""


@dataclass(slots=True, eq=False)
class _Encoded:
    """A frame as the network needs it. context: only of frames that a flow has started from."""

    rgb: RgbImage
    picture: Tensor
    levels: list[Tensor]
    context: FrameContext | None = None


class RaftFlow:
    """RAFT estimator. Not shared between threads: each thread makes its own.

    What the network made of the last two frames is kept, so that walking through a clip encodes each frame once.

    Args:
        weights: published or imported.
        device: "cpu", "cuda" or "mps".
        half: compute in float16, correlations excepted; None does so on cuda alone.
        threads: processor threads of the thread that makes this; None leaves them as they are.

    Raises:
        CheckpointError: the weights cannot be used.
    """

    def __init__(
        self,
        weights: Path,
        settings: RaftSettings | None = None,
        device: str = "cpu",
        half: bool | None = None,
        threads: int | None = None,
    ) -> None:
        self.settings = settings or RaftSettings()
        network, _ = load_raft(weights)
        self.method = network.config.name
        self._sha256 = file_hash(weights)
        self._device = torch.device(device)
        if threads is not None:
            torch.set_num_threads(threads)
        self._half = self._device.type == "cuda" if half is None else half
        network = network.half() if self._half else network
        # Not in one call: its signature for both is not a part of torch's types.
        self._network = network.to(self._device)
        self._network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
        self._recent: list[_Encoded] = []
        self._memory: Tensor | None = None

    @property
    def description(self) -> dict[str, Any]:
        """What a checkpoint records about the flow it was trained with."""
        return raft_description(self.method, self.settings, self._half, self._sha256)

    @torch.inference_mode()
    def __call__(self, rgb_a: RgbImage, rgb_b: RgbImage) -> FlowField:
        """See FlowEstimator."""
        check_pair(rgb_a, rgb_b)
        first, second = self._encoded(rgb_a), self._encoded(rgb_b)
        self._recent = [first, second]
        if first.context is None:
            first.context = self._network.frame_context(first.picture)
        radius = self._network.config.radius
        pyramid = CorrelationPyramid(first.levels[0], second.levels, radius, self._memory)
        self._memory = pyramid.memory
        full = self._network(pyramid, first.context, self.settings.iterations)
        height, width = working_size((rgb_a.shape[0], rgb_a.shape[1]), self.settings.long_side)
        top, left = _margins(height)[0], _margins(width)[0]
        uv = full[0, :, top : top + height, left : left + width].permute(1, 2, 0)
        return FlowField(np.ascontiguousarray(uv.cpu().numpy()))

    def _encoded(self, rgb: RgbImage) -> _Encoded:
        for known in self._recent:
            if known.rgb is rgb:
                return known
        picture = self._picture(rgb)
        return _Encoded(rgb, picture, self._network.frame_features(picture))

    def _picture(self, rgb: RgbImage) -> Tensor:
        """1x3xHxW in [-1, 1] at working size, its border repeated up to a size that the network takes."""
        small = working_picture(rgb, self.settings.long_side)
        top, bottom = _margins(small.shape[0])
        left, right = _margins(small.shape[1])
        padded = cv2.copyMakeBorder(small, top, bottom, left, right, cv2.BORDER_REPLICATE)
        picture = torch.as_tensor(np.asarray(padded, np.uint8), device=self._device)[None].permute(0, 3, 1, 2)
        return picture.float().mul_(2 / 255).sub_(1)


def _margins(side: int) -> tuple[int, int]:
    """Pixels to add before and after a side, as the published code adds them."""
    missing = max(-(-side // STRIDE) * STRIDE, _SMALLEST_SIDE) - side
    return missing // 2, missing - missing // 2
