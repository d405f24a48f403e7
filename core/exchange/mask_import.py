"""Brings masks from elsewhere onto a clip of a project, and reports what did not match. Files are mask_files.py."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from core.errors import Cancelled, InputError
from core.exchange.mask_files import FoundMask, find_masks
from core.masks.edit import values_of_mask
from core.masks.patch import Patch, make_patch
from core.project import ClipRecord, Project
from core.project.map_codec import decode_map, encode_map
from core.types import GrayImage
from core.video import ClipInfo, open_clip
from core.video.folder import list_images

ImportAs = Literal["accepted", "corrected"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do.

    imported: frames that got a mask. unchanged: frames that had exactly this one. unmatched: files, each with the
    reason. missing: frames of the clip for which there was no file.
    """

    imported: tuple[int, ...]
    unchanged: tuple[int, ...]
    unmatched: dict[str, str]
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class FoundMasks:
    """Masks that were matched to a clip and are not in a project yet.

    masks: by frame, packed by map_codec, with the file each is from. unmatched: files, each with the reason.
    """

    clip: ClipRecord
    masks: dict[int, tuple[bytes, str]]
    unmatched: dict[str, str]


def import_masks(
    project: Project, clip: int, source: Path, kind: ImportAs = "accepted", first_number: int = 0
) -> ImportReport:
    """match_masks and keep_found in one."""
    return keep_found(project, clip, match_masks(project.clip(clip), source, first_number), kind)


def match_masks(
    clip: ClipRecord,
    source: Path,
    first_number: int = 0,
    *,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda files: None,
) -> FoundMasks:
    """Find the frames that masks belong to; nothing is changed.

    A mask belongs to the frame that a manifest or annotation names, where its time agrees; else, for a clip of
    images, to the image of the same name; else to the frame of the last number in its name.

    Args:
        source: a folder of images or a COCO file.
        first_number: the number that names give to the clip's first frame, 0 or 1 mostly.
        progress: gets the number of masks read so far.

    Raises:
        InputError: the source holds no masks. Cancelled.
    """
    stems = _stems(clip)
    masks: dict[int, tuple[bytes, str]] = {}
    unmatched: dict[str, str] = {}
    for count, found in enumerate(find_masks(source, clip.name, clip.fingerprint), start=1):
        if cancelled():
            raise Cancelled("Reading masks was cancelled.")
        frame, reason = _match(found, clip, stems, first_number)
        if not reason and frame in masks:
            reason = f"frame {frame} has its mask from {masks[frame][1]} already"
        if reason:
            unmatched[found.source] = reason
        elif found.mask is not None:
            masks[frame] = encode_map(found.mask), found.source
        progress(count)
    return FoundMasks(clip, dict(sorted(masks.items())), unmatched)


def preview(project: Project | None, clip: int | None, found: FoundMasks, kind: ImportAs) -> ImportReport:
    """What keep_found would do now. project, clip: None where the clip is in no project yet."""
    if project is None or clip is None:
        return _report(found, list(found.masks), [], [])
    return _report(found, *_sorted_out(project, clip, found, kind))


def keep_found(project: Project, clip: int, found: FoundMasks, kind: ImportAs) -> ImportReport:
    """Put masks onto the frames that they belong to, as one undo step; accepted frames keep theirs.

    Args:
        kind: "accepted" freezes them as ground truth; "corrected" makes them corrections that can be painted on.

    Raises:
        ProjectError: the project cannot be changed.
    """
    with project.undisturbed():
        new, unchanged, frozen = _sorted_out(project, clip, found, kind)
        if new:
            _store(project, clip, {frame: found.masks[frame][0] for frame in new}, kind)
    return _report(found, new, unchanged, frozen)


def record_of(info: ClipInfo) -> ClipRecord:
    """A clip that is in no project, as a project would remember it; its number is 0."""
    name = info.path.name if info.path.is_dir() else info.path.stem
    return ClipRecord(
        0,
        name,
        info.path,
        None,
        info.kind,
        info.frame_count,
        info.size_hw,
        info.frames_per_second,
        info.fingerprint,
        info.pts_seconds,
    )


def _sorted_out(
    project: Project, clip: int, found: FoundMasks, kind: ImportAs
) -> tuple[list[int], list[int], list[int]]:
    """The frames that get their mask, those that have it, and those that are accepted with another one."""
    new: list[int] = []
    unchanged: list[int] = []
    frozen: list[int] = []
    accepted = {index for index, record in project.frames(clip).items() if record.has_accepted}
    for frame in found.masks:
        if _is_there(project, clip, frame, _mask(found, frame), kind):
            unchanged.append(frame)
        else:
            (frozen if frame in accepted else new).append(frame)
    return new, unchanged, frozen


def _mask(found: FoundMasks, frame: int) -> GrayImage:
    return decode_map(found.masks[frame][0])


def _report(found: FoundMasks, new: list[int], unchanged: list[int], frozen: list[int]) -> ImportReport:
    kept = {
        found.masks[frame][1]: f"frame {frame} is accepted with another mask, which was kept"
        for frame in frozen
    }
    missing = tuple(index for index in range(found.clip.frame_count) if index not in found.masks)
    return ImportReport(tuple(new), tuple(unchanged), found.unmatched | kept, missing)


def _match(found: FoundMask, clip: ClipRecord, stems: dict[str, int], first_number: int) -> tuple[int, str]:
    """The frame of a mask, and why it has none (then the frame means nothing)."""
    if found.mask is None:
        return -1, found.fault
    if found.frame is not None:
        frame = found.frame
    elif found.stem in stems:
        frame = stems[found.stem]
    elif found.number is not None:
        frame = found.number - first_number
    else:
        return -1, "its name holds no number and is no image's of the clip"
    if not 0 <= frame < clip.frame_count:
        return -1, f"the clip has frames 0 to {clip.frame_count - 1}, not {frame}"
    if found.mask.shape != clip.size_hw:
        height, width = found.mask.shape
        return -1, f"it has {width}x{height} pixels, the clip {clip.size_hw[1]}x{clip.size_hw[0]}"
    if found.pts_seconds is not None and not _same_time(clip, frame, found.pts_seconds):
        return -1, f"it is of {found.pts_seconds:.6f} s, frame {frame} of {clip.pts_seconds[frame]:.6f} s"
    return frame, ""


def _same_time(clip: ClipRecord, frame: int, pts_seconds: float) -> bool:
    """Whether no other frame of the clip is nearer to a time, by less than a quarter of the mean step."""
    return abs(float(clip.pts_seconds[frame]) - pts_seconds) < 0.25 / clip.frames_per_second


def _stems(clip: ClipRecord) -> dict[str, int]:
    """Frames of a clip of images by their files' names; empty where it is a video or not there."""
    if clip.kind != "images" or not clip.path.is_dir():
        return {}
    try:
        return {path.stem: frame for frame, path in enumerate(list_images(clip.path))}
    except InputError:
        return {}


def _is_there(project: Project, clip: int, frame: int, mask: GrayImage, kind: ImportAs) -> bool:
    if kind == "accepted":
        there = project.accepted_mask(clip, frame)
        return there is not None and np.array_equal(there, mask)
    return np.array_equal(project.layer(clip, frame), values_of_mask(mask))


def _store(project: Project, clip: int, masks: dict[int, bytes], kind: ImportAs) -> None:
    name = f"Import masks, {len(masks)} frame{'' if len(masks) == 1 else 's'}"
    if kind == "accepted":
        project.accept_batch(clip, name, list(masks.items()))
        return
    project.commit_batch(clip, name, [(frame, partial(_patch, mask)) for frame, mask in masks.items()])


def _patch(packed: bytes, layer: GrayImage) -> Patch | None:
    return make_patch(layer, values_of_mask(decode_map(packed)))


def open_or_add(project: Project, clip: Path, clips: Iterable[ClipRecord]) -> int:
    """The number of a clip given by its path, added to the project where it is new.

    Raises: StudioError when it cannot be opened.
    """
    with open_clip(clip) as reader:
        known = [record.id for record in clips if record.matches(reader.info)]
        return known[0] if known else project.add_clip(reader.info).id
