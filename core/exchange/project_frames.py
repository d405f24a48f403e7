"""The frames of a project that an export writes, with their masks composed. No files are written here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import InputError
from core.masks.layer import compose_mask
from core.project import ClipRecord, FrameState, Project
from core.types import GrayImage, Prediction


@dataclass(frozen=True, slots=True, eq=False)
class ExportFrame:
    """One frame to export. mask: uint8 HxW of the clip's size, 0 or 255. prediction: where the model was run."""

    index: int
    pts_seconds: float
    state: FrameState
    threshold: float
    mask: GrayImage
    prediction: Prediction | None = None


def accepted_frames(project: Project, clip: int, frames: range | None = None) -> Iterator[ExportFrame]:
    """The accepted frames of a clip, in order.

    Args:
        frames: only those; None is all.
    """
    for index, record in project.frames(clip).items():
        mask = project.accepted_mask(clip, index) if frames is None or index in frames else None
        if mask is not None:
            yield ExportFrame(index, record.pts_seconds, record.state, record.threshold, mask)


def all_frames(project: Project, clip: int, predictions: Iterable[Prediction]) -> Iterator[ExportFrame]:
    """Every frame that is predicted: its accepted mask, else the model's under its corrections.

    Args:
        predictions: of the clip's frames, in order.
    """
    for prediction in predictions:
        index = prediction.index
        record = project.frame(clip, index)
        mask = project.accepted_mask(clip, index)
        if mask is None:
            mask = compose_mask(prediction.saliency_u8, project.layer(clip, index), record.threshold)
        yield ExportFrame(index, record.pts_seconds, record.state, record.threshold, mask, prediction)


def clip_path(project: Project, clip: ClipRecord, folders: Iterable[Path] = ()) -> Path:
    """The clip's file, certain to have the content that the project knows. Raises: InputError."""
    place = project.find_clip(clip.id, folders)
    if place.path is None or place.status == "changed":
        raise InputError(place.sentence)
    return place.path


def count_frames(project: Project, clip: ClipRecord, frames: range | None, everything: bool) -> int:
    """How many frames of a clip an export writes.

    Args:
        frames: only those; None is all. everything: all of them, else the accepted ones.
    """
    inside = range(clip.frame_count) if frames is None else frames
    if everything:
        return len(range(max(inside.start, 0), min(inside.stop, clip.frame_count)))
    records = project.frames(clip.id).items()
    return sum(record.has_accepted and index in inside for index, record in records)
