"""Writing H.264 in MP4 with PyAV. PNG sequences are written in png_writer.py."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter
from av.video.stream import VideoStream

from core.errors import OutputError
from core.types import RgbImage, SizeHW
from core.video.atomic import AtomicFile, output_error

_BT709 = 1


class Mp4Writer:
    """An H.264 file (yuv420p, BT.709, limited range) that appears under its name only when it is complete.

    H.264 with 4:2:0 chroma has even sizes: odd images get their last column or row repeated once.
    Use as a context manager; an exception inside leaves no file, and an existing one as it was.
    """

    def __init__(self, path: Path, fps: float, crf: float = 18.0, preset: str = "veryfast") -> None:
        """Args: path: the file to make or replace. fps: frames per second, above 0.

        crf: 0 (lossless) to 51 (worst). preset: x264's, from "ultrafast" to "veryslow".
        Raises: OutputError if the file cannot be written.
        """
        self.path = path
        self._rate = Fraction(fps).limit_denominator(60000)
        self._options = {"crf": str(crf), "preset": preset}
        self._size_hw: SizeHW | None = None
        self._count = 0
        self._stream: VideoStream | None = None
        self._reformatter = VideoReformatter()
        self._file = AtomicFile(path)
        self._sink = _Sink(self._file.file)
        self._container = av.open(self._sink, "w", format="mp4")

    def write(self, rgb: RgbImage) -> None:
        """Append a frame.

        Args: rgb: uint8 HxWx3, the same size for every frame.
        Raises: OutputError if the disk refuses it or the size differs.
        """
        stream = self._stream or self._start((rgb.shape[0], rgb.shape[1]))
        if rgb.shape[:2] != self._size_hw:
            raise OutputError(f"{self.path} has frames of {self._size_hw}; one of {rgb.shape[:2]} was given.")
        frame = self._to_yuv(rgb)
        frame.pts = self._count
        frame.time_base = 1 / self._rate
        self._count += 1
        self._mux(stream, frame)

    def finish(self) -> None:
        """Complete the file and move it to its place. Raises: OutputError."""
        if self._stream is None:
            self.discard()
            raise OutputError(f"{self.path} was not written: there are no frames to put into it.")
        self._mux(self._stream, None)
        self._guarded(self._container.close)
        self._file.commit()

    def discard(self) -> None:
        """Throw away what was written."""
        self._sink.abandoned = True
        with suppress(OSError, ValueError):  # closing completes the file, for which it may be too early
            self._container.close()
        self._file.discard()

    def _start(self, size_hw: SizeHW) -> VideoStream:
        self._size_hw = size_hw
        stream = self._container.add_stream(  # pyright: ignore[reportUnknownMemberType]
            "libx264", rate=self._rate, options=self._options
        )
        stream.height, stream.width = (side + side % 2 for side in size_hw)
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.color_range, context.colorspace = int(ColorRange.MPEG), _BT709
        context.color_primaries, context.color_trc = int(ColorPrimaries.BT709), int(ColorTrc.BT709)
        self._stream = stream
        return stream

    def _to_yuv(self, rgb: RgbImage) -> VideoFrame:
        height, width = rgb.shape[:2]
        if height % 2 or width % 2:
            rgb = np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")
        return self._reformatter.reformat(
            frame,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )

    def _mux(self, stream: VideoStream, frame: VideoFrame | None) -> None:
        self._guarded(lambda: self._container.mux(stream.encode(frame)))  # pyright: ignore[reportUnknownMemberType]

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
            if self._sink.error is not None:
                raise self._sink.error
        except OSError as error:
            self.discard()
            raise output_error(self.path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()
        else:
            self.discard()


class _Sink:
    """What PyAV writes into: a file that keeps its first error, since PyAV prints and drops what a callback raises.

    abandoned: True lets everything further fall.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None
        self.abandoned = False

    def write(self, data: bytes) -> int:
        return self._tried(lambda: self._file.write(data), len(data))

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._tried(lambda: self._file.seek(offset, whence), 0)

    def tell(self) -> int:
        return self._tried(self._file.tell, 0)

    def _tried(self, action: Callable[[], int], otherwise: int) -> int:
        if self.abandoned or self.error is not None:
            return otherwise
        try:
            return action()
        except OSError as error:
            self.error = error
            return otherwise


def write_mp4(path: Path, frames: Iterable[RgbImage], fps: float, crf: float = 18.0) -> None:
    """Write a whole H.264 file.

    Args: path: the file to make or replace. frames: uint8 HxWx3, all of one size, at least one. fps: above 0.
    Raises: OutputError if it cannot be written; then an existing file is as it was.
    """
    with Mp4Writer(path, fps, crf) as writer:
        for rgb in frames:
            writer.write(rgb)
