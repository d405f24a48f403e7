"""What the packets of a video say of its frames, without decoding. index_build decides whether to believe it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream
from numpy.typing import NDArray

from core.errors import VideoError
from core.video.boxes import missing_bytes
from core.video.container import OpenVideo

# Containers whose stored times follow the order of decoding, or that store none.
_TIMES_NOT_STORED = {"avi", "h264", "hevc", "m4v", "mpegvideo", "mpeg", "h263", "h261", "vc1", "obu", "ivf"}
_VISIBLE_VP8 = 0x10


@dataclass(frozen=True, slots=True, eq=False)
class PacketScan:
    """Packets that hold a visible or hidden frame, in file order.

    pts, dts: int64 (n,) ticks, meaningless where not has_times. keyframe, shown: bool (n,).
    shown is False for frames that an edit list discards or that are never displayed.
    damage: why the end or a part of the file is not to be trusted, a clause, or None.
    """

    pts: NDArray[np.int64]
    dts: NDArray[np.int64]
    keyframe: NDArray[np.bool_]
    shown: NDArray[np.bool_]
    has_times: bool
    times_stored: bool
    damage: str | None

    def shown_pts(self) -> NDArray[np.int64]:
        """Presentation times of the displayed frames in presentation order, int64."""
        return np.sort(self.pts[self.shown])

    def doubt(self) -> str | None:
        """Why the packets cannot tell the frames, a clause for the log, or None."""
        if self.damage:
            return self.damage
        if not self.has_times:
            return "packets have no presentation times"
        if not self.times_stored:
            return "the container does not store the order of its frames"
        shown = self.shown_pts()
        return "two packets have the same time" if (np.diff(shown) <= 0).any() else None


def scan_packets(video: OpenVideo) -> PacketScan:
    """Read every packet once.

    Raises: VideoError if the video is encrypted or has no packet at all.
    """
    rows: list[tuple[int | None, int | None, bool, bool]] = []
    damage: str | None = None
    is_shown = _shown_test(video.stream)
    check_units = _UnitCheck(video.stream)
    try:
        for packet in video.packets():
            if not rows and packet.has_sidedata("encryption_info"):
                raise VideoError(f"{video.path} is encrypted; open a copy without copy protection.")
            if packet.is_corrupt or not check_units(packet):
                damage = damage or f"packet {len(rows)} is damaged or cut off"
            rows.append((packet.pts, packet.dts, packet.is_keyframe, is_shown(packet)))
    except FFmpegError as error:
        damage = f"reading stops after packet {len(rows)} ({error.strerror or error})"
    if not rows:
        raise VideoError(f"{video.path} has a video track without a single frame; record or export it again.")
    declared = _declared_frames(video)
    if declared > len(rows):
        damage = damage or f"only {len(rows)} of {declared} frames are in the file"
    missing = missing_bytes(video.path)
    if missing:
        damage = f"{missing} bytes at its end are missing"
    return _scan_of(rows, video, damage)


def _declared_frames(video: OpenVideo) -> int:
    """How many packets the file's own index lists, 0 where that is not known. Asked for after reading them."""
    if video.container.format.name.startswith("mov"):
        return video.stream.frames
    if video.container.format.name == "avi":
        return sum(1 for entry in video.stream.index_entries if entry.size > 0)
    return 0


def _scan_of(
    rows: list[tuple[int | None, int | None, bool, bool]], video: OpenVideo, damage: str | None
) -> PacketScan:
    has_times = all(pts is not None for pts, _, _, _ in rows)
    pts = [_first_known(p, d) for p, d, _, _ in rows]
    dts = [_first_known(d, p) for p, d, _, _ in rows]
    names = set(video.container.format.name.split(","))
    reorders = bool(video.stream.codec_context.has_b_frames)
    return PacketScan(
        np.array(pts, np.int64),
        np.array(dts, np.int64),
        np.array([row[2] for row in rows], np.bool_),
        np.array([row[3] for row in rows], np.bool_),
        has_times,
        not (names & _TIMES_NOT_STORED and (reorders or damage)),
        damage,
    )


def _first_known(*times: int | None) -> int:
    return next((time for time in times if time is not None), 0)


def _shown_test(stream: VideoStream) -> "Callable[[Packet[VideoStream]], bool]":
    """Tells if a packet's frame is displayed: VP8 keeps hidden reference frames in packets of their own."""
    if stream.codec_context.name in ("vp8", "libvpx"):
        return lambda packet: not packet.is_discard and bool(memoryview(packet)[0] & _VISIBLE_VP8)
    return lambda packet: not packet.is_discard


class _UnitCheck:
    """Cheap proof that an H.264 or HEVC packet of MP4 or Matroska is whole: its unit lengths must add up."""

    def __init__(self, stream: VideoStream) -> None:
        extradata = stream.codec_context.extradata or b""
        name = stream.codec_context.name
        self._length_bytes = 0
        if name == "h264" and len(extradata) > 6 and extradata[0] == 1:
            self._length_bytes = (extradata[4] & 3) + 1
        elif name == "hevc" and len(extradata) > 22 and extradata[0] == 1:
            self._length_bytes = (extradata[21] & 3) + 1

    def __call__(self, packet: "Packet[VideoStream]") -> bool:
        if not self._length_bytes:
            return True
        data, place = memoryview(packet), 0
        while place + self._length_bytes < len(data):
            length = int.from_bytes(data[place : place + self._length_bytes], "big")
            # A unit of no bytes, or one whose forbidden first bit is set, is no unit.
            if length == 0 or data[place + self._length_bytes] & 0x80:
                return False
            place += self._length_bytes + length
        return place == len(data)
