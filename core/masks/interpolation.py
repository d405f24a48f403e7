"""Masks between two true ones, by signed distance. Needs no pictures: propagation by flow is elsewhere."""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import Cancelled
from core.masks.warp import centre, shifted
from core.opencv import cv2
from core.types import GrayImage


@dataclass(frozen=True, slots=True, eq=False)
class InterpolatedMask:
    """The mask of one frame between two. mask_u8: uint8 HxW, 0 or 255. done, total: for a progress bar."""

    index: int
    mask_u8: GrayImage
    done: int
    total: int


def signed_distance(mask_u8: GrayImage) -> NDArray[np.float32]:
    """Distance to the outline in pixels, float32 HxW: above 0 inside, below 0 outside, never 0.

    The mask is neither empty nor full.
    """
    inside = (mask_u8 != 0).view(np.uint8)
    to_background = np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
    to_mask = np.asarray(cv2.distanceTransform(1 - inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
    # Both transforms count from pixel centre to pixel centre; the outline runs half a pixel before.
    return np.where(inside != 0, to_background - np.float32(0.5), np.float32(0.5) - to_mask)


def interpolate_signed_distance(mask_a: GrayImage, mask_b: GrayImage, share: float) -> GrayImage:
    """The mask `share` of the way from a to b: centre, size and outline move evenly.

    Both masks are moved so that their centres lie on the straight line between the two, so that an object that
    moves farther than its own size does not vanish halfway.

    Args:
        mask_a, mask_b: uint8 HxW of one size, nonzero = foreground.
        share: in [0, 1]; 0 gives mask_a, 1 gives mask_b, exactly.

    Returns:
        uint8 HxW, 0 or 255. Where one mask is empty or full there is no outline to move: the nearer mask.
    """
    if mask_a.shape != mask_b.shape:
        raise ValueError(f"two masks of one size are needed, got {mask_a.shape} and {mask_b.shape}")
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"the share lies in 0 to 1, got {share}")
    if share in (0.0, 1.0) or not (_has_outline(mask_a) and _has_outline(mask_b)):
        nearer = mask_a if share < 0.5 else mask_b
        return (nearer != 0).view(np.uint8) * np.uint8(255)
    (ax, ay), (bx, by) = centre(mask_a), centre(mask_b)
    from_a = shifted(signed_distance(mask_a), share * (bx - ax), share * (by - ay))
    from_b = shifted(signed_distance(mask_b), (share - 1) * (bx - ax), (share - 1) * (by - ay))
    return ((1 - share) * from_a + share * from_b > 0).view(np.uint8) * np.uint8(255)


def interpolate_range(
    index_a: int,
    mask_a: GrayImage,
    index_b: int,
    mask_b: GrayImage,
    *,
    accepted: Set[int] = frozenset(),
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[InterpolatedMask]:
    """The masks of all frames between two, in order; accepted frames are left out.

    Args:
        index_a, index_b: index_a < index_b.

    Raises:
        Cancelled: as soon as `cancelled()` is true, asked before every frame.
    """
    if index_a >= index_b:
        raise ValueError(
            f"interpolation goes from an earlier frame to a later one, got {index_a} to {index_b}"
        )
    between = [index for index in range(index_a + 1, index_b) if index not in accepted]
    for done, index in enumerate(between, start=1):
        if cancelled():
            raise Cancelled("The interpolation was cancelled.")
        share = (index - index_a) / (index_b - index_a)
        yield InterpolatedMask(index, interpolate_signed_distance(mask_a, mask_b, share), done, len(between))


def _has_outline(mask_u8: GrayImage) -> bool:
    return bool(mask_u8.any()) and not bool(mask_u8.all())
