"""Where a project's clip is now: at its place, moved, changed or missing. Reads files, writes nothing."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from core.errors import Cancelled, StudioError
from core.project.records import ClipPlace, ClipRecord
from core.video import list_clips, open_clip
from core.video.fingerprint import file_fingerprint


def find_clip(
    clip: ClipRecord,
    project: Path,
    folders: Iterable[Path] = (),
    cancelled: Callable[[], bool] = lambda: False,
) -> ClipPlace:
    """Look for a clip by its content.

    Args:
        clip: what the project knows of it. project: the project file; its folder is where relative paths begin.
        folders: looked through, with all below them, when it is not at its place.
        cancelled: asked before each file that is looked into.

    Raises: Cancelled.
    """
    at_its_place = [path for path in _known_places(clip, project) if path.exists()]
    for path in at_its_place:
        if content_fingerprint(path) == clip.fingerprint:
            if path == clip.path:
                return ClipPlace("found", path, "")
            return ClipPlace("moved", path, f"{clip.name} was found at {path}; it was at {clip.path} before.")
    for path in _candidates(clip, project, folders):
        if cancelled():
            raise Cancelled(f"Looking for {clip.name} was cancelled.")
        if content_fingerprint(path) == clip.fingerprint:
            return ClipPlace("moved", path, f"{clip.name} was found at {path}; it was at {clip.path} before.")
    if at_its_place:
        return ClipPlace(
            "changed",
            at_its_place[0],
            f"{at_its_place[0]} has changed since it was added to the project: its masks may not fit. "
            "Put the former file back, or confirm that this one is meant.",
        )
    return ClipPlace("missing", None, f"{clip.path} is not there any more: name the folder it was moved to.")


def content_fingerprint(path: Path) -> str | None:
    """The fingerprint by which a clip is known, None where there is nothing readable."""
    try:
        if path.is_file():
            return file_fingerprint(path)
        with open_clip(path) as reader:  # a folder of images: only their headers are read
            return reader.info.fingerprint
    except (OSError, StudioError):
        return None


def _known_places(clip: ClipRecord, project: Path) -> list[Path]:
    places = [clip.path]
    if clip.relative is not None:
        places.insert(0, Path(project.resolve().parent, clip.relative).resolve())
    places.append(project.resolve().parent / clip.path.name)
    return list(dict.fromkeys(places))


def _candidates(clip: ClipRecord, project: Path, folders: Iterable[Path]) -> Iterator[Path]:
    """Clips in the given folders and beside the project, those of the same name first."""
    found: list[Path] = []
    for folder in folders:
        try:
            found += list_clips(folder)
        except StudioError:
            continue  # an empty folder is no reason to stop looking in the others
    beside = (path for path in project.resolve().parent.iterdir() if path.suffix == clip.path.suffix)
    found += [path for path in beside if path.is_file() and not path.name.startswith(".")]
    found = [path for path in dict.fromkeys(found) if path.resolve() != project.resolve()]
    yield from sorted(found, key=lambda path: path.name != clip.path.name)
