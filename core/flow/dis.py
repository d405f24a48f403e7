"""Dense Inverse Search flow (Kroeger et al., ECCV 2016) through OpenCV, at a bounded working size."""

from dataclasses import asdict, dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from core.flow.field import check_pair, working_picture
from core.opencv import cv2
from core.types import FlowField, GrayImage, RgbImage

_PRESETS = {
    "ultrafast": cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST,
    "fast": cv2.DISOPTICAL_FLOW_PRESET_FAST,
    "medium": cv2.DISOPTICAL_FLOW_PRESET_MEDIUM,
}


@dataclass(frozen=True, slots=True)
class DisSettings:
    """How DIS runs.

    long_side: the frame is reduced so that its longer side is at most this many pixels.
    preset: OpenCV's quality preset.
    """

    long_side: int = 427
    preset: Literal["ultrafast", "fast", "medium"] = "medium"


class DisFlow:
    """DIS estimator. Not shared between threads: each thread makes its own.

    The grey, reduced picture of the last frame is kept, so that walking through a clip reduces each frame once.
    """

    method = "dis"

    def __init__(self, settings: DisSettings | None = None) -> None:
        self.settings = settings or DisSettings()
        self._dis = cv2.DISOpticalFlow.create(_PRESETS[self.settings.preset])
        self._last: tuple[RgbImage, GrayImage] | None = None

    @property
    def description(self) -> dict[str, str | int]:
        """What a checkpoint records about the flow it was trained with."""
        return {"method": self.method, **asdict(self.settings)}

    def __call__(self, rgb_a: RgbImage, rgb_b: RgbImage) -> FlowField:
        """See FlowEstimator."""
        check_pair(rgb_a, rgb_b)
        gray_a, gray_b = self._working_gray(rgb_a), self._working_gray(rgb_b)
        self._last = (rgb_b, gray_b)
        if min(gray_a.shape) < 16:  # below DIS's smallest patch grid there is nothing to match
            return FlowField(np.zeros((*gray_a.shape, 2), np.float32))
        uv = cast(NDArray[np.float32], self._dis.calc(gray_a, gray_b, None))  # pyright: ignore
        return FlowField(uv)

    def _working_gray(self, rgb: RgbImage) -> GrayImage:
        if self._last is not None and self._last[0] is rgb:
            return self._last[1]
        small = working_picture(rgb, self.settings.long_side)
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
