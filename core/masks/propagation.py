"""One true mask carried over a range of frames by flow, until a barrier or until the warp is no longer trusted.

Nothing is written here: every frame's mask is handed out, the caller commits them (as one step).
"""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from core.errors import Cancelled, VideoError
from core.flow import DisFlow, DisSettings
from core.flow.field import FlowEstimator
from core.masks.warp import agreeing, confirmed_share, harden, overlap_in_place, soften, warp_soft
from core.types import GrayImage, RgbImage

StopReason = Literal[
    "range done", "accepted frame", "flow disagrees", "mask jumps", "mask vanished", "unreadable frame"
]


@dataclass(frozen=True, slots=True)
class PropagationSettings:
    """When to go on.

    flow: of the estimator; finer than for the network, because outlines are carried along.
    least_confirmed: of the mask's area, the share where forward and backward flow must have cancelled out in every
        step since the source. It falls from frame to frame, as the mask's quality does: see docs/propagation.md.
    least_overlap: of one frame's mask with the next one's, both centred: below it the mask has jumped.
    least_area_px: a smaller mask has vanished.
    """

    flow: DisSettings = field(default_factory=lambda: DisSettings(long_side=854))
    least_confirmed: float = 0.6
    least_overlap: float = 0.5
    least_area_px: int = 16


@dataclass(frozen=True, slots=True, eq=False)
class PropagatedMask:
    """The mask of one frame on the way.

    index: the frame. mask_u8: uint8 HxW, 0 or 255.
    confirmed, overlap: in [0, 1], see PropagationSettings.
    done, total: frames handed out so far, this one included, and frames asked for: for a progress bar.
    """

    index: int
    mask_u8: GrayImage
    confirmed: float
    overlap: float
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class PropagationEnd:
    """Why one direction ended. index: the first frame that got no mask; the one beyond the range if all did."""

    index: int
    reason: StopReason


def propagate(
    read: Callable[[int], RgbImage],
    source: int,
    mask_u8: GrayImage,
    last: int,
    *,
    accepted: Set[int] = frozenset(),
    settings: PropagationSettings | None = None,
    estimator: FlowEstimator | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[PropagatedMask | PropagationEnd]:
    """Carry a mask from frame `source` up to and including frame `last`, forward or backward.

    Args:
        read: gives frame i as uint8 HxWx3.
        mask_u8: uint8 HxW of the frame's size, nonzero = foreground: the true mask of `source`.
        accepted: frames whose masks are frozen. The first on the way ends it.
        estimator: None makes one from the settings.
        cancelled: asked before every frame.

    Yields:
        One PropagatedMask a frame, nearest first, then one PropagationEnd.

    Raises:
        Cancelled: as soon as `cancelled()` is true. ValueError: the mask's size is not the frame's. VideoError: the
        source cannot be read; another frame that cannot ends the propagation like a barrier.
    """
    settings = settings or PropagationSettings()
    carried = _Carried(read(source), mask_u8, estimator or DisFlow(settings.flow), source)
    step = 1 if last >= source else -1
    for done, index in enumerate(range(source + step, last + step, step), start=1):
        if cancelled():
            raise Cancelled("The propagation was cancelled.")
        if index in accepted:
            yield PropagationEnd(index, "accepted frame")
            return
        try:
            picture = read(index)
        except VideoError:
            yield PropagationEnd(index, "unreadable frame")
            return
        confirmed, overlap = carried.go_to(picture)
        reason = _distrust(carried.mask, confirmed, overlap, settings)
        if reason is not None:
            yield PropagationEnd(index, reason)
            return
        yield PropagatedMask(index, carried.mask, confirmed, overlap, done, abs(last - source))
    yield PropagationEnd(last + step, "range done")


def propagate_both_ways(
    read: Callable[[int], RgbImage],
    source: int,
    mask_u8: GrayImage,
    first: int,
    last: int,
    *,
    accepted: Set[int] = frozenset(),
    settings: PropagationSettings | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[PropagatedMask | PropagationEnd]:
    """propagate() from `source` to `last`, then from `source` back to `first`, counted together.

    Args:
        first, last: first <= source <= last.

    Yields:
        As propagate, with one PropagationEnd for each direction.
    """
    if not first <= source <= last:
        raise ValueError(f"frame {source} does not lie in the range {first} to {last}")
    handed_out = 0
    for target in (last, first):
        if target == source:
            continue
        steps = propagate(
            read, source, mask_u8, target, accepted=accepted, settings=settings, cancelled=cancelled
        )
        for step in steps:
            if isinstance(step, PropagationEnd):
                yield step
                continue
            handed_out += 1
            yield PropagatedMask(
                step.index, step.mask_u8, step.confirmed, step.overlap, handed_out, last - first
            )


class _Carried:
    """The mask on its way: as it is handed out, as it is carried on, and where it is still confirmed."""

    def __init__(self, frame: RgbImage, mask_u8: GrayImage, estimator: FlowEstimator, source: int) -> None:
        if frame.shape[:2] != mask_u8.shape:
            raise ValueError(
                f"the mask is {mask_u8.shape}, frame {source} is {frame.shape[:2]}: one size is needed"
            )
        self._frame, self._estimator = frame, estimator
        self._soft = soften(mask_u8)
        self._confirmed = np.ones_like(self._soft)
        self.mask = harden(self._soft)

    def go_to(self, frame: RgbImage) -> tuple[float, float]:
        """Carry the mask on to the neighbouring frame. Returns the confirmed share and the overlap."""
        from_source, to_source = self._estimator(self._frame, frame), self._estimator(frame, self._frame)
        agree = agreeing(to_source, from_source, (frame.shape[0], frame.shape[1]))
        self._soft = warp_soft(self._soft, to_source)
        self._confirmed = warp_soft(self._confirmed, to_source) * agree
        before, self.mask, self._frame = self.mask, harden(self._soft), frame
        return confirmed_share(self.mask, self._confirmed), overlap_in_place(before, self.mask)


def _distrust(
    mask: GrayImage, confirmed: float, overlap: float, settings: PropagationSettings
) -> StopReason | None:
    if int(np.count_nonzero(mask)) < settings.least_area_px:
        return "mask vanished"
    if confirmed < settings.least_confirmed:
        return "flow disagrees"
    return "mask jumps" if overlap < settings.least_overlap else None
