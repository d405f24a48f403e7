"""The open project as the window sees it: its clips, the states of the shown clip's frames, reading and changing.

Everything that touches the file runs in the queue `edits`, in order. What a project is, is core.project's.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.session.clip_session import ClipSession
from app.session.records import ClipOpened, Failure
from app.session.task_queue import Task, TaskContext, TaskQueue

if TYPE_CHECKING:
    from core.masks.patch import Patch
    from core.project import ClipRecord, FrameRecord, Project
    from core.project.clip_work import ClipWork, LazyProject
    from core.project.workspace import AttachedClip, OpenedProject

T = TypeVar("T")
RETRY_MS = 3000
"""After so long a stroke that the disk refused is tried again."""
TIDY_MS = 2000
"""After so long without a change the file is made whole for whoever copies it."""


class ProjectSession(QObject):
    """A named project, or the draft of the shown clip. All members belong to the window's thread."""

    opened = Signal()
    """A named project is open. `clips` are known; none of them is shown yet."""
    closed = Signal()
    leaving = Signal()
    """Another clip or project is about to take the place of this one: what is in hand has to be kept now."""
    clips_changed = Signal()
    attached = Signal()
    """The shown clip's place in the project is known: `frames` are its states."""
    frames_changed = Signal()
    committed = Signal(object)
    """Frames (tuple of indices) of the shown clip whose layer, threshold or state changed; None: any of them."""
    noticed = Signal(object)
    failed = Signal(object)

    def __init__(self, session: ClipSession, edits: TaskQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._edits = session, edits
        self._lazy: LazyProject | None = None
        self._work: ClipWork | None = None
        self.clips: list[ClipRecord] = []
        self.frames: dict[int, FrameRecord] = {}
        self._retry = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._retry.timeout.connect(self._try_again)
        self._tidy = QTimer(self, singleShot=True, interval=TIDY_MS)
        self._tidy.timeout.connect(self._make_whole)
        session.opened.connect(self._clip_opened)
        session.closed.connect(self._clip_left)

    # What is open

    @property
    def project(self) -> "Project | None":
        """The open file; None for a draft that nothing was kept in yet. Call it in a queue only."""
        return self._lazy.project if self._lazy is not None else None

    @property
    def path(self) -> Path | None:
        return self._lazy.path if self._lazy is not None else None

    @property
    def is_named(self) -> bool:
        """A project that the person has opened or made is open."""
        return self._lazy is not None and self._lazy.named

    @property
    def is_draft(self) -> bool:
        return self._lazy is not None and not self._lazy.named

    @property
    def read_only(self) -> bool:
        return self.project is not None and self.project.read_only

    @property
    def clip_id(self) -> int | None:
        """The project's number of the shown clip, None while it is not part of it."""
        return self._work.clip if self._work is not None else None

    @property
    def owner(self) -> object:
        """Stands for the shown clip in this project: another object once either has changed."""
        return self._work

    # Opening and closing

    def open(self, path: Path) -> None:
        """Open a project; the one before is closed when this one is open."""
        self._edits.submit(
            lambda _: _workspace().open_project(path),
            self._project_opened,
            self._tell,
            name=f"Open {path.name}",
        )

    def create(self, path: Path) -> None:
        """Make an empty project and open it."""
        self._edits.submit(
            lambda _: _workspace().create_project(path),
            self._project_opened,
            self._tell,
            name=f"Make {path.name}",
        )

    def save_as(self, path: Path) -> None:
        """Give the project a place of its own, a draft a first one; work goes on there."""
        lazy, work = self._lazy, self._work
        if lazy is not None:
            self._edits.submit(
                lambda _: _workspace().save_as(lazy, work, path),
                self._saved_as,
                self._tell,
                name=f"Save {path.name}",
            )

    def close(self) -> None:
        """Close a named project; the shown clip has to be closed by the caller."""
        if self._lazy is not None:
            self.leaving.emit()
            self._release()
            self._set_frames({})
            self.closed.emit()

    def shut(self) -> None:
        """The window goes: keep what is in hand, then let go of the file."""
        self.leaving.emit()
        self._release()

    def refresh_clips(self) -> None:
        """Read the list of clips anew, after it was changed."""
        lazy = self._lazy
        if lazy is not None:
            self._edits.submit(lambda _: _workspace().clips_of(lazy), self._clips_read, self._tell)

    # Reading and changing the shown clip

    def change(
        self,
        work: "Callable[[Project, int], T]",
        done: Callable[[T], None] | None = None,
        *,
        frames: "Sequence[int] | Callable[[T], Sequence[int]] | None" = None,
        name: str = "",
        at: "ClipWork | None" = None,
    ) -> bool:
        """Change something of the shown clip: work(project, its number) runs in the queue, then `done` here.

        Args:
            frames: which it changes, if need be as a function of its result; None for any.
            name: for the sentence, should it fail.
            at: the clip that was shown when it was asked for, perhaps no longer; None is the shown one.

        Returns:
            False where nothing is done: no clip is shown, or its project has been closed since.
        """
        slot = at or self._work
        if slot is None or slot.lazy is not self._lazy:
            return False

        def task(_: TaskContext) -> "tuple[T, Sequence[int] | None, dict[int, FrameRecord]]":
            result = work(*slot.ensure())
            touched = frames(result) if callable(frames) else frames
            return result, touched, _workspace().records_of(slot, touched)

        def changed(outcome: "tuple[T, Sequence[int] | None, dict[int, FrameRecord]]") -> None:
            result, touched, records = outcome
            self._take(slot, records, touched)
            if done is not None:
                done(result)
            if slot is self._work:
                self.committed.emit(None if touched is None else tuple(touched))

        self._edits.submit(task, changed, self._tell, name=name)
        return True

    def read(
        self,
        work: "Callable[[ClipWork, TaskContext], T]",
        done: Callable[[T], None],
        failed: Callable[[Failure], None] | None = None,
    ) -> Task | None:
        """Read something of the shown clip: work(its ClipWork, context) runs in the queue, then `done` here."""
        slot = self._work
        if slot is None:
            return None
        return self._edits.submit(lambda context: work(slot, context), done, failed or self._tell)

    def write_stroke(self, frame: int, name: str, patch: "Patch") -> None:
        """Keep a change of one frame. It is on disk a moment later, or tried again until it is."""
        slot = self._work
        assert slot is not None
        self._edits.submit(
            lambda _: _workspace().write_stroke(slot, frame, name, patch),
            self._stroke_written,
            self._stroke_failed,
            name=name,
        )

    # Callbacks, in the window's thread

    @Slot(object)
    def _clip_opened(self, message: ClipOpened) -> None:
        from core.project.clip_work import ClipWork

        self.leaving.emit()
        info = message.info
        if not self.is_named:
            self._release()
            self._lazy = _workspace().draft_of(info.path, info.fingerprint)
        assert self._lazy is not None
        self._work = work = ClipWork(self._lazy, info)
        self._set_frames({})
        self._edits.submit(lambda _: _workspace().attach(work), self._clip_attached, self._tell)

    @Slot()
    def _clip_left(self) -> None:
        self.leaving.emit()
        self._work = None
        if self.is_draft:
            self._release()
        self._set_frames({})

    def _clip_attached(self, message: "AttachedClip") -> None:
        if message.work is self._work:
            self.clips = message.clips
            self.clips_changed.emit()
            self._set_frames(message.frames)
            self.attached.emit()
            self._notice(message.notice)

    def _project_opened(self, message: "OpenedProject") -> None:
        self.leaving.emit()
        self._release()
        self._lazy, self._work = message.lazy, None
        self.clips = message.clips
        self._set_frames({})
        self.opened.emit()
        self.clips_changed.emit()
        self._notice(message.notice)

    def _saved_as(self, message: "OpenedProject") -> None:
        self._lazy = message.lazy
        self.clips = message.clips
        self.opened.emit()
        self.clips_changed.emit()

    def _clips_read(self, clips: "list[ClipRecord]") -> None:
        self.clips = clips
        self.clips_changed.emit()

    def _stroke_written(self, message: "tuple[ClipWork, dict[int, FrameRecord]]") -> None:
        slot, records = message
        self._take(slot, records, list(records))
        if not self._retry.isActive():
            return
        self._retry.stop()
        self._notice("Everything is saved again.")

    def _stroke_failed(self, failure: Failure) -> None:
        slot = self._work
        if slot is not None and slot.unsaved:
            self._retry.start()
            words = "The last change is kept in memory and saved as soon as the disk allows it. "
            failure = Failure(failure.generation, words + failure.sentence, failure.detail)
        else:
            self.committed.emit(None)  # what is on screen was not kept: show what is
        self.failed.emit(failure)

    @Slot()
    def _try_again(self) -> None:
        slot = self._work
        if slot is not None:
            self._retry.start()
            self._edits.submit(lambda _: _workspace().flush(slot), self._stroke_written, self._still_refused)

    def _still_refused(self, failure: Failure) -> None:
        self._retry.start()

    @Slot()
    def _make_whole(self) -> None:
        lazy = self._lazy
        if lazy is not None:
            self._edits.submit(lambda _: lazy.tidy())

    def _take(
        self, slot: "ClipWork", records: "dict[int, FrameRecord]", frames: Sequence[int] | None
    ) -> None:
        if slot is self._work:
            self._tidy.start()
            self._set_frames(records if frames is None else {**self.frames, **records})

    def _set_frames(self, frames: "dict[int, FrameRecord]") -> None:
        self.frames = frames
        self.frames_changed.emit()

    def _release(self) -> None:
        lazy = self._lazy
        self._lazy = self._work = None
        self.clips = []
        if lazy is not None:
            self._edits.submit(lambda _: lazy.close())

    def _notice(self, sentence: str) -> None:
        if sentence:
            self.noticed.emit(Failure(0, sentence, ""))

    def _tell(self, failure: Failure) -> None:
        self.failed.emit(failure)


def _workspace() -> ModuleType:
    """core.project.workspace, not at the top: the window shows before OpenCV is loaded."""
    from core.project import workspace

    return workspace
