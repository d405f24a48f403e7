"""From a decoded frame to RGB: matrix and range chosen, one swscale context for the whole clip."""

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from core.types import RgbImage, SizeHW

_UNSPECIFIED = 2
_RGB_MATRIX = 0


class RgbConverter:
    """Converts frames of one clip to RGB of one size.

    Frames that do not name their matrix are taken as BT.709 from 1280 pixels of width or 577 of height on, else
    as BT.601: what players do. Values come in the full range 0 to 255; transfer curves are left as they are.
    """

    def __init__(self, size_hw: SizeHW) -> None:
        """Args: size_hw: the size to deliver, before rotation; frames of another size are scaled to it."""
        self._size_hw = size_hw
        self._reformatter = VideoReformatter()

    def __call__(self, frame: VideoFrame) -> RgbImage:
        """Args: frame: in any pixel format. Returns: uint8 HxWx3, a new array. Raises: av.FFmpegError."""
        height, width = self._size_hw
        matrix = _matrix(frame)
        converted = self._reformatter.reformat(
            frame,
            width,
            height,
            "rgb24",
            src_colorspace=matrix,
            dst_colorspace=matrix,
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )
        return np.ascontiguousarray(converted.to_ndarray(), np.uint8)


def _matrix(frame: VideoFrame) -> Colorspace | None:
    if frame.colorspace != _UNSPECIFIED:
        return None
    return Colorspace.ITU709 if frame.width >= 1280 or frame.height > 576 else Colorspace.ITU601
