"""Marks the frames on the timeline that the latest finetuning chooses and reports by. Which ones is in its job."""

from pathlib import Path

from PySide6.QtCore import QObject, Slot

from app.finetune.finetuning import Finetuning
from app.finetune.records import Phase
from app.session.clip_session import ClipSession
from app.session.task_queue import TaskQueue
from app.timeline.panel import TimelinePanel

ByClip = dict[str, tuple[int, ...]]
"""Frames by the fingerprint of their clip."""


class HeldOutMarks(QObject):
    """Belongs to the window's thread."""

    def __init__(
        self,
        finetuning: Finetuning,
        session: ClipSession,
        timeline: TimelinePanel,
        queue: TaskQueue,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._finetuning, self._session = finetuning, session
        self._timeline, self._queue = timeline, queue
        self._folder: Path | None = None
        self._frames: ByClip = {}
        finetuning.changed.connect(self._follow)
        session.opened.connect(self._show)

    @Slot()
    def _follow(self) -> None:
        shown = self._finetuning.phase in (Phase.RUNNING, Phase.BROKEN, Phase.DONE)
        folder = self._finetuning.folder if shown else None
        if folder == self._folder:
            return
        self._folder = folder
        if folder is None:
            self._take(None, {})
        else:
            self._queue.submit(lambda _: held_out_of(folder), lambda frames: self._take(folder, frames))

    def _take(self, folder: Path | None, frames: ByClip) -> None:
        if folder == self._folder:  # another run may have begun meanwhile
            self._frames = frames
            self._show()

    @Slot()
    def _show(self) -> None:
        info = self._session.info
        self._timeline.show_held_out(() if info is None else self._frames.get(info.fingerprint, ()))


def held_out_of(folder: Path) -> ByClip:
    """In the queue's thread: the selection and report parts of a job. Raises: InputError."""
    from core.finetune.job import read_job

    job = read_job(folder)
    prints = {clip.number: clip.fingerprint for clip in job.clips}
    found: dict[str, list[int]] = {}
    for frame in job.accepted:
        if frame.part in ("selection", "report"):
            found.setdefault(prints[frame.clip], []).append(frame.index)
    return {fingerprint: tuple(frames) for fingerprint, frames in found.items()}
