"""Dense Inverse Search flow (Kroeger et al., ECCV 2016) through OpenCV, at a bounded working size."""

from dataclasses import asdict, dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from core.flow.field import working_size
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
        """Flow from `rgb_a` to `rgb_b`.

        Args:
            rgb_a, rgb_b: uint8 HxWx3 of one size.

        Returns:
            The field at working size, in pixels of the working size.

        Raises:
            ValueError: the two pictures differ in size.
        """
        if rgb_a.shape != rgb_b.shape:
            raise ValueError(f"flow needs two frames of one size, got {rgb_a.shape} and {rgb_b.shape}")
        gray_a, gray_b = self._working_gray(rgb_a), self._working_gray(rgb_b)
        self._last = (rgb_b, gray_b)
        if min(gray_a.shape) < 16:  # below DIS's smallest patch grid there is nothing to match
            return FlowField(np.zeros((*gray_a.shape, 2), np.float32))
        uv = cast(NDArray[np.float32], self._dis.calc(gray_a, gray_b, None))  # pyright: ignore
        return FlowField(uv)

    def _working_gray(self, rgb: RgbImage) -> GrayImage:
        if self._last is not None and self._last[0] is rgb:
            return self._last[1]
        size_hw = working_size((rgb.shape[0], rgb.shape[1]), self.settings.long_side)
        small = (
            rgb if rgb.shape[:2] == size_hw else cv2.resize(rgb, size_hw[::-1], interpolation=cv2.INTER_AREA)
        )
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
