"""Clips: opening, reading by frame index, caching and writing. Importing this loads no PyAV."""

from typing import TYPE_CHECKING, Any

from core.video.clip_info import ClipInfo, ClipReader
from core.video.folder import list_clips
from core.video.frame_cache import FrameCache
from core.video.open_clip import open_clip
from core.video.png_writer import PngSequenceWriter

if TYPE_CHECKING:
    from core.video.mp4_writer import Mp4Writer, write_mp4

__all__ = [
    "ClipInfo",
    "ClipReader",
    "FrameCache",
    "Mp4Writer",
    "PngSequenceWriter",
    "list_clips",
    "open_clip",
    "write_mp4",
]


def __getattr__(name: str) -> Any:
    """Load the MP4 writer, and PyAV with it, when it is first asked for."""
    if name in ("Mp4Writer", "write_mp4"):
        from core.video import mp4_writer

        return getattr(mp4_writer, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
