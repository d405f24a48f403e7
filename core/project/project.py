"""A project as the window and the commands use it: clips, corrections, undo, acceptance, notes and runs.

Each call that changes something is one transaction, on disk when it returns. Rows and files are the other modules'.
"""

import os
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from core.errors import ProjectError
from core.masks.patch import Patch
from core.project.check import examine
from core.project.clip_changes import ClipChanges
from core.project.clip_search import find_clip
from core.project.clips import Clips
from core.project.copying import copy_project
from core.project.frames import Frames, refuse_accepted, refuse_no_mask
from core.project.journal import Change, Journal, MakePatch
from core.project.map_codec import decode_map
from core.project.opening import Opened, create_file, open_file
from core.project.records import (
    ClipPlace,
    ClipRecord,
    Finding,
    FrameRecord,
    FrameState,
    HistoryEntry,
    Note,
    Run,
    StepResult,
)
from core.project.remarks import Remarks
from core.types import GrayImage
from core.video import ClipInfo

MaskItems = Sequence[tuple[int, GrayImage | bytes]]
"""Frames with their masks, uint8 HxW of the clip's size, 0 or 255, or those packed by map_codec."""


class Project:
    """An open .cagdde file. Threads may share it. Close it, or use it in a `with` statement.

    read_only: nothing can be changed, mostly because another program has it open. notice: a sentence to show: why
    it is read-only, or that it was brought up to date; None mostly.
    """

    def __init__(self, opened: Opened) -> None:
        """Use Project.create or Project.open."""
        self._store = opened.store
        self._lock = opened.lock
        self.notice = opened.notice
        self._clips = Clips(opened.store)
        self._frames = Frames(opened.store, self._clips)
        self._journal = Journal(opened.store, self._frames)
        self._remarks = Remarks(opened.store)
        self._changes = ClipChanges(opened.store, self._clips, self._frames, self._journal, self._remarks)

    @classmethod
    def create(cls, path: str | Path) -> Self:
        """Make a new project and open it. Raises: OutputError when something is there or the disk refuses."""
        create_file(Path(path))
        return cls(open_file(Path(path)))

    @classmethod
    def open(cls, path: str | Path, read_only: bool = False) -> Self:
        """Open a project. Where another program has it open already, it is opened for reading alone.

        Raises: ProjectError naming the file and what is wrong with it; a damaged one is never opened.
        """
        return cls(open_file(Path(path), read_only))

    @property
    def path(self) -> Path:
        return self._store.path

    @property
    def read_only(self) -> bool:
        return self._store.read_only

    def tidy(self) -> None:
        """Bring everything into the one file, so that a copy of it made by other programs is whole; takes a moment.

        Changes are safe on disk before that, in a file beside it that belongs to the project until it is closed.
        """
        self._store.checkpoint()

    def close(self) -> None:
        """Release the file; twice is allowed."""
        self._store.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def save_copy(self, path: str | Path) -> None:
        """Write the whole project to another path; this one stays open and as it is.

        The copy appears complete or not at all, and finds the clips from its own folder. A project that is at
        `path` is replaced: asking before is the caller's.

        Raises:
            OutputError: the disk refuses. ProjectError: `path` is this project, or is open elsewhere.
        """
        copy_project(self._store, Path(os.path.abspath(path)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Clips

    def clips(self) -> list[ClipRecord]:
        """In the order in which they were added."""
        return self._clips.all()

    def clip(self, clip: int) -> ClipRecord:
        """Raises: ProjectError when there is none of this number."""
        return self._clips.get(clip)

    def add_clip(self, info: ClipInfo) -> ClipRecord:
        """Add an opened clip; one with the same content that is there already is returned instead."""
        return self._changes.add(info)

    def find_clip(self, clip: int, folders: Iterable[Path] = ()) -> ClipPlace:
        """Where a clip is now: by its path, relative path, or content in the given folders."""
        return find_clip(self._clips.get(clip), self.path, folders)

    def relink(self, clip: int, info: ClipInfo, accept_changed: bool = False) -> ClipRecord:
        """Remember another place of a clip.

        Args:
            info: of the clip, opened there.
            accept_changed: also where its content differs; its corrections then stay with their frame numbers.

        Raises:
            ProjectError: the content differs and that is not accepted, or does not fit what was corrected.
        """
        return self._changes.relink(clip, info, accept_changed)

    def has_work(self, clip: int) -> bool:
        """Whether removing a clip would lose anything: a correction, a threshold, a state or a note."""
        return self._changes.has_work(clip)

    def remove_clip(self, clip: int, with_corrections: bool = False) -> None:
        """Take a clip out of the project, with its frames, layers, journal and notes. It cannot be undone.

        The clip's own file is not touched.

        Args:
            with_corrections: also where work would be lost by it; otherwise such a clip stays.

        Raises:
            ProjectError: there is work on the clip and that was not allowed, or the project cannot be changed.
        """
        self._changes.remove(clip, with_corrections)

    # Frames

    def state_counts(self) -> dict[int, dict[FrameState, int]]:
        """How many frames of each clip are in each state; frames that were never touched are not counted."""
        return self._frames.state_counts()

    def frames(self, clip: int) -> dict[int, FrameRecord]:
        """Every frame that was touched, by index."""
        return {row.frame: row.record for row in self._frames.all(clip)}

    def frame(self, clip: int, frame: int) -> FrameRecord:
        """One frame; as a predicted one if it was never touched. Raises: IndexError outside the clip."""
        return self._frames.row(clip, frame).record

    def layer(self, clip: int, frame: int) -> GrayImage:
        """The correction layer, uint8 HxW of the clip's size, not to be written to."""
        with self._store.reading():
            return self._frames.layer(self._frames.row(clip, frame))

    def accepted_mask(self, clip: int, frame: int) -> GrayImage | None:
        """The frozen mask, uint8 HxW, 0 or 255; None where the frame is not accepted."""
        return self._frames.accepted_mask(self._frames.row(clip, frame))

    # Changes

    def commit(self, clip: int, frame: int, name: str, patch: Patch) -> int:
        """Keep one edit of one frame's layer, such as a stroke. Returns: the step's number.

        Raises:
            ProjectError: the frame is accepted, or the project cannot be changed. OutputError: the disk refuses.
            ValueError: the patch was made on another layer than the frame's.
        """
        return self.commit_batch(clip, name, [(frame, patch)])

    def commit_batch(
        self,
        clip: int,
        name: str,
        items: Sequence[tuple[int, Patch | MakePatch]],
        state: FrameState = FrameState.CORRECTED,
        asked_at: int | None = None,
    ) -> int:
        """Keep edits of several frames as one step, such as a propagation. See commit.

        Args:
            items: frames, each with its patch or with what makes it of the frame's layer.
            state: which the frames get.
            asked_at: a frame that is not among them and stays as it is, accepted or not, at which the step can be
                undone too: where somebody asked for it and looks for its undo.
        """
        changes = [Change(frame, patch, state) for frame, patch in items]
        with self.undisturbed():
            for change in changes:
                refuse_accepted(self._frames.row(clip, change.frame))
            if asked_at is not None and asked_at not in [change.frame for change in changes]:
                changes.append(Change(asked_at))
            return self._journal.commit(clip, name, changes)

    @contextmanager
    def undisturbed(self) -> Generator[None]:
        """Several calls that belong together: no other thread changes the project in between."""
        with self._store.reading():
            yield

    def set_threshold(
        self, clip: int, frames: Iterable[int], threshold: float, name: str = "Threshold"
    ) -> int:
        """Move the threshold of some frames, 0 to 1, as one step."""
        if not 0.0 <= threshold <= 1.0:
            raise ValueError(f"a threshold is between 0 and 1, got {threshold}")
        return self._commit(clip, name, [Change(frame, threshold=float(threshold)) for frame in frames])

    def accept(self, clip: int, frame: int, mask: GrayImage) -> int:
        """Freeze a frame's mask, uint8 HxW of the clip's size, 0 or 255, as ground truth. One step."""
        return self.accept_batch(clip, "Accept", [(frame, mask)])

    def accept_batch(self, clip: int, name: str, items: MaskItems) -> int:
        """Freeze the masks of several frames as one step. Raises: ProjectError where one is accepted already."""
        size_hw = self._clips.get(clip).size_hw
        for frame, item in items:
            refuse_no_mask(frame, decode_map(item) if isinstance(item, bytes) else item, size_hw)
        changes = [Change(frame, state=FrameState.ACCEPTED, accepted=mask) for frame, mask in items]
        return self._commit(clip, name, changes)

    def unaccept(self, clip: int, frame: int) -> int:
        """Take an acceptance back: the frame follows its layer and the model again. One step.

        Raises: ProjectError when it is not accepted.
        """
        row = self._frames.row(clip, frame)
        if row.state is not FrameState.ACCEPTED:
            raise ProjectError(f"frame {frame} is not accepted: there is nothing to take back.")
        state = FrameState.PREDICTED if row.layer is None else FrameState.CORRECTED
        return self._journal.commit(
            clip, "Take acceptance back", [Change(frame, state=state, accepted="none")]
        )

    def needs_work(self, clip: int, frame: int) -> int:
        """Mark a frame for later; an accepted one is thawed. One step."""
        return self._journal.commit(
            clip, "Needs work", [Change(frame, state=FrameState.NEEDS_WORK, accepted="none")]
        )

    def undo(self, clip: int, frame: int, whole_step: bool = True) -> StepResult | None:
        """Undo the last step of a frame; None when there is none.

        Args:
            whole_step: also on the other frames that it changed, where it is the last one as well; the result
                names those that it left alone. False undoes this frame's part alone.
        """
        return self._journal.undo(clip, frame, whole_step)

    def redo(self, clip: int, frame: int, whole_step: bool = True) -> StepResult | None:
        """Do again what was undone last on a frame; None when there is nothing. See undo."""
        return self._journal.redo(clip, frame, whole_step)

    def history(self, clip: int, frame: int) -> list[HistoryEntry]:
        """The steps of a frame, oldest first, undone ones last."""
        return self._journal.history(clip, frame)

    def _commit(self, clip: int, name: str, changes: Sequence[Change]) -> int:
        with self._store.reading():
            for change in changes:
                refuse_accepted(self._frames.row(clip, change.frame))
            return self._journal.commit(clip, name, changes)

    # Notes and runs

    def add_note(self, text: str, clip: int | None = None, frame: int | None = None) -> int:
        """Keep a remark on the project, a clip or a frame. Returns: its number."""
        return self._remarks.add_note(text, clip, frame)

    def remove_note(self, number: int) -> None:
        self._remarks.remove_note(number)

    def notes(self) -> list[Note]:
        """All remarks, oldest first."""
        return self._remarks.notes()

    def add_run(self, kind: str, facts: dict[str, Any]) -> int:
        """Remember a computation. facts: JSON-able. Returns: its number."""
        return self._remarks.add_run(kind, facts)

    def runs(self) -> list[Run]:
        """All computations, oldest first."""
        return self._remarks.runs()

    # Health

    def check(self) -> list[Finding]:
        """Verify everything: the file, every row, every layer against its journal, every clip's place."""
        return examine(self._store, self._clips)
