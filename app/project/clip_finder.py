"""Opens clips of the project wherever they are now; asks where one is missing or has changed. Looking is core's."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.names import elided
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.records import Failure
from app.session.task_queue import TaskQueue
from app.widgets.prompt_bar import Answer, PromptBar, Question

if TYPE_CHECKING:
    from core.project import ClipPlace, ClipRecord, Project

_LONGEST_PATH = 70
_FILE = Answer("file", "Locate file…", "Choose the file that this clip is now")
_FORMER = Answer("file", "Locate the former file…", "Choose the file that was added to the project")
_FOLDER = Answer("folder", "Search a folder…", "Look for the same content in a folder and all below it")
_REMOVE = Answer("remove", "Remove from project…", "Take the clip and its corrections out of the project")
_USE = Answer("use", "Use it anyway", "Its corrections stay with their frame numbers")
_LATER = Answer("later", "Not now")


@dataclass(frozen=True, slots=True, eq=False)
class LostClip:
    """What a question is about. path: a file with another content, None where there is none."""

    record: "ClipRecord"
    path: Path | None


class ClipFinder(QObject):
    """All members belong to the window's thread."""

    found = Signal(object)
    """The path of the clip that was asked for: it is to be shown."""
    not_found = Signal()
    """The clip cannot be shown; the person is being asked."""
    removal_wanted = Signal(int)
    told = Signal(str)
    """One sentence that is no trouble."""
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        session: ClipSession,
        project: ProjectSession,
        edits: TaskQueue,
        jobs: TaskQueue,
        prompt: PromptBar,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._project = window, session, project
        self._edits, self._jobs, self._prompt = edits, jobs, prompt
        self._looking_for: LostClip | None = None
        prompt.answered.connect(self._answered)
        project.attached.connect(self._remember_place)

    @Slot(int)
    def open_clip(self, clip: int) -> None:
        """Show a clip of the project, found by its content."""
        record, project = self._record(clip), self._project.path
        if record is not None and project is not None:
            self._prompt.withdraw()
            self._edits.submit(
                lambda _: _find(record, project, None), lambda place: self._take(record, place), self._failed
            )

    @Slot(int)
    def locate(self, clip: int) -> None:
        """Ask for the file of a clip."""
        record = self._record(clip)
        if record is not None:
            self._ask_file(LostClip(record, None))

    def _record(self, clip: int) -> "ClipRecord | None":
        return next((record for record in self._project.clips if record.id == clip), None)

    def _take(self, record: "ClipRecord", place: "ClipPlace") -> None:
        if self._record(record.id) is None:
            return  # another project is open by now
        if place.path is not None and place.status in ("found", "moved"):
            if place.status == "moved":
                self.told.emit(place.sentence)
            self.found.emit(place.path)
            return
        self._ask(LostClip(record, place.path))
        self.not_found.emit()

    # Asking

    def _ask(self, lost: LostClip, searched: Path | None = None) -> None:
        record = lost.record
        if lost.path is not None:
            there = elided(str(lost.path), _LONGEST_PATH)
            sentence = f"{there} is not what was added as {record.name}: its masks may not fit."
            answers = (_FORMER, _USE, _LATER)
        elif searched is not None:
            sentence = f"{record.name} is not in {elided(str(searched), _LONGEST_PATH)} either."
            answers = (_FOLDER, _FILE, _REMOVE, _LATER)
        else:
            folder = elided(str(record.path.parent), _LONGEST_PATH)
            sentence = f"{record.path.name} is not at {folder} any more."
            answers = (_FILE, _FOLDER, _REMOVE, _LATER)
        self._prompt.ask(Question(sentence, answers, lost))

    @Slot(object, str)
    def _answered(self, question: Question, key: str) -> None:
        lost = question.about
        if not isinstance(lost, LostClip) or self._record(lost.record.id) is None:
            return
        if key == "file":
            self._ask_file(lost)
        elif key == "folder":
            self._ask_folder(lost)
        elif key == "use" and lost.path is not None:
            self._use(lost.record, lost.path)
        elif key == "remove":
            self.removal_wanted.emit(lost.record.id)

    def _ask_file(self, lost: LostClip) -> None:
        of_images = lost.record.kind != "video"
        title = f"Where is {elided(lost.record.name, 40)}?"
        mode = QFileDialog.FileMode.Directory if of_images else QFileDialog.FileMode.ExistingFile
        self._dialog(lost, title, mode).fileSelected.connect(self._file_chosen)

    def _ask_folder(self, lost: LostClip) -> None:
        title = f"Where shall {elided(lost.record.name, 40)} be looked for?"
        self._dialog(lost, title, QFileDialog.FileMode.Directory).fileSelected.connect(self._folder_chosen)

    def _dialog(self, lost: LostClip, title: str, mode: QFileDialog.FileMode) -> QFileDialog:
        self._looking_for = lost
        near = lost.record.path.parent
        dialog = QFileDialog(self._window, title, str(near if near.is_dir() else Path.home()))
        dialog.setFileMode(mode)
        dialog.resize(820, 520)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    @Slot(str)
    def _file_chosen(self, name: str) -> None:
        lost, path = self._looking_for, Path(name)
        if lost is not None:
            record = lost.record
            self._edits.submit(
                lambda _: _compare(record, path), lambda place: self._take(record, place), self._failed
            )

    @Slot(str)
    def _folder_chosen(self, name: str) -> None:
        lost, folder, project = self._looking_for, Path(name), self._project.path
        if lost is None or project is None:
            return
        record = lost.record

        def done(place: "ClipPlace") -> None:
            if place.status == "moved":
                self._take(record, place)
            elif self._record(record.id) is not None:
                self._ask(LostClip(record, None), folder)

        self._jobs.submit(
            lambda context: _find(record, project, folder, context.cancelled),
            done,
            self._failed,
            name=f"Look for {record.name}",
            cancellable=True,
        )

    def _use(self, record: "ClipRecord", path: Path) -> None:
        project = self._project.project
        if project is not None:
            self._jobs.submit(
                lambda _: _relink(project, record.id, path), self._used, self._failed, name=f"Use {path.name}"
            )

    def _used(self, path: Path) -> None:
        self._project.refresh_clips()
        self.found.emit(path)

    @Slot()
    def _remember_place(self) -> None:
        """A clip that is open at another place than the project knows is known there from now on."""
        info, clip = self._session.info, self._project.clip_id
        record = self._record(clip) if clip is not None else None
        if info is None or record is None or self._project.read_only or not record.matches(info):
            return
        if record.path != Path(os.path.abspath(info.path)):
            self._project.change(
                lambda project, number: project.relink(number, info),
                lambda _: self._project.refresh_clips(),
                frames=(),
                name="Remembering where the clip is",
            )

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure)


# In the queues' threads


def _find(
    record: "ClipRecord", project: Path, folder: Path | None, cancelled: Callable[[], bool] = lambda: False
) -> "ClipPlace":
    from core.project.clip_search import find_clip

    return find_clip(record, project, () if folder is None else (folder,), cancelled)


def _compare(record: "ClipRecord", path: Path) -> "ClipPlace":
    from core.project import ClipPlace
    from core.project.clip_search import content_fingerprint

    same = content_fingerprint(path) == record.fingerprint
    return ClipPlace("moved" if same else "changed", path, f"{record.name} is at {path} now.")


def _relink(project: "Project", clip: int, path: Path) -> Path:
    from core.video import open_clip

    with open_clip(path) as reader:
        project.relink(clip, reader.info, accept_changed=True)
    return path
