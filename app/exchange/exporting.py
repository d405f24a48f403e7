"""Export from the window: opens the dialog, checks what was chosen, runs the job and tells how it went."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.exchange.export_dialog import ExportDialog
from app.exchange.records import ExportChoice, ExportFacts, Scope
from app.exchange.report_box import ReportBox
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.preload import preload_runtimes
from app.session.records import Failure
from app.session.task_queue import TaskContext, TaskQueue
from app.settings import Settings
from core.resources import sample_clip_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from core.exchange.project_export import ExportReport
    from core.project import Project
    from core.project.clip_work import ClipWork


class Exporting(QObject):
    """Belongs to the window's thread."""

    failed = Signal(object)

    def __init__(
        self,
        session: ClipSession,
        inference: InferenceControl,
        project: ProjectSession,
        jobs: TaskQueue,
        settings: Settings,
        marked: "Callable[[], range | None]",
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._inference, self._project = session, inference, project
        self._jobs, self._settings, self._marked, self._window = jobs, settings, marked, window
        self.dialog: ExportDialog | None = None
        self.report: ReportBox | None = None
        project.leaving.connect(self._leave)

    @Slot()
    def ask(self) -> None:
        """Open the dialog."""
        info = self._session.info
        if info is None or self.dialog is not None:
            return
        marked = self._marked()
        name = info.path.name if info.path.is_dir() else info.path.stem
        dialog = ExportDialog(name, marked, self._settings, self._folder(), self._window)
        dialog.wanted.connect(self._wanted)
        dialog.finished.connect(self._dialog_closed)
        self.dialog = dialog
        self._project.read(lambda work, _: _facts(work, name, marked), self._show_facts)
        dialog.open()

    def _folder(self) -> Path:
        """Where exports are proposed: where the last one went, else beside the project or the clip."""
        last = Path(self._settings.export_folder)
        if self._settings.export_folder and last.is_dir():
            return last
        assert self._session.info is not None
        path = self._project.path
        beside = path if path is not None and self._project.is_named else self._session.info.path
        if beside == sample_clip_path() or not os.access(beside.parent, os.W_OK):
            return Path(platformdirs.user_documents_dir())
        return beside.parent

    @Slot()
    def _leave(self) -> None:
        if self.dialog is not None:
            self.dialog.reject()

    @Slot()
    def _dialog_closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _show_facts(self, facts: ExportFacts) -> None:
        if self.dialog is not None:
            self.dialog.show_facts(facts)

    @Slot(object)
    def _wanted(self, choice: ExportChoice) -> None:
        marked = self._marked()

        def check(project: "Project", clip: int) -> bool:
            from core.exchange.project_export import is_taken

            return is_taken(project, choice.target, None if choice.scope == "all" else [clip])

        def prepare(work: "ClipWork", _: TaskContext) -> tuple[Path, int, bool]:
            project, clip = work.ensure()
            return project.path, clip, check(project, clip)

        def checked(found: tuple[Path, int, bool]) -> None:
            path, clip, taken = found
            if self.dialog is None:
                return
            if taken and not choice.overwrite:
                self.dialog.ask_overwrite()
                return
            self.dialog.remember()
            self.dialog.accept()
            self._start(choice, path, clip, marked)

        self._project.read(prepare, checked, self._refused)

    def _refused(self, failure: Failure) -> None:
        if self.dialog is not None:
            self.dialog.refuse(failure.sentence)

    def _start(self, choice: ExportChoice, project: Path, clip: int, marked: range | None) -> None:
        frames = marked if choice.scope == "marked" else None
        clips = None if choice.scope == "all" else [clip]
        folders = [] if self._session.info is None else [self._session.info.path.parent]
        model, settings = self._inference.model, self._inference.settings

        def work(context: TaskContext) -> "ExportReport":
            from core.exchange.project_export import export_project
            from core.project import Project

            predict = None
            if choice.everything:
                preload_runtimes()
                from core.inference.clip_predictions import ClipPredictions

                predict = ClipPredictions(model, settings, cancelled=context.cancelled)
            # A handle of its own: the window may close the project, or open another one, meanwhile.
            with Project.open(project, read_only=True) as opened:
                return export_project(
                    opened,
                    choice.form,
                    choice.target,
                    clips=clips,
                    frames=frames,
                    predict=predict,
                    folders=folders,
                    overwrite=choice.overwrite,
                    progress=context.report,
                    cancelled=context.cancelled,
                )

        name = f"Export to {choice.target.name}"
        self._jobs.submit(work, self._done, self.failed.emit, name=name, cancellable=True)

    def _done(self, report: "ExportReport") -> None:
        from core.exchange.report_words import export_sentence

        target = Path(report.target)
        self.report = ReportBox("Export", export_sentence(report), self._window, folder=target)
        self.report.destroyed.connect(self._report_closed)
        self.report.show()

    @Slot()
    def _report_closed(self) -> None:
        self.report = None


def _facts(work: "ClipWork", name: str, marked: range | None) -> ExportFacts:
    """In the queue's thread: how many frames each choice would write."""
    from core.exchange.project_frames import count_frames

    project = work.lazy.project
    accepted: dict[Scope, dict[str, int]] = {"shown": {name: 0}, "all": {}, "marked": {name: 0}}
    frames: dict[Scope, dict[str, int]] = {
        "shown": {name: work.info.frame_count},
        "all": {},
        "marked": {name: 0 if marked is None else len(marked)},
    }
    for clip in [] if project is None else project.clips():
        assert project is not None
        words = clip.name if clip.name not in frames["all"] else f"{clip.name} ({clip.id})"
        accepted["all"][words] = count_frames(project, clip, None, everything=False)
        frames["all"][words] = clip.frame_count
        if clip.id == work.clip:
            accepted["shown"][name] = accepted["all"][words]
            accepted["marked"][name] = count_frames(project, clip, marked, everything=False)
    return ExportFacts(accepted, frames)
