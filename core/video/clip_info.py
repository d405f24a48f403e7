"""What is known of a clip, and what every clip reader offers. No decoding here."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from core.errors import VideoError
from core.types import Frame, SizeHW

ClipKind = Literal["video", "images"]


@dataclass(frozen=True, slots=True, eq=False)
class ClipInfo:
    """The facts of one clip.

    path: the file or folder. kind: "video" (a file) or "images" (still images in order).
    frame_count: frames that can be read, at least 1.
    size_hw: height and width in pixels as displayed, rotation applied (pixels are taken as square).
    pts_seconds: float64 (frame_count,), presentation time of each frame since the first, seconds, increasing.
    frames_per_second: mean rate, above 0.
    codec, pixel_format: FFmpeg's names, or the file type and channels for images.
    rotation: degrees counterclockwise by which the stored frame is turned for display: -180 to 180.
    variable_rate: True if the steps between frames differ.
    keyframes: bool (frame_count,), True where decoding can start.
    fingerprint: hexadecimal, made from the content: the same for a copy, other for another content.
    warnings: sentences for the user about damage that was worked around, mostly empty.
    """

    path: Path
    kind: ClipKind
    frame_count: int
    size_hw: SizeHW
    pts_seconds: NDArray[np.float64]
    frames_per_second: float
    codec: str
    pixel_format: str
    rotation: int
    variable_rate: bool
    keyframes: NDArray[np.bool_]
    fingerprint: str
    warnings: tuple[str, ...] = ()

    @property
    def duration_seconds(self) -> float:
        """From the first frame to the end of the last one, which is taken to last as long as the mean."""
        return float(self.pts_seconds[-1]) + 1.0 / self.frames_per_second


class ClipReader(ABC):
    """Random access to the frames of one clip, by index in presentation order.

    A reader belongs to one thread at a time: other threads open their own, which is cheap.
    """

    info: ClipInfo

    @abstractmethod
    def read(self, index: int) -> Frame:
        """One frame.

        Args: index: 0 to len(self) - 1.
        Returns: the frame as displayed, uint8 HxWx3, with HxW always info.size_hw.
        Raises: IndexError for an index outside the clip; VideoError if the frame cannot be decoded.
        """

    @abstractmethod
    def close(self) -> None:
        """Release the file. Reading afterwards raises VideoError; closing twice is allowed."""

    def __len__(self) -> int:
        return self.info.frame_count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _check_index(self, index: int) -> None:
        if not 0 <= index < self.info.frame_count:
            raise IndexError(f"{self.info.path} has frames 0 to {self.info.frame_count - 1}, not {index}.")

    def _closed_error(self) -> VideoError:
        return VideoError(f"{self.info.path} was closed before this read; open it again.")
