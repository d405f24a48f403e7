"""Brings masks from elsewhere onto a clip of a project, and reports what did not match. Files are mask_files.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from core.errors import InputError
from core.exchange.mask_files import FoundMask, find_masks
from core.masks.layer import BACKGROUND, FOREGROUND
from core.masks.patch import make_patch
from core.project import ClipRecord, FrameState, Project
from core.types import GrayImage
from core.video import open_clip
from core.video.folder import list_images

ImportAs = Literal["accepted", "corrected"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    imported: frames that got a mask. unchanged: frames that had exactly this one. unmatched: files, each with the
    reason. missing: frames of the clip for which there was no file.
    """

    imported: tuple[int, ...]
    unchanged: tuple[int, ...]
    unmatched: dict[str, str]
    missing: tuple[int, ...]


def import_masks(
    project: Project, clip: int, source: Path, kind: ImportAs = "accepted", first_number: int = 0
) -> ImportReport:
    """Put masks onto the frames they belong to, as one undo step.

    A mask belongs to the frame that a manifest or annotation names, where its time agrees; else, for a clip of
    images, to the image of the same name; else to the frame of the last number in its name.

    Args:
        source: a folder of images or a COCO file.
        kind: "accepted" freezes them as ground truth; "corrected" makes them corrections that can be painted on.
        first_number: the number that names give to the clip's first frame, 0 or 1 mostly.

    Raises:
        InputError: the source holds no masks. ProjectError: the project cannot be changed.
    """
    record = project.clip(clip)
    stems = _stems(record)
    matched: dict[int, FoundMask] = {}
    unmatched: dict[str, str] = {}
    for found in find_masks(source, record.name, record.fingerprint):
        frame, reason = _match(found, record, stems, first_number)
        if not reason and frame in matched:
            reason = f"frame {frame} has its mask from {matched[frame].source} already"
        if reason:
            unmatched[found.source] = reason
        else:
            matched[frame] = found
    masks = {frame: found.mask for frame, found in sorted(matched.items()) if found.mask is not None}
    unchanged = _without_change(project, clip, masks, kind)
    frozen = [frame for frame in masks if project.frame(clip, frame).state is FrameState.ACCEPTED]
    for frame in frozen:
        if frame not in unchanged:
            unmatched[matched[frame].source] = f"frame {frame} is accepted with another mask, which was kept"
    new = {frame: mask for frame, mask in masks.items() if frame not in unchanged and frame not in frozen}
    _store(project, clip, new, kind)
    missing = tuple(sorted(set(range(record.frame_count)) - set(matched)))
    return ImportReport(tuple(new), tuple(unchanged), unmatched, missing)


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


def _without_change(project: Project, clip: int, masks: dict[int, GrayImage], kind: ImportAs) -> list[int]:
    if kind == "accepted":
        there = ((frame, project.accepted_mask(clip, frame)) for frame in masks)
        return [frame for frame, mask in there if mask is not None and np.array_equal(mask, masks[frame])]
    layers = ((frame, project.layer(clip, frame)) for frame in masks)
    return [frame for frame, layer in layers if np.array_equal(layer, _layer(masks[frame]))]


def _store(project: Project, clip: int, masks: dict[int, GrayImage], kind: ImportAs) -> None:
    if not masks:
        return
    if kind == "accepted":
        project.accept_batch(clip, "Import masks", list(masks.items()))
        return
    patches = ((frame, make_patch(project.layer(clip, frame), _layer(mask))) for frame, mask in masks.items())
    items = [(frame, patch) for frame, patch in patches if patch is not None]
    project.commit_batch(clip, "Import masks", items)


def _layer(mask: GrayImage) -> GrayImage:
    return np.where(mask > 0, np.uint8(FOREGROUND), np.uint8(BACKGROUND))


def open_or_add(project: Project, clip: Path, clips: Iterable[ClipRecord]) -> int:
    """The number of a clip given by its path, added to the project where it is new.

    Raises: StudioError when it cannot be opened.
    """
    with open_clip(clip) as reader:
        known = [record.id for record in clips if record.matches(reader.info)]
        return known[0] if known else project.add_clip(reader.info).id
