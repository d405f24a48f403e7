"""The dock with the steps of the frame on screen: a click undoes or does again up to there. Rows: history_list.py."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.canvas.editing import Editing
from app.project.history_list import HistoryList, steps_of
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.task_queue import Task, TaskContext
from app.theme import Theme
from app.widgets.labels import label

if TYPE_CHECKING:
    from core.project import HistoryEntry, Project, StepResult
    from core.project.clip_work import ClipWork

_DELAY_MS = 60
"""Frames that pass faster than this, as in playback, are not read."""
_NO_CLIP = "No clip is open: there are no steps to show."
_NO_STEPS = (
    "Nothing was corrected on this frame yet. Its steps appear here; a click takes you back to any of them."
)


class HistoryDock(QDockWidget):
    """Reads in the queue, and only while it is to be seen."""

    def __init__(
        self,
        window: QMainWindow,
        session: ClipSession,
        project: ProjectSession,
        editing: Editing,
        theme: Theme,
    ) -> None:
        super().__init__("History", window)
        self.setObjectName("history")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self._session, self._project, self._editing = session, project, editing
        self._reading: Task | None = None
        self._shown: int | None = None
        self.title = label(kind="quiet")
        self.list = HistoryList(theme)
        self.empty = label(_NO_CLIP, "quiet", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setContentsMargins(10, 10, 10, 10)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.list)
        content = QWidget()
        content.setMinimumWidth(190)
        column = QVBoxLayout(content)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self.title)
        column.addWidget(self.pages, 1)
        self.setWidget(content)
        self._timer = QTimer(self, singleShot=True, interval=_DELAY_MS)
        self._timer.timeout.connect(self._read)
        self.list.wanted.connect(self.go)
        self.visibilityChanged.connect(self._plan)
        for signal in (
            session.index_changed,
            session.closed,
            editing.history_changed,
            project.frames_changed,
        ):
            signal.connect(self._plan)
        project.committed.connect(self._plan)
        project.attached.connect(self._plan)

    def sizeHint(self) -> QSize:
        return QSize(240, 320)

    @Slot()
    def _plan(self) -> None:
        if self.isVisible():
            self._timer.start()

    @Slot()
    def _read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
        index = self._session.index
        if self._session.info is None:
            self._show(None, [])
            return

        def work(work_: "ClipWork", _: TaskContext) -> "list[HistoryEntry]":
            project, clip = work_.lazy.project, work_.clip
            return [] if project is None or clip is None else project.history(clip, index)

        def done(entries: "list[HistoryEntry]") -> None:
            self._reading = None
            self._show(index, entries)

        self._reading = self._project.read(work, done)

    def _show(self, index: int | None, entries: "list[HistoryEntry]") -> None:
        self._shown = index
        self.title.setText("" if index is None else f"Frame {index}")
        self.title.setVisible(index is not None)
        self.list.show_steps(steps_of(entries) if entries else ())
        self.empty.setText(_NO_CLIP if index is None else _NO_STEPS)
        self.pages.setCurrentWidget(self.list if entries else self.empty)

    @Slot(int)
    def go(self, steps: int) -> None:
        """Undo (negative) or do again so many steps of the frame on screen."""
        index = self._session.index
        if index != self._shown or self._project.clip_id is None:
            return
        if self._project.read_only:
            self._editing.say(self._editing.refusal())
            return
        self._editing.finish_stroke()

        def work(project: "Project", clip: int) -> "list[StepResult]":
            turn = project.redo if steps > 0 else project.undo
            return [result for _ in range(abs(steps)) if (result := turn(clip, index)) is not None]

        def done(results: "list[StepResult]") -> None:
            others = {frame for result in results for frame in result.changed} - {index}
            if others:
                words = "Done again" if steps > 0 else "Undone"
                self._editing.say(
                    f"{words}, also on {len(others)} other frames that these steps had changed."
                )

        self._project.change(work, done, name="Undo" if steps < 0 else "Redo")
