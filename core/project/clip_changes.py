"""Clips that come, move and go: what has to hold before, and what goes with them. Rows of clips: clips.py."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from core.errors import ProjectError
from core.project.clips import Clips
from core.project.frames import Frames
from core.project.journal import Journal
from core.project.records import ClipRecord
from core.project.remarks import Remarks
from core.project.store import Store
from core.video import ClipInfo


class ClipChanges:
    """Changes the list of clips of an open project; each call is one transaction."""

    def __init__(
        self, store: Store, clips: Clips, frames: Frames, journal: Journal, remarks: Remarks
    ) -> None:
        self._store, self._clips, self._frames = store, clips, frames
        self._journal, self._remarks = journal, remarks

    def add(self, info: ClipInfo) -> ClipRecord:
        there = self._clips.with_fingerprint(info.fingerprint)
        if there is not None:
            return there
        with self._changing():
            return self._clips.add(info)

    def relink(self, clip: int, info: ClipInfo, accept_changed: bool) -> ClipRecord:
        """See Project.relink."""
        known = self._clips.get(clip)
        if not known.matches(info) and not accept_changed:
            raise ProjectError(f"{info.path} is not {known.name}: its content differs. Choose another file.")
        touched = self._frames.all(clip)
        last = max((row.frame for row in touched), default=-1)
        if touched and (info.size_hw != known.size_hw or info.frame_count <= last):
            raise ProjectError(
                f"{info.path} does not fit the masks of {known.name}: they need {known.size_hw[1]}x"
                f"{known.size_hw[0]} pixels and {last + 1} frames, it has {info.size_hw[1]}x{info.size_hw[0]} "
                f"and {info.frame_count}. Add it as a clip of its own."
            )
        with self._changing():
            for row in touched:
                self._frames.write(replace(row, pts_seconds=float(info.pts_seconds[row.frame])))
            return self._clips.replace(clip, info)

    def has_work(self, clip: int) -> bool:
        """See Project.has_work."""
        return self._remarks.has_notes(clip) or not all(row.untouched for row in self._frames.all(clip))

    def remove(self, clip: int, with_corrections: bool) -> None:
        """See Project.remove_clip."""
        record = self._clips.get(clip)
        with self._changing(erase=True):
            if not with_corrections and self.has_work(clip):
                raise ProjectError(
                    f"{record.name} has corrections, which would be lost: export its masks, or confirm their removal."
                )
            self._journal.remove(clip)
            self._frames.remove(clip)
            self._remarks.remove_notes(clip)
            self._clips.remove(clip)
        self._frames.forget(clip)

    @contextmanager
    def _changing(self, erase: bool = False) -> Generator[None]:
        try:
            with self._store.transaction(erase):
                yield
        finally:
            self._clips.forget()
