"""What one edit changed in a layer: bounding box and pixels before and after, and its exact form in bytes.

Where patches are kept, and in which order they are undone, is the project's business.
"""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.masks.byte_frame import ByteFrame
from core.masks.layer import check_layer
from core.masks.rectangle import Rectangle, bounding
from core.types import GrayImage

_FRAME = ByteFrame("mask patch", b"CGMP", 1, "IIII")
"""Its numbers: top, left, height, width."""
_COMPRESSION = 1
"""The fastest level: a patch has few values and long runs, more effort hardly makes it smaller."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """One edit of one layer.

    top, left, height, width: the bounding box of the changed pixels, in pixels of the layer.
    before, after: uint8 height x width, the box's values before and after. Pixels that are equal in both were not
        touched: applying and reverting leave them alone.
    """

    top: int
    left: int
    height: int
    width: int
    before: GrayImage
    after: GrayImage

    @property
    def rectangle(self) -> Rectangle:
        return Rectangle(self.top, self.left, self.height, self.width)

    @property
    def size_bytes(self) -> int:
        """What the patch takes in memory."""
        return self.before.nbytes + self.after.nbytes


def make_patch(
    before_layer: GrayImage, after_layer: GrayImage, within: Rectangle | None = None
) -> Patch | None:
    """The difference of two layers, or None where they are equal.

    Args:
        before_layer, after_layer: uint8 HxW of one size; they are copied, not kept.
        within: the dirty rectangle, where it is known: only that is compared. None compares everything.

    Raises:
        ValueError: not two layers of one size.
    """
    if before_layer.shape != after_layer.shape:
        raise ValueError(
            f"a patch needs layers of one size, got {before_layer.shape} and {after_layer.shape}"
        )
    top, left = (within.top, within.left) if within else (0, 0)
    if within is not None:
        before_layer, after_layer = before_layer[within.slices], after_layer[within.slices]
    check_layer(before_layer)
    check_layer(after_layer)
    box = bounding(before_layer != after_layer)
    if box.is_empty:
        return None
    before, after = before_layer[box.slices].copy(), after_layer[box.slices].copy()
    return Patch(top + box.top, left + box.left, box.height, box.width, before, after)


def apply(layer: GrayImage, patch: Patch) -> GrayImage:
    """The layer with the edit done; `layer` itself is not written to.

    Raises:
        ValueError: the patch does not lie on the layer, or its pixels are not what they were before the edit.
    """
    return _replace(layer, patch, patch.before, patch.after)


def revert(layer: GrayImage, patch: Patch) -> GrayImage:
    """The layer with the edit undone; `layer` itself is not written to.

    Raises:
        ValueError: the patch does not lie on the layer, or its pixels are not what the edit left.
    """
    return _replace(layer, patch, patch.after, patch.before)


def rebased(patch: Patch, layer: GrayImage) -> Patch | None:
    """The same edit on another state of the layer: the pixels that it changed get the same values there.

    A stroke is drawn on what was on screen; should something else have been kept meanwhile, it is not lost.

    Returns:
        None where the layer has these values already.

    Raises:
        ValueError: the patch does not lie on the layer.
    """
    box = patch.rectangle
    if box.within((layer.shape[0], layer.shape[1])) != box:
        raise ValueError(f"the patch {box} does not lie on a layer of {layer.shape[0]} x {layer.shape[1]}")
    changed = layer.copy()
    np.copyto(changed[box.slices], patch.after, where=patch.before != patch.after)
    return make_patch(layer, changed, box)


def to_bytes(patch: Patch) -> bytes:
    """The patch in an exact, versioned, checksummed, compressed form, for from_bytes."""
    body = zlib.compress((patch.before | patch.after << np.uint8(2)).tobytes(), _COMPRESSION)
    return _FRAME.pack((patch.top, patch.left, patch.height, patch.width), body)


def from_bytes(data: bytes) -> Patch:
    """The patch that to_bytes wrote.

    Raises:
        ValueError: the bytes are cut short, damaged, of a newer version or no patch at all.
    """
    (top, left, height, width), body = _FRAME.unpack(data)
    pairs = _unpack(body, height, width)
    return Patch(top, left, height, width, pairs & np.uint8(3), pairs >> np.uint8(2))


def _unpack(body: bytes, height: int, width: int) -> NDArray[np.uint8]:
    count = height * width
    try:
        raw = zlib.decompressobj().decompress(body, count + 1)
    except zlib.error as error:
        raise ValueError("the mask patch is damaged: it cannot be decompressed") from error
    if count == 0 or len(raw) != count:
        raise ValueError(f"the mask patch is damaged: {height} x {width} pixels announced, {len(raw)} found")
    return np.frombuffer(raw, np.uint8).reshape(height, width)


def _replace(layer: GrayImage, patch: Patch, expected: GrayImage, wanted: GrayImage) -> GrayImage:
    box = patch.rectangle
    if box.within((layer.shape[0], layer.shape[1])) != box:
        raise ValueError(f"the patch {box} does not lie on a layer of {layer.shape[0]} x {layer.shape[1]}")
    changed = expected != wanted
    part = layer[box.slices]
    if ((part != expected) & changed).any():  # ten times as fast at 4K as picking the pixels out
        raise ValueError(f"the layer differs from what the patch {box} expects: it belongs to another state")
    result = layer.copy()
    np.copyto(result[box.slices], wanted, where=changed)
    return result
