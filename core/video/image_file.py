"""One image file to RGB: any depth, gray, alpha, EXIF orientation, paths of any script. Sequences: folder.py."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import VideoError
from core.opencv import cv2
from core.types import RgbImage

_IMAGES = "jpg jpeg jpe png bmp tif tiff webp ppm pgm jp2"
_VIDEOS = (
    "mp4 m4v mov mkv webm avi ts m2ts mts mpg mpeg flv gif 3gp 3g2 wmv asf ogv mxf vob y4m "
    "h264 264 hevc 265 ivf rm rmvb f4v dv nut apng"
)
IMAGE_SUFFIXES = frozenset(f".{name}" for name in _IMAGES.split())
VIDEO_SUFFIXES = frozenset(f".{name}" for name in _VIDEOS.split())


def is_image(path: Path) -> bool:
    """Whether a path has the name of a still image (GIF counts as video)."""
    return path.suffix.lower() in IMAGE_SUFFIXES


def is_video(path: Path) -> bool:
    """Whether a path has the name of a video file."""
    return path.suffix.lower() in VIDEO_SUFFIXES


def decode_image(path: Path, has_alpha: bool = False) -> RgbImage:
    """One image as displayed.

    Args: path: an image file. has_alpha: composite transparent pixels over black.
    Returns: uint8 HxWx3; 16-bit values are scaled by 1/257, float values from 0..1 to 0..255.
    Raises: VideoError naming the file and the reason.
    """
    data = _file_bytes(path)
    flags = cv2.IMREAD_UNCHANGED if has_alpha else cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
    try:
        image = cv2.imdecode(data, flags)
    except cv2.error as error:
        raise VideoError(f"{path} cannot be decoded as an image ({error.err}); save it again.") from error
    if image is None:
        raise VideoError(f"{path} is damaged or not an image; save it again or remove it from the folder.")
    image = _to_uint8(path, np.asarray(image))
    if image.ndim == 2:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), np.uint8)
    if image.shape[2] == 4:
        return _over_black(image)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB), np.uint8)


def _file_bytes(path: Path) -> NDArray[np.uint8]:
    try:
        data = np.fromfile(path, np.uint8)
    except FileNotFoundError:
        raise VideoError(
            f"{path} has been removed since the clip was opened; open the folder again."
        ) from None
    except PermissionError:
        raise VideoError(f"{path} may not be read; ask its owner for permission.") from None
    except OSError as error:
        raise VideoError(f"{path} cannot be read ({error.strerror}); check the disk.") from error
    if data.size == 0:
        raise VideoError(f"{path} is empty (0 bytes); save it again or remove it from the folder.")
    return data


def _to_uint8(path: Path, image: NDArray[Any]) -> NDArray[np.uint8]:
    if image.dtype == np.uint8:
        return image
    if image.dtype == np.uint16:
        return np.asarray(cv2.convertScaleAbs(image, alpha=1 / 257), np.uint8)
    if image.dtype.kind == "f":
        return np.clip(np.nan_to_num(image) * 255 + 0.5, 0, 255).astype(np.uint8)
    raise VideoError(f"{path} has pixels of type {image.dtype}; save it with 8 or 16 bits a channel.")


def _over_black(bgra: NDArray[np.uint8]) -> RgbImage:
    alpha = bgra[:, :, 3:].astype(np.uint16)
    rgb = bgra[:, :, 2::-1].astype(np.uint16)
    return ((rgb * alpha + 127) // 255).astype(np.uint8)
