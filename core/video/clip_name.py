"""What a clip is called, from its path. Nothing is opened."""

from pathlib import Path

_NAMELESS = frozenset({"frames", "images", "imgs", "img", "img1", "rgb", "jpegimages", "input"})
"""Folders called so are named after what they lie in."""


def clip_name(path: Path) -> str:
    """The name of a clip for people and for folders of results; several clips may share it.

    Args:
        path: absolute; a video file or a folder of images.
    """
    if not path.is_dir():
        return path.stem or "clip"
    nameless = path.name.lower() in _NAMELESS and path.parent.name
    return (path.parent.name if nameless else path.name) or "clip"
