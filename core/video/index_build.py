"""Building the index of a video: from its packets where they can be trusted, else by decoding it once."""

import logging
import math
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
from av.error import FFmpegError
from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from core.errors import VideoError
from core.video.container import OpenVideo
from core.video.index import SeekPoints, VideoIndex, sorted_seek_points
from core.video.packet_scan import PacketScan, scan_packets

_LOG = logging.getLogger(__name__)
_PROBE_FRAMES = 8


def build_index(path: Path, distrusted: bool = False) -> VideoIndex:
    """The index of a video file.

    Args: path: a regular file. distrusted: a former read showed that the packets do not tell the frames.
    Returns: the index; its warnings say what part of a damaged file is left out.
    Raises: VideoError if there is no video, it is encrypted, or not one frame can be decoded.
    """
    with OpenVideo(path) as video:
        scan = scan_packets(video)
    doubt = "frames were missing at a former read" if distrusted else scan.doubt()
    if doubt is None:
        first = _probe(path, scan.shown_pts())
        if first is not None:
            return _index_from_packets(path, scan, first)
        doubt = "the first frames do not come at the packets' times"
    _LOG.warning("%s: %s; its frames are counted by decoding it once.", path, doubt)
    return _index_by_decoding(path, scan)


def _probe(path: Path, pts: NDArray[np.int64]) -> VideoFrame | None:
    """Decode the first frames; the first one, or None unless all come exactly where the packets say."""
    first: VideoFrame | None = None
    times: list[int | None] = []
    with OpenVideo(path) as video:
        try:
            for frame in video.frames(skip_damaged=False):
                first = first or frame
                times.append(frame.pts)
                if len(times) == _PROBE_FRAMES:
                    break
        except FFmpegError:
            return None
    return first if times == pts[:_PROBE_FRAMES].tolist() else None


def _index_from_packets(path: Path, scan: PacketScan, first: VideoFrame) -> VideoIndex:
    pts = scan.shown_pts()
    key_pts, key_dts = scan.pts[scan.keyframe], scan.dts[scan.keyframe]
    points = sorted_seek_points(np.searchsorted(pts, key_pts), key_pts, key_dts)
    return _index(path, pts, np.isin(pts, key_pts), points, False, first, ())


def _index_by_decoding(path: Path, scan: PacketScan) -> VideoIndex:
    first, times, keyframe = _decode_all(path)
    warnings = _damage_warnings(path, scan, len(times))
    pts = np.array([time if time is not None else -1 for time in times], np.int64)
    in_order = None not in times and bool((np.diff(pts) > 0).all())
    known = in_order and scan.has_times and scan.times_stored and bool(np.isin(pts, scan.pts).all())
    if known:
        key_pts, key_dts = scan.pts[scan.keyframe], scan.dts[scan.keyframe]
        points = sorted_seek_points(np.searchsorted(pts, key_pts), key_pts, key_dts)
        return _index(path, pts, np.isin(pts, key_pts), points, False, first, warnings)
    points = _counted_seek_points(scan, np.flatnonzero(keyframe))
    pts = _increasing_times(path, times)
    return _index(path, pts, np.array(keyframe, np.bool_), points, True, first, warnings)


def _decode_all(path: Path) -> tuple[VideoFrame, list[int | None], list[bool]]:
    times: list[int | None] = []
    keyframe: list[bool] = []
    first: VideoFrame | None = None
    trouble = ""
    with OpenVideo(path) as video:
        try:
            for frame in video.frames():
                first = first or frame
                times.append(frame.pts)
                keyframe.append(frame.key_frame)
        except FFmpegError as error:
            trouble = f" ({error.strerror or error})"
    if first is None:
        raise VideoError(
            f"{path} is damaged or encrypted: not one of its frames can be decoded{trouble}; "
            "copy or record it again."
        )
    return first, times, keyframe


def _damage_warnings(path: Path, scan: PacketScan, decoded: int) -> tuple[str, ...]:
    expected = int(scan.shown.sum())
    if scan.damage is None and decoded >= expected:
        return ()
    reason = scan.damage or "some packets cannot be decoded"
    return (f"{path} is damaged ({reason}): {decoded} frames can be shown.",)


def _counted_seek_points(scan: PacketScan, key_frames: NDArray[np.intp]) -> SeekPoints:
    """Places to jump to when counting: the k-th keyframe packet gives the k-th keyframe."""
    packets = np.flatnonzero(scan.keyframe)
    unique = len(np.unique(scan.dts[packets])) == len(packets)
    # In a damaged file the times that a jump finds are not those of reading in order.
    if scan.damage or len(packets) != len(key_frames) or not unique:
        packets, key_frames = packets[:0], key_frames[:0]
    return SeekPoints(key_frames.astype(np.int64), scan.pts[packets], scan.dts[packets])


def _increasing_times(path: Path, times: list[int | None]) -> NDArray[np.int64]:
    """Times for frames that were counted: their own, sorted, if all differ, else evenly spaced ones."""
    known = sorted({time for time in times if time is not None})
    if len(known) == len(times):
        return np.array(known, np.int64)
    with OpenVideo(path) as video:
        rate = _nominal_rate(video) or 25.0
        step = max(1, round(1 / (rate * _time_base(video))))
    return np.arange(len(times), dtype=np.int64) * step


def _index(
    path: Path,
    pts: NDArray[np.int64],
    keyframe: NDArray[np.bool_],
    points: SeekPoints,
    by_count: bool,
    first: VideoFrame,
    warnings: tuple[str, ...],
) -> VideoIndex:
    with OpenVideo(path) as video:
        return VideoIndex(
            pts=pts,
            keyframe=keyframe,
            seek_points=points,
            by_count=by_count,
            time_base=_time_base(video),
            stored_hw=(first.height, first.width),
            matrix=_display_matrix(first),
            codec=video.stream.codec_context.codec.canonical_name,
            pixel_format=first.format.name,
            nominal_rate=_nominal_rate(video),
            warnings=warnings,
        )


def _time_base(video: OpenVideo) -> Fraction:
    return video.stream.time_base or Fraction(1, 1000)


def _nominal_rate(video: OpenVideo) -> float:
    return float(video.stream.average_rate or 0)


def _display_matrix(frame: VideoFrame) -> tuple[int, int, int, int] | None:
    try:
        side_data = cast(SideDataContainer, frame.side_data)
        if Type.DISPLAYMATRIX not in {entry.type for entry in side_data}:
            return None
        matrix = np.frombuffer(bytes(side_data[Type.DISPLAYMATRIX]), np.int32)
    except ValueError:  # a kind of side data that PyAV does not know (multi-view HEVC) hides all the others
        return _rotation_matrix(frame.rotation)
    return int(matrix[0]), int(matrix[1]), int(matrix[3]), int(matrix[4])


def _rotation_matrix(degrees: int) -> tuple[int, int, int, int] | None:
    if degrees == 0:
        return None
    cosine, sine = (round(65536 * f(math.radians(degrees))) for f in (math.cos, math.sin))
    return cosine, -sine, sine, cosine
