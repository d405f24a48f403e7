"""What the window asks of its project, each as one call: opening, drafts, saving elsewhere, the shown clip's place.

Each call may take a moment and belongs to the one thread that keeps the project; the window has a queue for it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from core.masks.patch import Patch
from core.project.clip_work import ClipWork, LazyProject
from core.project.project import Project
from core.project.records import ClipRecord, FrameRecord

logger = logging.getLogger(__name__)

_PLACE = ".place"
"""Ending of the file beside a former draft that names the project it has become."""
Records = dict[int, FrameRecord]
"""Frames that were touched, by index."""


@dataclass(frozen=True, slots=True, eq=False)
class OpenedProject:
    """A named project is open. notice: a sentence to show, or empty."""

    lazy: LazyProject
    clips: list[ClipRecord]
    notice: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class AttachedClip:
    """A clip was found in, or added to, its project. frames: those that were touched. notice: as OpenedProject."""

    work: ClipWork
    frames: Records
    clips: list[ClipRecord]
    notice: str = ""


def drafts_folder() -> Path:
    """Where projects are kept that the person has given no place yet."""
    return Path(platformdirs.user_data_dir("cagdde-studio", appauthor=False)) / "drafts"


def draft_of(clip: Path, fingerprint: str) -> LazyProject:
    """The draft of a clip, whatever its file was called when that was made."""
    ending = f"-{fingerprint[:12]}.cagdde"
    name = "".join(sign if sign.isalnum() or sign in " -_." else "_" for sign in clip.stem)[:60]
    known = sorted(drafts_folder().glob(f"*{ending}"))
    left = sorted(drafts_folder().glob(f"*{ending.removesuffix('.cagdde')}{_PLACE}"))
    former = known or [place.with_suffix(".cagdde") for place in left]
    return LazyProject(former[0] if former else drafts_folder() / f"{name}{ending}", named=False)


def open_project(path: Path) -> OpenedProject:
    """Open a project. Raises: ProjectError."""
    project = Project.open(path)
    return OpenedProject(LazyProject(path, True, project), project.clips(), project.notice or "")


def create_project(path: Path) -> OpenedProject:
    """Make an empty project. Raises: OutputError."""
    return OpenedProject(LazyProject(path, True, Project.create(path)), [])


def save_as(lazy: LazyProject, work: ClipWork | None, path: Path) -> OpenedProject:
    """Copy the project, go on with the copy; a draft that has found its place is removed.

    Args:
        work: the shown clip's, which goes on in the copy.

    Raises:
        OutputError: something is there already, or the disk refuses; work goes on where it was.
    """
    if work is not None:
        work.ensure()
        work.flush()
    lazy.ready().save_copy(path)
    copy = LazyProject(path, True, Project.open(path))
    if work is not None:
        work.lazy = copy
    lazy.close()
    if not lazy.named:
        _note_place(lazy.path, path)
        lazy.path.unlink(missing_ok=True)
    return OpenedProject(copy, clips_of(copy))


def clips_of(lazy: LazyProject) -> list[ClipRecord]:
    """In the order in which they were added; none where nothing was kept yet."""
    return [] if lazy.project is None else lazy.project.clips()


def attach(work: ClipWork) -> AttachedClip:
    """Find the clip in its project. Raises: ProjectError, OutputError."""
    work.attach()
    project = work.lazy.project
    notice = (project.notice or "") if project is not None and not work.lazy.named else ""
    if project is None and not work.lazy.named:
        notice = _saved_elsewhere(work.lazy.path)
    if project is not None and work.clip is None and work.lazy.named:
        notice = (
            f"{work.info.path.name} is no clip of {work.lazy.path.name}, which is open for reading alone."
        )
    return AttachedClip(work, work.records(), clips_of(work.lazy), notice)


def _note_place(draft: Path, project: Path) -> None:
    """Remember where the corrections of a draft are now, for whoever opens the clip alone."""
    try:
        draft.with_suffix(_PLACE).write_text(str(project.absolute()), encoding="utf-8")
    except OSError as error:
        logger.warning("%s: the place of its project cannot be noted: %s", draft, error)


def _saved_elsewhere(draft: Path) -> str:
    """A sentence where the draft was saved as a project that is still there; else empty."""
    try:
        project = Path(draft.with_suffix(_PLACE).read_text(encoding="utf-8"))
        there = project.is_file()
    except (OSError, ValueError):
        return ""
    return (
        f"The corrections of this clip are in {project}: open that project to go on with them."
        if there
        else ""
    )


def records_of(work: ClipWork, frames: Sequence[int] | None) -> Records:
    """Of these frames, touched or not; None: of all that were touched."""
    return work.records() if frames is None else {frame: work.record(frame) for frame in frames}


def write_stroke(work: ClipWork, frame: int, name: str, patch: Patch) -> tuple[ClipWork, Records]:
    """ClipWork.write_stroke, and the frame's record after it."""
    work.write_stroke(frame, name, patch)
    return work, {frame: work.record(frame)}


def flush(work: ClipWork) -> tuple[ClipWork, Records]:
    """ClipWork.flush, and all records after it."""
    work.flush()
    return work, work.records()
