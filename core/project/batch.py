"""Masks for many frames from a few, kept as one step: propagation by flow and interpolation by signed distance.

Which frames they are for is batch_range.py; what is said about it afterwards, batch_words.py.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np

from core.masks.edit import values_of_mask
from core.masks.interpolation import interpolate_range
from core.masks.patch import Patch, make_patch
from core.masks.propagation import (
    PropagatedMask,
    PropagationEnd,
    PropagationSettings,
    propagate_both_ways,
)
from core.project.batch_words import finish_sentence, step_name
from core.project.clip_work import ClipWork
from core.project.map_codec import decode_map, encode_map
from core.project.project import Project
from core.project.records import FrameRecord, FrameState
from core.types import GrayImage, RgbImage

Progress = Callable[[int, int], None]
"""Frames done and frames asked for."""
IsCancelled = Callable[[], bool]
Kind = Literal["propagate", "interpolate"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the frames stood when it was asked for.

    marks: what tells whether a frame's corrections or acceptance are still the same; none for frames never touched.
    accepted: the frames that are frozen.
    """

    marks: Mapping[int, bytes] = field(default_factory=dict[int, bytes])
    accepted: Set[int] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class CarriedMasks:
    """Masks that were computed and are not in the project yet.

    source: the frame it was asked for at. masks: by frame, packed by map_codec: a raw one takes 8 MB at 4K.
    ends: why each direction of a propagation ended. standing: of the frames that may have been reached.
    """

    kind: Kind
    source: int
    masks: dict[int, bytes]
    standing: Standing
    ends: tuple[PropagationEnd, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of it.

    step: the step's number, None where nothing was changed. changed: frames with a new layer. unchanged: frames that
    had exactly this one. kept: frames that somebody changed or accepted while it was computed, left as they are.
    replaced: of the changed ones, those that had corrections before. ends: see CarriedMasks.
    """

    step: int | None
    name: str
    changed: tuple[int, ...]
    unchanged: tuple[int, ...]
    kept: tuple[int, ...]
    replaced: tuple[int, ...]
    ends: tuple[PropagationEnd, ...]
    sentence: str


def standing_of(project: Project, clip: int, frames: Iterable[int]) -> Standing:
    """How some frames stand now."""
    wanted, records = set(frames), project.frames(clip)
    marks = {index: _mark(project, clip, record) for index, record in records.items() if index in wanted}
    accepted = [index for index, record in records.items() if record.state is FrameState.ACCEPTED]
    return Standing(marks, frozenset(accepted))


def standing_in(work: ClipWork, frames: Iterable[int]) -> Standing:
    """The same for a clip whose project may not be made yet."""
    project, clip = work.lazy.project, work.clip
    return Standing() if project is None or clip is None else standing_of(project, clip, frames)


def carried_masks(
    read: Callable[[int], RgbImage],
    source: int,
    mask_u8: GrayImage,
    first: int,
    last: int,
    standing: Standing,
    *,
    settings: PropagationSettings | None = None,
    cancelled: IsCancelled = lambda: False,
    progress: Progress = lambda done, total: None,
) -> CarriedMasks:
    """Carry a mask by flow over the frames around its own, up to the next accepted frame or where trust ends.

    Args:
        read: gives frame i as uint8 HxWx3.
        mask_u8: uint8 HxW, nonzero = foreground: the mask of `source`.
        first, last: first <= source <= last; where one of them is `source`, nothing goes that way.

    Raises:
        Cancelled, VideoError.
    """
    steps = propagate_both_ways(
        read,
        source,
        mask_u8,
        first,
        last,
        accepted=standing.accepted,
        settings=settings,
        cancelled=cancelled,
    )
    masks: dict[int, bytes] = {}
    ends: list[PropagationEnd] = []
    for step in steps:
        if isinstance(step, PropagatedMask):
            masks[step.index] = encode_map(step.mask_u8)
            progress(step.done, step.total)
        else:
            ends.append(step)
    return CarriedMasks("propagate", source, masks, standing, tuple(ends))


def interpolated_masks(
    here: int,
    end_a: tuple[int, GrayImage],
    end_b: tuple[int, GrayImage],
    standing: Standing,
    *,
    cancelled: IsCancelled = lambda: False,
    progress: Progress = lambda done, total: None,
) -> CarriedMasks:
    """The masks of all frames between two, on the way from one to the other; accepted frames keep theirs.

    Args:
        here: the frame it is asked for at. end_a, end_b: frame and mask, uint8 HxW; a comes before b.

    Raises:
        Cancelled.
    """
    masks: dict[int, bytes] = {}
    for step in interpolate_range(*end_a, *end_b, accepted=standing.accepted, cancelled=cancelled):
        masks[step.index] = encode_map(step.mask_u8)
        progress(step.done, step.total)
    return CarriedMasks("interpolate", here, masks, standing)


def carry_mask(
    project: Project,
    clip: int,
    read: Callable[[int], RgbImage],
    source: int,
    mask_u8: GrayImage,
    first: int,
    last: int,
    *,
    cancelled: IsCancelled = lambda: False,
    progress: Progress = lambda done, total: None,
) -> BatchResult:
    """carried_masks and keep_masks in one: a propagation from beginning to end. Cancelled, it changes nothing."""
    standing = standing_of(project, clip, range(first, last + 1))
    carried = carried_masks(
        read, source, mask_u8, first, last, standing, cancelled=cancelled, progress=progress
    )
    return keep_masks(project, clip, carried)


def interpolate_between(
    project: Project,
    clip: int,
    here: int,
    end_a: tuple[int, GrayImage],
    end_b: tuple[int, GrayImage],
    *,
    cancelled: IsCancelled = lambda: False,
    progress: Progress = lambda done, total: None,
) -> BatchResult:
    """interpolated_masks and keep_masks in one. Cancelled, it changes nothing."""
    standing = standing_of(project, clip, range(end_a[0], end_b[0] + 1))
    masks = interpolated_masks(here, end_a, end_b, standing, cancelled=cancelled, progress=progress)
    return keep_masks(project, clip, masks)


def keep_masks(project: Project, clip: int, carried: CarriedMasks) -> BatchResult:
    """Put computed masks into the project as it is now, as one step.

    The frames get corrections everywhere, foreground or background, rather than only where the mask differs from
    the model's: a propagated mask is a statement about the frame, so it stays what it is when the model is run
    again, when the threshold moves, and where there is no prediction yet. The brush "back to the model" clears it
    wherever somebody wants the model's word instead.

    A frame that was painted or accepted since its mark was taken is left alone. The step belongs to `source` too,
    though it changes nothing there: undo right after it, on the frame it was asked for at, takes all of it back.
    """
    name = step_name(carried.kind, carried.source, tuple(carried.masks))
    with project.undisturbed():
        records = project.frames(clip)
        before, now = carried.standing.marks, standing_of(project, clip, carried.masks).marks
        kept = tuple(i for i in sorted(carried.masks) if now.get(i, b"") != before.get(i, b""))
        free = sorted(carried.masks.keys() - set(kept))
        changed = tuple(i for i in free if _differs(carried.masks[i], project.layer(clip, i)))
        step = None
        if changed:
            patches = [(index, partial(_patch, carried.masks[index])) for index in changed]
            name = step_name(carried.kind, carried.source, changed)
            step = project.commit_batch(clip, name, patches, FrameState.PROPAGATED, asked_at=carried.source)
    replaced = tuple(i for i in changed if i in records and _own_work(records[i]))
    unchanged = tuple(i for i in sorted(carried.masks) if i not in changed and i not in kept)
    sentence = finish_sentence(carried.kind, carried.source, changed, unchanged, kept, replaced, carried.ends)
    return BatchResult(step, name, changed, unchanged, kept, replaced, carried.ends, sentence)


def _differs(packed: bytes, layer: GrayImage) -> bool:
    return not np.array_equal(layer, values_of_mask(decode_map(packed)))


def _patch(packed: bytes, layer: GrayImage) -> Patch | None:
    return make_patch(layer, values_of_mask(decode_map(packed)))


def _own_work(record: FrameRecord) -> bool:
    return record.has_layer and record.state is not FrameState.PROPAGATED


def _mark(project: Project, clip: int, record: FrameRecord) -> bytes:
    frozen = record.state is FrameState.ACCEPTED
    if not record.has_layer and not frozen:
        return b""
    layer = project.layer(clip, record.index)
    return bytes([frozen]) + hashlib.blake2b(layer.tobytes(), digest_size=16).digest()
