"""Keeps the dock of clips up to date: reads the counts and looks for the files, both in the queues."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from app.project.clip_facts import ClipFacts, facts_of, read_counts
from app.project.clips_dock import ClipsDock
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.task_queue import TaskContext, TaskQueue

if TYPE_CHECKING:
    from core.project import ClipPlace, ClipRecord

_DELAY_MS = 120
"""Strokes follow one another; the counts need not."""


class ClipOverview(QObject):
    """Belongs to the window's thread."""

    def __init__(
        self,
        dock: ClipsDock,
        session: ClipSession,
        project: ProjectSession,
        edits: TaskQueue,
        jobs: TaskQueue,
    ) -> None:
        super().__init__(dock)
        self._dock, self._session, self._project = dock, session, project
        self._edits, self._jobs = edits, jobs
        self._places: dict[int, ClipPlace] = {}
        self._looked_for: dict[int, Path] = {}
        self._project_path: Path | None = None
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self._read)
        for signal in (
            project.clips_changed,
            project.opened,
            project.closed,
            project.attached,
            session.closed,
        ):
            signal.connect(self.refresh)
        session.opened.connect(self.refresh)
        session.asked.connect(dock.show_opening)
        project.frames_changed.connect(self._plan)
        dock.visibilityChanged.connect(self._plan)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """The project, its clips or the shown clip have changed."""
        project, path = self._project, self._project.path
        if path != self._project_path:
            self._project_path = path
            self._places, self._looked_for = {}, {}
        draft = not project.is_named and self._session.info is not None
        self._dock.show_project(path if project.is_named else None, draft, project.read_only)
        self._look_for_clips()
        self._plan()

    @Slot()
    def _plan(self) -> None:
        if self._dock.isVisible():
            self._timer.start()

    @Slot()
    def _read(self) -> None:
        self._edits.submit(lambda _: read_counts(self._project.project), self._show, lambda _: None)

    def _show(self, counts: dict[int, dict[str, int]]) -> None:
        project, info = self._project, self._session.info
        clips = facts_of(project.clips, counts, self._places)
        shown = project.clip_id
        if info is not None and shown is None and not project.is_named:
            path = Path(info.path)  # a draft that nothing was kept in yet
            name = path.name if path.is_dir() else path.stem
            clips, shown = (ClipFacts(-1, name, path, info.frame_count),), -1
        if clips or not self._session.is_opening:  # the list is not empty: it is not known yet
            self._dock.show_clips(clips, shown)

    # Where the files are

    def _look_for_clips(self) -> None:
        wanted = [record for record in self._project.clips if self._looked_for.get(record.id) != record.path]
        path = self._project.path
        if not wanted or path is None or not self._project.is_named:
            return
        self._looked_for.update({record.id: record.path for record in wanted})

        def done(places: "dict[int, ClipPlace]") -> None:
            if path == self._project_path:
                self._places.update(places)
                self._plan()

        self._jobs.submit(lambda context: _places_of(wanted, path, context), done, lambda _: None)


def _places_of(records: "list[ClipRecord]", project: Path, context: TaskContext) -> "dict[int, ClipPlace]":
    from core.project.clip_search import find_clip

    return {record.id: find_clip(record, project) for record in records if not context.cancelled()}
