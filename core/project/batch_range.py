"""Which frames a propagation or an interpolation is for, from the frame on screen and the marked range."""

from collections.abc import Mapping
from typing import Literal

from core.errors import InputError
from core.project.clip_work import ClipWork
from core.project.records import FrameRecord, FrameState
from core.types import GrayImage

Way = Literal["forward", "back", "both"]
MOST_INTERPOLATED = 300
"""Between frames farther apart, outlines have no more to do with one another."""

_TRUSTED = (FrameState.CORRECTED, FrameState.ACCEPTED)


def carry_range(way: Way, source: int, frame_count: int, marked: range | None, most: int) -> tuple[int, int]:
    """First and last frame of a propagation, `source` among them.

    Args:
        marked: the marked range, None without marks. most: so many frames each way without marks.

    Raises:
        InputError: there is no frame that way, or `source` lies outside the marks.
    """
    first, last = max(source - most, 0), min(source + most, frame_count - 1)
    if marked is not None:
        if source not in marked:
            raise InputError(
                f"Frame {source} lies outside the marked range, {marked.start} to {marked.stop - 1}: go to a frame "
                "in it, or clear the marks."
            )
        first, last = marked.start, marked.stop - 1
    first = source if way == "forward" else first
    last = source if way == "back" else last
    if first == last:
        limit = "clip" if marked is None else "marked range"
        side = {"forward": "last", "back": "first", "both": "only"}[way]
        raise InputError(
            f"Frame {source} is the {side} of the {limit}: there is no frame to carry its mask to."
        )
    return first, last


def interpolation_ends(frames: Mapping[int, FrameRecord], here: int, marked: range | None) -> tuple[int, int]:
    """The two frames between which to interpolate: the ends of the marked range, else the nearest trusted ones.

    A frame is trusted when it is corrected or accepted. Where the one on screen is, it is an end itself, and the
    other one is the next after it, or, after the last, the one before it.

    Raises:
        InputError: there are no two such frames, none lies between them, or too many do.
    """
    first, last = (marked.start, marked.stop - 1) if marked is not None else _nearest_trusted(frames, here)
    between = last - first - 1
    if between < 1:
        raise InputError(f"There is no frame between {first} and {last}: nothing to interpolate.")
    if between > MOST_INTERPOLATED:
        raise InputError(
            f"{between} frames lie between {first} and {last}, more than {MOST_INTERPOLATED}: correct one on the way."
        )
    return first, last


def mask_at_end(work: ClipWork, index: int, saliency_u8: GrayImage | None) -> GrayImage:
    """The mask of a frame at an end of an interpolation, uint8 HxW, 0 or 255.

    Args:
        saliency_u8: of the frame; None where there is no prediction.

    Raises:
        InputError: the mask depends on a prediction that is not there.
    """
    mask = work.mask(index, saliency_u8)
    settled = work.accepted_mask(index) is not None or bool(work.layer(index).all())  # FOLLOW is 0
    if mask is None or (saliency_u8 is None and not settled):
        raise InputError(
            f"Frame {index} has no prediction at hand: go there and wait for it, or accept its mask, then interpolate."
        )
    return mask


def _nearest_trusted(frames: Mapping[int, FrameRecord], here: int) -> tuple[int, int]:
    trusted = sorted(index for index, record in frames.items() if record.state in _TRUSTED)
    before = [index for index in trusted if index < here]
    after = [index for index in trusted if index > here]
    if here in trusted:
        if after:
            return here, after[0]
        if before:
            return before[-1], here
    elif before and after:
        return before[-1], after[0]
    raise InputError(
        f"Frame {here} lies between no two corrected or accepted frames: correct one on each side, or mark a range."
    )
