"""Import from the window: opens the dialog, reads masks for its preview, keeps them and tells what did not fit."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.exchange.import_dialog import ImportDialog
from app.exchange.records import ImportChoice
from app.exchange.report_box import ReportBox
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.records import Failure
from app.session.task_queue import Task, TaskContext, TaskQueue
from app.session.worker_thread import ThreadPark
from app.settings import Settings

if TYPE_CHECKING:
    from core.exchange.mask_import import FoundMasks, ImportReport
    from core.project import Project
    from core.video import ClipInfo

_Looked = tuple["FoundMasks", "ImportReport"]


class Importing(QObject):
    """Belongs to the window's thread. Masks are read in a thread of their own, so that no long job delays a look."""

    refused = Signal(str)
    """One sentence: why nothing can be imported."""

    def __init__(
        self,
        session: ClipSession,
        project: ProjectSession,
        park: ThreadPark,
        settings: Settings,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._project = session, project
        self._settings, self._window = settings, window
        self._looks = TaskQueue(park, "masks to import", self)
        self._look: Task | None = None
        self._found: FoundMasks | None = None
        self._looks.progressed.connect(self._advanced)
        self._looks.finished.connect(self._looked)
        project.leaving.connect(self._leave)
        self.dialog: ImportDialog | None = None
        self.report: ReportBox | None = None

    @Slot()
    def ask(self) -> None:
        """Open the dialog."""
        info = self._session.info
        if info is None or self.dialog is not None:
            return
        if self._project.read_only:
            self.refused.emit(
                f"{self._project.path} is open for reading alone: no masks can be imported into it here."
            )
            return
        name = info.path.name if info.path.is_dir() else info.path.stem
        dialog = ImportDialog(name, self._settings, info.path.parent, self._window)
        dialog.looked.connect(self._look_at)
        dialog.wanted.connect(self._keep)
        dialog.finished.connect(self._dialog_closed)
        self.dialog = dialog
        dialog.open()

    @Slot()
    def cancel(self) -> None:
        """The window goes: nobody waits for a preview any more."""
        self._looks.cancel_all()

    @Slot()
    def _leave(self) -> None:
        if self.dialog is not None:
            self.dialog.reject()

    @Slot()
    def _dialog_closed(self) -> None:
        self.cancel()
        self._found = None
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    # Looking

    @Slot(object)
    def _look_at(self, choice: ImportChoice | None) -> None:
        self._looks.cancel_all()
        self._look, self._found = None, None
        info = self._session.info
        if choice is None or info is None:
            return

        def look(place: "tuple[Project | None, int | None]") -> None:
            if self.dialog is not None and self.dialog.choice == choice:
                self._look = self._looks.submit(
                    lambda context: _look(info, choice, *place, context),
                    lambda looked: self._show(choice, looked),
                    lambda failure: self._refuse(choice, failure),
                )

        self._project.read(lambda work, _: (work.lazy.project, work.clip), look)

    def _show(self, choice: ImportChoice, looked: _Looked) -> None:
        if self.dialog is not None and self.dialog.choice == choice:  # else it has changed since
            self._found, report = looked
            self.dialog.show_preview(report)

    def _refuse(self, choice: ImportChoice, failure: Failure) -> None:
        if self.dialog is not None and self.dialog.choice == choice:
            self.dialog.refuse(failure.sentence)

    @Slot(object)
    def _advanced(self, task: Task) -> None:
        if self.dialog is not None and task is self._look:
            self.dialog.show_progress(task.done)

    @Slot(object)
    def _looked(self, task: Task) -> None:
        if task is self._look:
            self._look = None

    # Keeping

    @Slot(object)
    def _keep(self, choice: ImportChoice) -> None:
        found = self._found
        if found is None or self.dialog is None:
            return
        self.dialog.remember()

        def keep(project: "Project", clip: int) -> "ImportReport":
            from core.exchange.mask_import import keep_found

            return keep_found(project, clip, found, choice.kind)

        self._project.change(keep, self._done, name="Import masks")
        self.dialog.accept()

    def _done(self, report: "ImportReport") -> None:
        from core.exchange.report_words import import_sentence, unmatched_lines

        self.report = ReportBox(
            "Import masks",
            import_sentence(report),
            self._window,
            heading="Files that did not fit",
            lines=unmatched_lines(report),
        )
        self.report.destroyed.connect(self._report_closed)
        self.report.show()

    @Slot()
    def _report_closed(self) -> None:
        self.report = None


def _look(
    info: "ClipInfo",
    choice: ImportChoice,
    project: "Project | None",
    clip: int | None,
    context: TaskContext,
) -> _Looked:
    """In a thread of its own: which masks there are, and what would become of them."""
    from core.exchange.mask_import import match_masks, preview, record_of

    record = record_of(info) if project is None or clip is None else project.clip(clip)
    found = match_masks(
        record,
        choice.source,
        choice.first_number,
        cancelled=context.cancelled,
        progress=lambda files: context.report(files, 0),
    )
    return found, preview(project, clip, found, choice.kind)
