"""Opening a container with PyAV: one video stream chosen, every failure one clear VideoError."""

from collections.abc import Iterator
from itertools import chain, dropwhile
from pathlib import Path

import av
import av.container
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from core.errors import VideoError
from core.video.boxes import read_mp4_boxes

# FFmpeg reads plain text as a picture of a terminal and follows playlists to other files: neither is a clip.
_NOT_A_CLIP = {
    "tty": "is text, not a video",
    "hls": "is a playlist, not a video; open the video that it names",
    "concat": "is a playlist, not a video; open the video that it names",
    "dash": "is a playlist, not a video; open the video that it names",
}


class OpenVideo:
    """An open container with its one video stream, and nothing but that stream read."""

    def __init__(self, path: Path) -> None:
        """Raises: VideoError naming the file and the reason."""
        self.path = path
        self.container = _open(path)
        try:
            self.stream = _choose_stream(self.container, path)
            for stream in self.container.streams:
                if stream.index != self.stream.index:
                    stream.discard = Discard.all
            # Slices, not frames: frame threads hold back frames, which makes every jump pay for all of them.
            self.stream.thread_type = "SLICE"
        except BaseException:
            self.container.close()
            raise

    def packets(self) -> "Iterator[Packet[VideoStream]]":
        """Packets of the stream in file order from the current place, the empty ones left out."""
        for packet in self.container.demux(self.stream):
            if packet.size > 0:
                yield packet

    def frames(self, skip_damaged: bool = True) -> Iterator[VideoFrame]:
        """Decoded frames in presentation order from the current place.

        Args: skip_damaged: go on behind a packet that the decoder refuses, instead of raising.
        Raises: FFmpegError.
        """
        return self._decoded(self.packets(), skip_damaged)

    def frames_from_key(
        self, first: "Packet[VideoStream]", rest: "Iterator[Packet[VideoStream]]"
    ) -> Iterator[VideoFrame]:
        """Frames from a keyframe's packet on, that keyframe first; frames shown before it are left out."""
        frames = self._decoded(chain((first,), rest), skip_damaged=True)
        return dropwhile(lambda frame: not frame.key_frame, frames)

    def _decoded(self, packets: "Iterator[Packet[VideoStream]]", skip_damaged: bool) -> Iterator[VideoFrame]:
        for packet in packets:
            try:
                decoded = self.stream.decode(packet)  # pyright: ignore[reportUnknownMemberType]
            except FFmpegError:
                if not skip_damaged:
                    raise
                continue
            yield from decoded
        yield from self.stream.decode(None)  # pyright: ignore[reportUnknownMemberType]

    def seek(self, ticks: int) -> None:
        """Go to the keyframe at or before a time. Raises: FFmpegError if the file cannot be sought in."""
        self.container.seek(ticks, stream=self.stream, backward=True, any_frame=False)

    def close(self) -> None:
        self.container.close()

    def __enter__(self) -> "OpenVideo":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _open(path: Path) -> "av.container.InputContainer":
    try:
        # "file:" keeps FFmpeg from taking a name with a colon for a protocol; nothing else may be fetched.
        container = av.open(f"file:{path}", options={"protocol_whitelist": "file"}, metadata_errors="replace")
    except FFmpegError as error:
        raise VideoError(f"{path} {_why_not_opened(path, error)}.") from error
    reason = _NOT_A_CLIP.get(container.format.name)
    if reason:
        container.close()
        raise VideoError(f"{path} {reason}.")
    return container


def _why_not_opened(path: Path, error: FFmpegError) -> str:
    if isinstance(error, PermissionError):
        return "may not be read; ask its owner for permission"
    if isinstance(error, FileNotFoundError):
        return "does not exist any more; check the path"
    boxes = read_mp4_boxes(path)
    if boxes is not None and boxes.is_segment:
        return "is a segment of a stream without its beginning; join it with its initialisation segment"
    if boxes is not None and boxes.lacks_index:
        return "is truncated: the index at its end (moov) is missing; copy or record it again"
    return f"is not a video that can be read, or is damaged ({(error.strerror or str(error)).lower()})"


def _choose_stream(container: "av.container.InputContainer", path: Path) -> VideoStream:
    videos = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not videos:
        raise VideoError(f"{path} {_why_no_video(container)}.")
    best = container.streams.best("video")
    stream = next((s for s in videos if best is not None and s.index == best.index), videos[0])
    if stream.codec_context is None:  # pyright: ignore[reportUnnecessaryComparison]  # None without a decoder
        raise VideoError(f"{path} uses a video format for which there is no decoder; convert it to H.264.")
    return stream


def _why_no_video(container: "av.container.InputContainer") -> str:
    kinds = {stream.type for stream in container.streams}
    if "audio" in kinds:
        return "has sound but no video; give a file with a video track"
    if kinds:
        return f"has no video, only {' and '.join(sorted(kinds))}; give a file with a video track"
    return "has no video track, or one of an unknown format; convert it to H.264"
