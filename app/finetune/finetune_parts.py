"""Puts the parts of finetuning and of models together. What each does is in its own module."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from app.commands.finetune import FinetuneCommands
from app.finetune.dock import FinetuneDock
from app.finetune.finetuning import Finetuning
from app.finetune.held_out import HeldOutMarks
from app.finetune.promotion import Promotion
from app.finetune.records import DataSummary
from app.finetune.report_control import ReportControl
from app.finetune.status_note import StatusNote
from app.finetune.summary import summarise
from app.models.models_control import ModelsControl
from app.session.records import Failure
from app.session.task_queue import TaskQueue

if TYPE_CHECKING:
    from app.main_window import MainWindow
    from app.theme import Theme
    from core.finetune.job import PresetName

_SUMMARY_MS = 300
_NO_CLIP = "No clip is open: open one, correct frames and accept them."


class FinetuneParts(QObject):
    """Made once by the window."""

    def __init__(self, window: "MainWindow", theme: "Theme") -> None:
        super().__init__(window)
        self._window = window
        actions, project, inference = window.commands, window.project, window.inference
        self._queue = TaskQueue(window.park, "finetune", self)
        self.finetuning = Finetuning(window.jobs, self._queue, self)
        self.promotion = Promotion(self.finetuning, inference, project, self._queue, self)
        roll_back = actions.by_name["roll_back"]
        self.dock = FinetuneDock(window, self.finetuning, self.promotion, roll_back, theme)
        self.report = ReportControl(self.finetuning, self.promotion, self._queue, theme, window)
        self.models = ModelsControl(self.promotion, inference, self._queue, actions, theme, window)
        window.parts.docks.add("finetune", self.dock)
        self.note = StatusNote(self.finetuning, actions.by_name["finetune"], window.parts.docks, self.dock)
        window.statusBar().insertPermanentWidget(1, self.note)
        self.marks = HeldOutMarks(self.finetuning, window.session, window.timeline, self._queue, self)
        FinetuneCommands(actions, self.promotion, self.models)
        self._timer = QTimer(self, singleShot=True, interval=_SUMMARY_MS)
        self._timer.timeout.connect(self._summarise)
        self._connect()

    def _connect(self) -> None:
        window = self._window
        self.dock.start.wanted.connect(self._start)
        self.dock.report_wanted.connect(self.report.show)
        self.dock.summary_wanted.connect(self._summarise)
        window.project.frames_changed.connect(self._plan)
        window.project.clips_changed.connect(self._plan)
        window.session.closed.connect(self._plan)
        window.closing.connect(self.finetuning.leave)
        self.models.changed.connect(window.preferences.look_again)
        window.messages.tell(self.finetuning.told, self.promotion.told)
        window.messages.tell_failures(self.finetuning.failed, self.promotion.failed, self.report.failed)

    @Slot()
    def _plan(self) -> None:
        if self.dock.start.isVisible():
            self._timer.start()

    @Slot()
    def _summarise(self) -> None:
        project, page = self._window.project, self.dock.start
        if project.path is None:
            page.show_summary(None, _NO_CLIP)
            return
        opened = project.project
        self._queue.submit(lambda _: summarise(opened), self._show_summary, self._no_summary)

    def _show_summary(self, summary: DataSummary) -> None:
        if self._window.project.path is not None:
            self.dock.start.show_summary(summary)

    def _no_summary(self, failure: Failure) -> None:
        """The project was closed meanwhile, or cannot be read: the sentence says which."""
        self.dock.start.show_summary(DataSummary(refusal=failure.sentence))

    @Slot(str, bool)
    def _start(self, preset: "PresetName", heads_only: bool) -> None:
        project = self._window.project.path
        if project is not None:
            self._window.editing.finish_stroke()
            # After the strokes that wait to be written.
            model = self._window.inference.model
            self._window.edits.submit(
                lambda _: None, lambda _: self.finetuning.start(project, model, preset, heads_only)
            )
