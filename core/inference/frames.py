"""Reads a clip's frames with the flow that belongs to each, for one thread. No network here."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from core.flow import FlowChoice, flow_for_frame
from core.types import FlowField, Frame, RgbImage, SizeHW
from core.video import ClipInfo, open_clip

_RECENT_FRAMES = 2
_LOOK_AHEAD_BYTES = 192 << 20
_LARGEST_DEPTH = 3


@dataclass(frozen=True, slots=True, eq=False)
class FrameWithFlow:
    """field: None where no flow is wanted."""

    frame: Frame
    field: FlowField | None


class FrameSource:
    """Frames and flow of a clip. Belongs to the thread that made it.

    Args:
        clip: file or folder of images.
        flow: "dis" or "white", or any other method with its weights.

    Raises:
        VideoError: the clip cannot be opened. CheckpointError: the weights of the flow cannot be used.
    """

    def __init__(self, clip: Path, flow: FlowChoice | Literal["dis", "white"]) -> None:
        self._estimator = (FlowChoice(flow) if isinstance(flow, str) else flow).estimator()
        self._reader = open_clip(clip)
        self._recent: OrderedDict[int, Frame] = OrderedDict()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()

    @property
    def info(self) -> ClipInfo:
        return self._reader.info

    def load(self, index: int) -> FrameWithFlow:
        """One frame and its flow. Raises VideoError."""
        # Index order: the frame first, then its neighbour, so that decoding never steps back within a pair.
        frame = self._frame(index)
        if self._estimator is None:
            return FrameWithFlow(frame, None)
        return FrameWithFlow(frame, flow_for_frame(self._estimator, self._rgb, index, len(self._reader)))

    def _rgb(self, index: int) -> RgbImage:
        return self._frame(index).rgb

    def _frame(self, index: int) -> Frame:
        if index in self._recent:
            self._recent.move_to_end(index)
            return self._recent[index]
        frame = self._recent[index] = self._reader.read(index)
        while len(self._recent) > _RECENT_FRAMES:
            self._recent.popitem(last=False)
        return frame


def look_ahead_depth(frame_hw: SizeHW) -> int:
    """Frames to prepare ahead: few enough that huge frames do not fill the memory."""
    frame_bytes = max(1, frame_hw[0] * frame_hw[1] * 3)
    return min(max(_LOOK_AHEAD_BYTES // frame_bytes, 1), _LARGEST_DEPTH)
