"""Correction layers and masks as bytes: exact, versioned, checksummed, small and fast to write. No files here."""

import zlib

import numpy as np
from numpy.typing import NDArray

from core.masks.byte_frame import ByteFrame
from core.types import GrayImage

_FRAME = ByteFrame("map", b"CGMM", 1, "BII")
"""Its numbers: form, height, width."""
_RUNS, _PIXELS = 0, 1
_BYTES_A_RUN = 5
_LARGEST_PIXELS = 1 << 30


def encode_map(values: GrayImage) -> bytes:
    """A map as bytes for decode_map: as runs of equal values, or pixel by pixel where runs would take more.

    Args:
        values: uint8 HxW, any values.
    """
    if values.dtype != np.uint8 or values.ndim != 2:
        raise ValueError(f"expected a map of uint8 HxW, got {values.dtype} of shape {values.shape}")
    flat = np.ascontiguousarray(values).reshape(-1)
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if edges.size * _BYTES_A_RUN > flat.size // 2:
        form, body = _PIXELS, flat.tobytes()
    else:
        form, body = _RUNS, _runs(flat, edges)
    return _FRAME.pack((form, *values.shape), zlib.compress(body, 1))


def decode_map(data: bytes) -> GrayImage:
    """The map that encode_map wrote, uint8 HxW.

    Raises:
        ValueError: the bytes are cut short, damaged, of a newer version or no map at all.
    """
    (form, height, width), packed = _FRAME.unpack(data)
    count = height * width
    if count > _LARGEST_PIXELS:
        raise ValueError(f"the map is damaged: it claims {height} x {width} pixels")
    flat = _pixels(zlib.decompress(packed), form, count)
    return flat.reshape(height, width)


def _runs(flat: NDArray[np.uint8], edges: NDArray[np.intp]) -> bytes:
    if not flat.size:
        return b""
    starts = np.concatenate(([0], edges))
    lengths = np.diff(starts, append=flat.size).astype("<u4")
    return lengths.tobytes() + flat[starts].tobytes()


def _pixels(body: bytes, form: int, count: int) -> NDArray[np.uint8]:
    if form == _PIXELS:
        flat = np.frombuffer(body, np.uint8)
    else:
        runs = len(body) // _BYTES_A_RUN
        lengths = np.frombuffer(body, "<u4", runs)
        if int(lengths.sum(dtype=np.int64)) != count:
            raise ValueError(f"the map is damaged: its runs do not fill {count} pixels")
        flat = np.repeat(np.frombuffer(body, np.uint8, runs, offset=4 * runs), lengths)
    if flat.size != count:
        raise ValueError(f"the map is damaged: {count} pixels announced, {flat.size} found")
    return flat
