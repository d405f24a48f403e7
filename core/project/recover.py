"""A new project file from what can be read of a damaged one. Which rows are sound is salvage.py."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import ProjectError
from core.masks import patch as patches
from core.project.check import fitting, frame_faults
from core.project.clips import clip_record, pack_times
from core.project.frame_row import FrameRow
from core.project.map_codec import decode_map
from core.project.opening import create_file, open_file
from core.project.records import ClipRecord, FrameState
from core.project.rows import Row
from core.project.salvage import Table, salvage

Place = tuple[int, int]
"""Clip and frame."""


@dataclass(frozen=True, slots=True)
class RecoveryReport:
    """What was saved. lost: sentences on what was not; empty when all was there."""

    source: str
    target: str
    clips: int
    frames: int
    accepted: int
    steps: int
    lost: tuple[str, ...]


def recover(source: Path, target: Path) -> RecoveryReport:
    """Write what can be read of a project into a new one. The source is not changed.

    Args:
        source: a project file, however damaged; its -wal file, if any, has to lie beside it.
        target: a file that does not exist yet.

    Raises:
        ProjectError: nothing can be read. OutputError: the target is there or cannot be written.
    """
    try:
        found = salvage(source)
    except OSError as error:
        raise ProjectError(
            f"{source} cannot be read ({error.strerror}): check the path and the disk."
        ) from error
    assembly = _Assembly(found.tables, found.faults)
    if not any(assembly.tables.values()):
        raise ProjectError(f"{source} holds nothing that can be recovered: look for an older copy of it.")
    _write(target, assembly.tables)
    accepted = sum(row["accepted"] is not None for row in assembly.tables["frames"].values())
    clips, frames, steps = (len(assembly.tables[name]) for name in ("clips", "frames", "steps"))
    return RecoveryReport(str(source), str(target), clips, frames, accepted, steps, tuple(assembly.lost))


def _write(target: Path, tables: dict[str, Table]) -> None:
    create_file(target)
    try:
        opened = open_file(target)
        try:
            with opened.store.transaction():
                for name, rows in tables.items():
                    for row in rows.values():
                        opened.store.put(name, row)
        finally:
            opened.store.close()
            if opened.lock is not None:
                opened.lock.release()
    except BaseException:
        target.unlink(missing_ok=True)
        raise


class _Assembly:
    """Makes the rows fit each other: what refers to something lost is mended where possible and left out elsewhere."""

    def __init__(self, tables: dict[str, Table], faults: list[str]) -> None:
        self.tables = tables
        self.lost = list(faults)
        self._changes: dict[Place, list[Row]] = defaultdict(list)
        for _, row in sorted(tables["changes"].items()):
            self._changes[_place(row)].append(row)
        self._clips = self._read_clips()
        self._replace_lost_clips()
        self._rebuild_lost_frames()
        self._fit_journals()
        self._fit_steps()

    def _read_clips(self) -> dict[int, ClipRecord]:
        clips: dict[int, ClipRecord] = {}
        for number, row in self.tables["clips"].items():
            clips[number] = clip_record(row)
        return clips

    def _replace_lost_clips(self) -> None:
        """A clip whose row is lost gets one again, as large as its masks; its file has to be named again."""
        frames: dict[int, list[Row]] = defaultdict(list)
        for row in self.tables["frames"].values():
            frames[_place(row)[0]].append(row)
        for clip in sorted(set(frames) - set(self._clips)):
            row = _clip_from(clip, frames[clip])
            if row is not None:
                self.tables["clips"][clip] = row
                self._clips[clip] = clip_record(row)
                self.lost.append(f"clip {clip}: its name and place; link it to its file again")

    def _rebuild_lost_frames(self) -> None:
        """A frame whose row is lost is what its journal leads to, if that begins with an untouched frame."""
        there = {_place(row) for row in self.tables["frames"].values()}
        for place, changes in sorted(self._changes.items()):
            clip = self._clips.get(place[0])
            if place in there or clip is None or not place[1] < clip.frame_count:
                continue
            frame = FrameRow(None, *place, float(clip.pts_seconds[place[1]]))
            path, _ = fitting(clip, frame, [change | {"undone": 1} for change in changes])
            done = [change for change in path if not self.tables["changes"][_id(change)]["undone"]]
            self._add_frame(_after(clip, frame, done))
            self.lost.append(f"{clip.name}, frame {place[1]}: its state, made again from {len(done)} steps")

    def _add_frame(self, frame: FrameRow) -> None:
        number = max(self.tables["frames"], default=0) + 1
        self.tables["frames"][number] = {"id": number} | frame.values

    def _fit_journals(self) -> None:
        """Keep the frames that can be read, and of each journal what leads to its frame."""
        kept: Table = {}
        for number, row in list(self.tables["frames"].items()):
            place = _place(row)
            clip = self._clips.get(place[0])
            if clip is None or frame_faults(clip, row, []):
                del self.tables["frames"][number]
                self.lost.append(f"clip {place[0]}, frame {place[1]}: it cannot be read")
                continue
            changes = self._changes.get(place, [])
            path, fault = fitting(clip, FrameRow.of(row), changes)
            kept |= {_id(change): change for change in path}
            if fault:
                self.lost.append(
                    f"{clip.name}, frame {place[1]}: {len(changes) - len(path)} undo steps ({fault})"
                )
        self.tables["changes"] = kept

    def _fit_steps(self) -> None:
        needed = {int(row["step"] or 0) for row in self.tables["changes"].values()}
        steps = self.tables["steps"]
        for number in needed - set(steps):
            steps[number] = {"id": number, "name": "recovered step", "made_at": 0.0}
            self.lost.append(f"the name of step {number}")
        self.tables["steps"] = {number: row for number, row in steps.items() if number in needed}


def _after(clip: ClipRecord, frame: FrameRow, done: list[Row]) -> FrameRow:
    layer = frame.unpacked_layer(clip.size_hw)
    for change in done:
        if isinstance(change["patch"], bytes):
            layer = patches.apply(layer, patches.from_bytes(change["patch"]))
    if not done:
        return frame
    last = FrameRow.of(
        {
            "id": None,
            "clip": frame.clip,
            "frame": frame.frame,
            "pts_seconds": frame.pts_seconds,
            "state": done[-1]["state_after"] or FrameState.PREDICTED.value,
            "threshold": done[-1]["threshold_after"],
            "layer": None,
            "accepted": done[-1]["accepted_after"],
        }
    )
    return last.with_layer(layer)


def _clip_from(clip: int, frames: list[Row]) -> Row | None:
    """A clip of the size of its frames' maps, None where no frame has any."""
    shapes: list[tuple[int, ...]] = []
    for row in frames:
        for data in (row["layer"], row["accepted"]):
            try:
                shapes += [decode_map(data).shape] if isinstance(data, bytes) else []
            except ValueError:
                continue  # that frame is reported where the frames are read
    if not shapes:
        return None
    count = max(_place(row)[1] for row in frames) + 1
    times = np.arange(count, dtype=np.float64) / 25.0
    for row in frames:
        times[_place(row)[1]] = float(row["pts_seconds"] or 0.0)
    return {
        "id": clip,
        "name": f"recovered clip {clip}",
        "path": b"lost",
        "relative": None,
        "kind": "video",
        "frame_count": count,
        "height": shapes[0][0],
        "width": shapes[0][1],
        "frames_per_second": 25.0,
        "fingerprint": "",
        "pts": pack_times(times),
    }


def _place(row: Row) -> Place:
    return int(row["clip"] or 0), int(row["frame"] or 0)


def _id(row: Row) -> int:
    return int(row["id"] or 0)
