"""Exports clips of a project into a folder that is there whole or not at all. The forms are project_formats.py."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from core.errors import Cancelled, InputError
from core.exchange.output_folder import is_replaceable, new_folder
from core.exchange.project_formats import TOP_NAMES, ExportFormat, FormatWriter, make_writer
from core.exchange.project_frames import (
    ExportFrame,
    accepted_frames,
    all_frames,
    clip_path,
    count_frames,
)
from core.project import ClipRecord, Project
from core.types import Prediction
from core.video import ClipReader, open_clip

Predict = Callable[[Path, range | None], Generator[Prediction]]
"""Predictions of a clip's file, in order: of the frames in a range, of all for None."""
Progress = Callable[[int, int], None]
"""Frames written and frames to write."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written. frames: by the clip's name in the export. empty: clips without a frame to write."""

    target: str
    form: str
    frames: dict[str, int]
    empty: tuple[str, ...]


def export_project(
    project: Project,
    form: ExportFormat,
    target: Path,
    *,
    clips: Iterable[int] | None = None,
    frames: range | None = None,
    predict: Predict | None = None,
    folders: Iterable[Path] = (),
    overwrite: bool = False,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> ExportReport:
    """Write the masks of a project.

    Args:
        clips: their numbers; None is all. frames: only these indices. folders: where moved clips are looked for.
        predict: given, every frame is written, with the model's mask under its corrections; else the accepted ones.

    Raises:
        InputError: a clip is missing or has changed, or there is nothing to write. OutputError, Cancelled.
    """
    named = _chosen(project, clips)
    counts: dict[str, int] = {}
    total = sum(count_frames(project, clip, frames, predict is not None) for _, clip in named)
    with (
        new_folder(target, overwrite, _replaceable(named)) as folder,
        closing(make_writer(form, folder)) as writer,
    ):
        for name, clip in named:
            counts[name] = 0
            with closing(_write_clip(project, writer, name, clip, frames, predict, folders)) as written:
                for _ in written:
                    counts[name] += 1
                    progress(sum(counts.values()), total)
                    if cancelled():
                        raise Cancelled("The export was cancelled; nothing was written.")
        if not any(counts.values()):
            raise InputError(
                f"{project.path} has no accepted frame there: accept some, or export all frames."
            )
        writer.finish()
    empty = tuple(name for name, count in counts.items() if not count)
    return ExportReport(str(target), form, counts, empty)


def is_taken(project: Project, target: Path, clips: Iterable[int] | None = None) -> bool:
    """Whether an earlier export lies where this one would go, which it would replace.

    Raises:
        OutputError: something else lies there, which is never replaced.
    """
    return is_replaceable(target, _replaceable(_chosen(project, clips)))


def _write_clip(
    project: Project,
    writer: FormatWriter,
    name: str,
    clip: ClipRecord,
    frames: range | None,
    predict: Predict | None,
    folders: Iterable[Path],
) -> Generator[ExportFrame]:
    with ExitStack() as stack:
        path: Path | None = None
        if predict is not None:
            path = clip_path(project, clip, folders)
            predictions = stack.enter_context(closing(predict(path, frames)))
            found = all_frames(project, clip.id, predictions)
        else:
            found = accepted_frames(project, clip.id, frames)
        reader: ClipReader | None = None
        for frame in found:
            if writer.needs_pictures and reader is None:
                reader = stack.enter_context(open_clip(path or clip_path(project, clip, folders)))
            rgb = None if reader is None else reader.read(frame.index).rgb
            writer.add(name, clip, frame, rgb)
            yield frame


def _chosen(project: Project, clips: Iterable[int] | None) -> list[tuple[str, ClipRecord]]:
    return list(_named(project.clips() if clips is None else [project.clip(clip) for clip in clips]))


def _replaceable(named: Iterable[tuple[str, ClipRecord]]) -> set[str]:
    return {*TOP_NAMES, *(entry for name, _ in named for entry in (name, f"{name}.mp4"))}


def _named(clips: Iterable[ClipRecord]) -> Iterator[tuple[str, ClipRecord]]:
    """Each clip with a name of its own that can be a folder's."""
    taken: set[str] = set()
    for clip in clips:
        base = "".join(" " if sign in '/\\:*?"<>|' else sign for sign in clip.name).strip(" .") or "clip"
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        yield name, clip


def folder_for(chosen: Path, name: str) -> Path:
    """Where an export called `name` goes when a person has chosen a folder: there, or below where it holds other
    things than an earlier export.
    """
    try:
        names = {path.name for path in chosen.iterdir()} if chosen.is_dir() else set[str]()
    except OSError:  # the export itself will say what is wrong
        return chosen
    return chosen if not names or names & TOP_NAMES else chosen / name
