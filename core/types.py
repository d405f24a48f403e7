"""The frozen values that flow between stages. Arrays inside are never written to after construction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RgbImage = NDArray[np.uint8]
"""uint8, HxWx3, R first, full range."""

GrayImage = NDArray[np.uint8]
"""uint8, HxW, 0 to 255."""

SizeHW = tuple[int, int]
"""Height and width in pixels."""

LEVELS = 5
STREAMS = ("rgb", "flow")
SCORE_NAMES = tuple(f"{stream}_{level}" for stream in STREAMS for level in range(1, LEVELS + 1))
"""rgb_1 to rgb_5, flow_1 to flow_5; level 1 is the finest."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded frame as it is displayed (rotation applied).

    index: position in presentation order, from 0. pts_seconds: time since the clip's first frame, seconds.
    rgb: uint8 HxWx3.
    """

    index: int
    pts_seconds: float
    rgb: RgbImage


@dataclass(frozen=True, slots=True, eq=False)
class FlowField:
    """Optical flow from one frame to its neighbour.

    uv: float32 HxWx2, x displacement then y displacement, in pixels of this field's own HxW (which may be smaller
    than the frame: see core.flow.resize_flow).
    """

    uv: NDArray[np.float32]

    @property
    def size_hw(self) -> SizeHW:
        return self.uv.shape[0], self.uv.shape[1]


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network says of one frame.

    saliency_u8: uint8 HxW at network size, 255 = certainly salient.
    scores: float32 (5, 2), confidence scores s in [0, 1]; rows levels 1 to 5, columns rgb and flow.
    side_maps_u8: uint8 (5, 2, h, w), the side outputs P_i at a quarter of the network size.
    flow_picture: uint8 hxwx3, the colour-wheel picture that the network was given, at network size.
    expected_iou: the IoU with the true mask to be expected of the mask at 0.5, in (0, 1); None where the model is not
        calibrated. Source: core.metrics.expected_iou.
    """

    index: int
    pts_seconds: float
    saliency_u8: GrayImage
    scores: NDArray[np.float32]
    side_maps_u8: NDArray[np.uint8]
    flow_picture: RgbImage
    expected_iou: float | None = None
