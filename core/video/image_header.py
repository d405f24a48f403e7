"""Size and alpha of an image from its first bytes, without decoding. Decoding is in image_file.py."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.types import SizeHW

_JPEG_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_BARE_MARKERS = frozenset(range(0xD0, 0xD8)) | {0x01}
_WIDTH_TAG, _HEIGHT_TAG, _ORIENTATION_TAG, _EXTRA_SAMPLES_TAG = 256, 257, 274, 338


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """size_hw: pixels as displayed (EXIF orientation applied). has_alpha: the file holds transparency."""

    size_hw: SizeHW
    has_alpha: bool = False


def read_image_header(path: Path) -> ImageHeader | None:
    """The header of a PNG, JPEG, BMP, WebP or TIFF; None where only decoding tells the size as displayed.

    Raises: OSError.
    """
    with path.open("rb") as file:
        head = file.read(32)
        try:
            if head.startswith(b"\x89PNG\r\n\x1a\n"):
                return _png(file, head)
            if head.startswith(b"\xff\xd8"):
                return _jpeg(file)
            if head.startswith(b"BM"):
                return _bmp(head)
            if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
                return _webp(head)
            if head.startswith((b"II*\0", b"MM\0*")):
                return _tiff(file, head)
        except (struct.error, IndexError, KeyError):
            return None
    return None


def _png(file: BinaryIO, head: bytes) -> ImageHeader | None:
    width, height, _, colour_type = struct.unpack_from(">IIBB", head, 16)
    has_alpha = colour_type in (4, 6)
    file.seek(33)
    while len(chunk := file.read(8)) == 8 and chunk[4:] != b"IDAT":
        if chunk[4:] == b"eXIf":
            return None  # may be turned
        has_alpha = has_alpha or chunk[4:] == b"tRNS"
        file.seek(struct.unpack(">I", chunk[:4])[0] + 4, 1)
    return ImageHeader((height, width), has_alpha)


def _jpeg(file: BinaryIO) -> ImageHeader | None:
    file.seek(2)
    turned = False
    while len(marker := file.read(2)) == 2 and marker[0] == 0xFF:
        kind = marker[1]
        if kind == 0xFF:
            file.seek(-1, 1)
            continue
        if kind in _JPEG_BARE_MARKERS:
            continue
        length = struct.unpack(">H", file.read(2))[0]
        if kind in _JPEG_SIZE_MARKERS:
            _, height, width = struct.unpack(">BHH", file.read(5))
            return ImageHeader((width, height) if turned else (height, width))
        body = file.read(length - 2) if kind == 0xE1 else b""
        if body.startswith(b"Exif\0\0"):
            turned = _exif_orientation(body[6:]) >= 5
        elif not body:
            file.seek(length - 2, 1)
    return None


def _exif_orientation(tiff: bytes) -> int:
    """EXIF orientation 1 to 8, 1 if there is none; 5 to 8 exchange rows and columns."""
    order = "<" if tiff[:2] == b"II" else ">"
    place = struct.unpack_from(order + "I", tiff, 4)[0]
    return _tiff_tags(tiff[place:], order).get(_ORIENTATION_TAG, 1)


def _bmp(head: bytes) -> ImageHeader:
    width, height = struct.unpack_from("<ii", head, 18)
    return ImageHeader((abs(height), width))


def _webp(head: bytes) -> ImageHeader | None:
    if head[12:16] == b"VP8X":
        if head[20] & 0x0A:
            return None  # EXIF (may be turned) or animated
        width, height = (int.from_bytes(head[place : place + 3], "little") + 1 for place in (24, 27))
        return ImageHeader((height, width), bool(head[20] & 0x10))
    if head[12:16] == b"VP8L":
        bits = struct.unpack_from("<I", head, 21)[0]
        return ImageHeader(((bits >> 14 & 0x3FFF) + 1, (bits & 0x3FFF) + 1), bool(bits >> 28 & 1))
    width, height = struct.unpack_from("<HH", head, 26)
    return ImageHeader((height & 0x3FFF, width & 0x3FFF))


def _tiff(file: BinaryIO, head: bytes) -> ImageHeader | None:
    order = "<" if head[:2] == b"II" else ">"
    file.seek(struct.unpack_from(order + "I", head, 4)[0])
    tags = _tiff_tags(file.read(2 + 12 * 200), order)
    if tags.get(_ORIENTATION_TAG, 1) != 1:
        return None
    return ImageHeader((tags[_HEIGHT_TAG], tags[_WIDTH_TAG]), _EXTRA_SAMPLES_TAG in tags)


def _tiff_tags(directory: bytes, order: str) -> dict[int, int]:
    """The 16- and 32-bit values of a TIFF directory by tag, the first value of each."""
    tags: dict[int, int] = {}
    for entry in range(struct.unpack_from(order + "H", directory)[0]):
        place = 2 + 12 * entry
        tag, kind = struct.unpack_from(order + "HH", directory, place)
        if kind in (3, 4):
            tags[tag] = struct.unpack_from(order + ("H" if kind == 3 else "I"), directory, place + 8)[0]
    return tags
