"""What every tool returns, and the few ways in which tools write into a layer."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.masks.layer import BACKGROUND, FOREGROUND
from core.masks.rectangle import EMPTY, Rectangle, bounding, whole
from core.types import GrayImage, SizeHW


class Edit(NamedTuple):
    """The outcome of one tool.

    layer: uint8 HxW, a new layer; the tool's argument is untouched.
    dirty: the bounding box of the pixels that differ, EMPTY where the tool changed nothing.
    """

    layer: GrayImage
    dirty: Rectangle


def size_of(image: NDArray[Any]) -> SizeHW:
    """Height and width of HxW or HxWx3."""
    return image.shape[0], image.shape[1]


def values_of_mask(mask: NDArray[Any]) -> GrayImage:
    """The layer values that hold a mask fast whatever the model says: FOREGROUND and BACKGROUND, never FOLLOW.

    Args:
        mask: HxW, nonzero = foreground.
    """
    return np.where(mask != 0, np.uint8(FOREGROUND), np.uint8(BACKGROUND))


def write_values(
    layer: GrayImage, values: GrayImage | int, marked: NDArray[np.bool_], rectangle: Rectangle
) -> Rectangle:
    """Write into `layer` itself, inside `rectangle`, where `marked`.

    Args:
        values: one layer value, or uint8 of the rectangle's size.
        marked: bool of the rectangle's size.

    Returns:
        The bounding box of what changed, in pixels of the layer.
    """
    part = layer[rectangle.slices]
    changed = marked & (part != values)
    np.copyto(part, np.asarray(values, np.uint8), where=changed)
    box = bounding(changed) if changed.size else EMPTY
    return (
        box._replace(top=box.top + rectangle.top, left=box.left + rectangle.left)
        if not box.is_empty
        else EMPTY
    )


def set_where(
    layer: GrayImage, values: GrayImage | int, marked: NDArray[np.bool_], rectangle: Rectangle | None = None
) -> Edit:
    """write_values on a copy. `rectangle` None is the whole layer."""
    changed = layer.copy()
    return Edit(changed, write_values(changed, values, marked, rectangle or whole(size_of(layer))))


def toward_mask(layer: GrayImage, mask: GrayImage, wanted: NDArray[Any]) -> Edit:
    """Correct only where the wanted mask differs from the present one; the rest goes on following the model.

    Args:
        mask: uint8 HxW 0/255, the frame's mask as it is (compose_mask).
        wanted: HxW, nonzero = foreground.
    """
    return set_where(layer, values_of_mask(wanted), (mask != 0) != (wanted != 0))


def check_value(value: int) -> None:
    """Raises ValueError for what is no layer value."""
    if not 0 <= value <= BACKGROUND:
        raise ValueError(f"a layer value is 0 (follow), 1 (foreground) or 2 (background), got {value}")


def pixel_at(size_hw: SizeHW, x: float, y: float) -> tuple[int, int] | None:
    """Row and column of the pixel that holds the point, None beside the picture. Pixel centres lie at half."""
    row, column = int(np.floor(y)), int(np.floor(x))
    return (row, column) if 0 <= row < size_hw[0] and 0 <= column < size_hw[1] else None
