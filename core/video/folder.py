"""Folders of images as clips, and the clips that a folder holds. Images are decoded in image_file.py."""

import os
import re
from pathlib import Path

import numpy as np

from core.errors import VideoError
from core.types import Frame, SizeHW
from core.video.clip_info import ClipInfo, ClipReader
from core.video.fingerprint import images_fingerprint
from core.video.image_file import decode_image, is_image, is_video
from core.video.image_header import ImageHeader, read_image_header
from core.video.source_checks import check_exists, check_file

_TRUTH_FOLDERS = frozenset(
    {"annotations", "ground-truth", "ground_truth", "groundtruth", "gt", "gt_object_level", "mask", "masks"}
)
"""Folders called so hold the masks of frames that lie elsewhere."""

__all__ = ["ImagesReader", "is_image", "list_clips", "list_images"]


class ImagesReader(ClipReader):
    """The images of one folder in natural order, or one image, as a clip. See ClipReader."""

    def __init__(self, path: Path, images_per_second: float = 25.0) -> None:
        """Args: path: folder or image file. images_per_second: above 0.

        Raises: VideoError if there are no images, their sizes differ, or one cannot be read.
        """
        self._paths = list_images(path) if path.is_dir() else [path]
        for image in self._paths:
            check_file(image)
        try:
            self._headers = [read_image_header(image) for image in self._paths]
            fingerprint = images_fingerprint(self._paths)
        except OSError as error:
            raise VideoError(f"{path} cannot be read ({error.strerror}); check the disk.") from error
        self._closed = False
        self.info = _info(path, self._paths, self._common_size(), images_per_second, fingerprint)

    def read(self, index: int) -> Frame:
        self._check_index(index)
        if self._closed:
            raise self._closed_error()
        header = self._headers[index]
        rgb = decode_image(self._paths[index], has_alpha=header is not None and header.has_alpha)
        if rgb.shape[:2] != self.info.size_hw:
            size_hw = (rgb.shape[0], rgb.shape[1])
            raise _mixed_sizes(self.info.path, self._paths[index], size_hw, self._paths[0], self.info.size_hw)
        return Frame(index, float(self.info.pts_seconds[index]), rgb)

    def close(self) -> None:
        self._closed = True

    def _common_size(self) -> SizeHW:
        """The size of every image. Raises: VideoError if one differs from the first."""
        first: SizeHW | None = None
        for path, header in zip(self._paths, self._headers, strict=True):
            size_hw = _size_of(path, header)
            first = first or size_hw
            if size_hw != first:
                raise _mixed_sizes(path.parent, path, size_hw, self._paths[0], first)
        assert first is not None
        return first


def list_images(folder: Path) -> list[Path]:
    """The images directly in a folder, in natural order (frame2 before frame10).

    Raises: VideoError if the folder cannot be listed or holds no image.
    """
    entries = _entries(folder)
    images = [entry for entry in entries if is_image(entry) and entry.is_file()]
    if images:
        return images
    videos = [entry for entry in entries if is_video(entry)]
    if videos:
        raise VideoError(f"{folder} holds no images but {len(videos)} video files; open one of them.")
    raise VideoError(f"{folder} holds no images; give a video file or a folder of images.")


def list_clips(path: str | Path) -> list[Path]:
    """The clips at a path: itself if it is a file or holds only images, else the clips below it.

    Args: path: a file, a folder of images, or a folder of videos and of such folders.
    Returns: paths for open_clip, in natural order, at least one. Below the path, hidden folders, links to folders
        and folders of masks (masks, annotations, gt and the like) are left out.
    Raises: VideoError if the path is missing or there is no clip.
    """
    path = Path(path)
    check_exists(path)
    if not path.is_dir():
        return [path]
    clips = _clips_below(path)
    if not clips:
        raise VideoError(f"{path} holds neither videos nor images; give a video file or a folder of images.")
    return clips


def _clips_below(folder: Path) -> list[Path]:
    entries = _entries(folder)
    clips = [entry for entry in entries if is_video(entry) and entry.is_file()]
    if not clips and any(is_image(entry) and entry.is_file() for entry in entries):
        clips.append(folder)
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink() and entry.name.lower() not in _TRUTH_FOLDERS:
            clips.extend(_clips_below(entry))
    return clips


def _entries(folder: Path) -> list[Path]:
    """Everything in a folder but hidden files, in natural order. Raises: VideoError."""
    try:
        names = os.listdir(folder)
    except PermissionError:
        raise VideoError(f"{folder} may not be read; ask its owner for permission.") from None
    except OSError as error:
        raise VideoError(f"{folder} cannot be listed ({error.strerror}); check the disk.") from error
    if not os.access(folder, os.X_OK):
        raise VideoError(f"{folder} may be listed but not entered; ask its owner for permission.")
    return [folder / name for name in sorted(names, key=natural_key) if not name.startswith(".")]


def natural_key(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """A sort key under which numbers in names count by value, so that 2 comes before 10."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts], name


def _size_of(path: Path, header: ImageHeader | None) -> SizeHW:
    if header is not None:
        return header.size_hw
    height, width = decode_image(path).shape[:2]
    return height, width


def _mixed_sizes(folder: Path, path: Path, size_hw: SizeHW, first: Path, first_hw: SizeHW) -> VideoError:
    return VideoError(
        f"{folder} holds images of different sizes: {path.name} is {size_hw[1]}x{size_hw[0]}, "
        f"{first.name} {first_hw[1]}x{first_hw[0]}; make them one size or put them into folders of their own."
    )


def _info(
    path: Path, paths: list[Path], size_hw: SizeHW, images_per_second: float, fingerprint: str
) -> ClipInfo:
    return ClipInfo(
        path=path,
        kind="images",
        frame_count=len(paths),
        size_hw=size_hw,
        pts_seconds=np.arange(len(paths), dtype=np.float64) / images_per_second,
        frames_per_second=images_per_second,
        codec=paths[0].suffix[1:].lower(),
        pixel_format="rgb24",
        rotation=0,
        variable_rate=False,
        keyframes=np.ones(len(paths), np.bool_),
        fingerprint=fingerprint,
    )
