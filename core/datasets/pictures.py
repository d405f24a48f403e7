"""Reading and encoding pictures for training, with errors that name the file."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from core.opencv import cv2
from core.types import GrayImage, RgbImage

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


def list_pictures(folder: Path) -> list[Path]:
    """Pictures of a folder by name. Raises InputError if there are none."""
    files = (
        sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
        if folder.is_dir()
        else []
    )
    if not files:
        raise InputError(
            f"{folder}: expected a folder with pictures ({', '.join(PICTURE_SUFFIXES)}), found none."
        )
    return files


def read_rgb(path: Path) -> RgbImage:
    """uint8 HxWx3. Raises InputError if the file is no picture."""
    return np.asarray(cv2.cvtColor(_read(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB), np.uint8)


def read_gray(path: Path) -> GrayImage:
    """uint8 HxW. Raises InputError if the file is no picture."""
    return _read(path, cv2.IMREAD_GRAYSCALE)


def read_rgba(path: Path) -> tuple[RgbImage, GrayImage]:
    """A cut-out: colour uint8 HxWx3 and opacity uint8 HxW. Raises InputError without an alpha channel."""
    picture = _read(path, cv2.IMREAD_UNCHANGED)
    if picture.ndim != 3 or picture.shape[2] != 4:
        raise InputError(f"{path}: expected a cut-out with an alpha channel, found {picture.shape}.")
    return np.ascontiguousarray(picture[..., 2::-1]), np.ascontiguousarray(picture[..., 3])


def encode(picture: NDArray[np.uint8], suffix: str, quality: int = 95) -> NDArray[np.uint8]:
    """Encode an RGB or grey picture as '.jpg' or '.png' bytes (uint8 vector)."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR) if picture.ndim == 3 else picture
    options = [cv2.IMWRITE_JPEG_QUALITY, quality] if suffix == ".jpg" else [cv2.IMWRITE_PNG_COMPRESSION, 2]
    done, data = cv2.imencode(suffix, bgr, options)
    if not done:
        raise InputError(f"a picture of shape {picture.shape} cannot be encoded as {suffix}.")
    return np.asarray(data, np.uint8).reshape(-1)


def decode(data: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The inverse of `encode`: uint8 HxWx3 (RGB) or HxW."""
    picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise InputError(
            "a cached training picture cannot be decoded; delete the cache folder and prepare it again."
        )
    picture = np.asarray(picture, np.uint8)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8) if picture.ndim == 3 else picture


def _read(path: Path, flags: int) -> NDArray[np.uint8]:
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
    picture = cv2.imdecode(data, flags) if data.size else None
    if picture is None:
        raise InputError(f"{path}: is not a picture that can be read.")
    return np.asarray(picture, np.uint8)
