"""Looks for damage in an open project and for clips that are not at their place. Changes nothing."""

from collections.abc import Callable, Iterator

from core.errors import ProjectError
from core.masks import patch as patches
from core.project.clip_search import find_clip
from core.project.clips import Clips, clip_record
from core.project.frame_row import FrameRow
from core.project.map_codec import decode_map
from core.project.records import ClipRecord, Finding, FrameState
from core.project.rows import TABLES, Row
from core.project.store import Store
from core.types import GrayImage


def examine(store: Store, clips: Clips) -> list[Finding]:
    """Everything that is wrong; empty for a sound project with its clips at their places."""
    with store.reading():
        damage = [*_file(store), *_rows(store)]
        if damage:
            return damage  # what follows reads the rows
        found = [*_steps(store)]
        for clip in clips.all():
            found += _clip(store, clip)
        return found


def _file(store: Store) -> Iterator[Finding]:
    try:
        for (verdict,) in store.query("PRAGMA integrity_check(20)"):
            if verdict != "ok":
                yield Finding("file", True, str(verdict))
    except ProjectError as error:
        yield Finding("file", True, str(error))


def _rows(store: Store) -> Iterator[Finding]:
    for table in TABLES:
        try:
            for row in store.rows(table):
                if table == "clips":
                    clip_record(row)
        except (ProjectError, ValueError, TypeError) as error:
            yield Finding(f"table {table}", True, str(error))


def _steps(store: Store) -> Iterator[Finding]:
    places = {
        "changes": "step NOT IN (SELECT id FROM steps) OR clip NOT IN (SELECT id FROM clips)",
        "frames": "clip NOT IN (SELECT id FROM clips)",
    }
    for table, condition in places.items():
        for (number,) in store.query(f"SELECT id FROM {table} WHERE {condition}"):
            yield Finding(f"table {table}", True, f"row {number} belongs to nothing")


def _clip(store: Store, clip: ClipRecord) -> Iterator[Finding]:
    place = find_clip(clip, store.path)
    if place.status != "found":
        yield Finding(clip.name, False, place.sentence)
    rows = store.rows("frames", "clip = ? ORDER BY frame", clip.id)
    for row in rows:
        where = f"{clip.name}, frame {row['frame']}"
        changes = store.rows("changes", "clip = ? AND frame = ? ORDER BY id", clip.id, row["frame"])
        for text in frame_faults(clip, row, changes):
            yield Finding(where, True, text)
    touched = {row["frame"] for row in rows}
    for (frame,) in store.query("SELECT DISTINCT frame FROM changes WHERE clip = ?", clip.id):
        if frame not in touched:
            yield Finding(f"{clip.name}, frame {frame}", True, "it has a journal but no state")


def frame_faults(clip: ClipRecord, row: Row, changes: list[Row]) -> list[str]:
    """What is wrong with one frame: its place, its maps, and each step of its journal back to the oldest."""
    try:
        frame = FrameRow.of(row)
        if not 0 <= frame.frame < clip.frame_count:
            return [f"the clip has only {clip.frame_count} frames"]
        if frame.pts_seconds != float(clip.pts_seconds[frame.frame]):
            return [
                f"its time is {frame.pts_seconds} s, the clip has {clip.pts_seconds[frame.frame]} s there"
            ]
        if (frame.state is FrameState.ACCEPTED) != (frame.accepted is not None):
            return [
                f"its state is {frame.state} and its mask is {'missing' if frame.accepted is None else 'there'}"
            ]
        if frame.accepted is not None and decode_map(frame.accepted).shape != clip.size_hw:
            return ["its accepted mask has another size than the clip"]
        _, fault = fitting(clip, frame, changes)
    except ValueError as error:
        return [str(error)]
    return [fault] if fault else []


def fitting(clip: ClipRecord, frame: FrameRow, changes: list[Row]) -> tuple[list[Row], str | None]:
    """The part of a frame's journal that leads to and from what the frame is, and what is wrong with the rest.

    Args:
        changes: the rows of the frame, oldest first.

    Raises:
        ValueError: the frame's layer itself cannot be read.
    """
    done = [change for change in changes if not change["undone"]]
    undone = [change for change in changes if change["undone"]]
    past, past_fault = _walk(clip, frame, done[::-1], patches.revert, "after", "before")
    future, future_fault = _walk(clip, frame, undone, patches.apply, "before", "after")
    order_fault = None if changes == done + undone else "undone steps lie between steps that are not"
    return past[::-1] + future, past_fault or future_fault or order_fault


def _walk(
    clip: ClipRecord,
    frame: FrameRow,
    changes: list[Row],
    turn: Callable[[GrayImage, patches.Patch], GrayImage],
    here: str,
    there: str,
) -> tuple[list[Row], str | None]:
    layer = frame.unpacked_layer(clip.size_hw)
    facts: list[object] = [frame.state.value, frame.threshold, frame.accepted]
    names = ("state", "threshold", "accepted")
    for number, change in enumerate(changes):
        if facts != [change[f"{name}_{here}"] for name in names]:
            return changes[:number], f"step {change['step']} of its journal does not fit the one beside it"
        facts = [change[f"{name}_{there}"] for name in names]
        try:
            if isinstance(change["patch"], bytes):
                layer = turn(layer, patches.from_bytes(change["patch"]))
        except ValueError as error:
            return changes[:number], f"step {change['step']} of its journal: {error}"
    return changes, None
