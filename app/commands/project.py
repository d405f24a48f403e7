"""The commands of projects: new, open, save, add clips; and what follows when a project has been opened."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.actions import Actions
from app.opening import CLIP_ENDINGS
from app.project.adding import ClipAdding
from app.project.clip_finder import ClipFinder
from app.project.project_names import PROJECT_FILTER, SUFFIX, with_suffix
from app.project.project_session import ProjectSession
from app.project.recovery import Recovery
from app.session.clip_session import ClipSession
from app.session.records import Failure
from app.settings import Settings
from app.widgets.prompt_bar import Answer, PromptBar, Question

_CLIP_FILTER = f"Videos and pictures ({CLIP_ENDINGS})"
_ELSEWHERE = Answer("elsewhere", "Save it elsewhere…", "Copy the project to another place and go on there")
_FINE = Answer("fine", "Good")
_NEW = Answer("new", "New project…", "Make an empty project and open it")
_SAVE = Answer("save", "Save project as…", "Give what you have corrected so far a place of its own")
_LATER = Answer("later", "Not now")


@dataclass(frozen=True, slots=True)
class _About:
    what: str


class ProjectCommands(QObject):
    """Connects the project's part of the File menu with the project session."""

    told = Signal(str)
    """One sentence that is no trouble."""
    asked = Signal()
    """Another project is being opened or made: what was said before is settled."""
    opened = Signal()
    """Another project is open, or this one at another place."""

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        session: ClipSession,
        project: ProjectSession,
        finder: ClipFinder,
        adding: ClipAdding,
        recovery: Recovery,
        prompt: PromptBar,
        settings: Settings,
    ) -> None:
        super().__init__(actions)
        self._actions = actions
        self._window, self._session, self._project = window, session, project
        self._finder, self._adding, self._recovery = finder, adding, recovery
        self._prompt, self._settings = prompt, settings
        self._asked: Path | None = None
        commands: dict[str, Callable[[], None]] = {
            "new_project": self.ask_new,
            "open_project": self.ask_open,
            "save_project": self.save,
            "add_clips": self.ask_clips,
            "close_project": self.close,
        }
        for name, act in commands.items():
            actions.by_name[name].triggered.connect(act)
        actions.put_to_use(*commands)
        prompt.answered.connect(self._answered)
        project.opened.connect(self._opened)
        project.closed.connect(self._closed)
        project.failed.connect(self._failed)
        adding.added.connect(self._added)
        recovery.recovered.connect(self.open)

    # Opening

    @Slot(object)
    def open(self, path: Path) -> None:
        """Open a project; the clip that is shown stays until that has succeeded."""
        path = path.absolute()
        here = self._project.path
        if self._project.is_named and here is not None and here.resolve() == path.resolve():
            self.told.emit(f"{path} is open already.")
            return
        self._asked = path
        self.asked.emit()
        self._project.open(path)

    @Slot()
    def close(self) -> None:
        """Close the project with its clip: the next clip is not added to it."""
        if self._project.is_named:
            self._session.close()
            self._project.close()

    @Slot()
    def _closed(self) -> None:
        self._actions.enable_for_project(False)
        self._prompt.withdraw()

    @Slot()
    def _opened(self) -> None:
        path = self._project.path
        assert path is not None
        self._actions.enable_for_project(True)
        self._asked = None
        self._settings.remember(path)
        self._prompt.withdraw()
        self.opened.emit()
        if self._project.clip_id is not None:
            return  # it was saved under another name: the same clip stays in the window
        if self._project.clips:
            self._finder.open_clip(self._project.clips[0].id)
        else:
            self._session.close()

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        path, self._asked = self._asked or self._project.path, None
        if path is not None and failure.kind == "DamagedProjectError":
            self._recovery.offer(path, failure.sentence)

    # The commands

    @Slot()
    def ask_new(self) -> None:
        dialog = self._save_dialog("New project", f"project.{SUFFIX}")
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # what is there is never replaced
        dialog.fileSelected.connect(self._new_chosen)
        dialog.open()

    @Slot(str)
    def _new_chosen(self, name: str) -> None:
        self.asked.emit()
        self._project.create(with_suffix(Path(name)))

    @Slot()
    def ask_open(self) -> None:
        dialog = self._dialog("Open a project", f"{PROJECT_FILTER};;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._open_chosen)
        dialog.open()

    @Slot(str)
    def _open_chosen(self, name: str) -> None:
        self.open(Path(name))

    @Slot()
    def save(self) -> None:
        """Give a draft a place; a named project is saved already."""
        if self._project.is_named:
            words = f"Everything is saved already, in {self._project.path}."
            self._prompt.ask(Question(words, (_FINE, _ELSEWHERE), _About("saved")))
        else:
            self.ask_save_as()

    @Slot()
    def ask_save_as(self) -> None:
        """Ask where the project shall be."""
        path, info = self._project.path, self._session.info
        name = path.stem if path is not None and self._project.is_named else "project"
        if info is not None and not self._project.is_named:
            name = Path(info.path).stem
        dialog = self._save_dialog("Save project as", f"{name}.{SUFFIX}")
        dialog.fileSelected.connect(self._save_chosen)
        dialog.open()

    @Slot(str)
    def _save_chosen(self, name: str) -> None:
        self._project.save_as(with_suffix(Path(name)))

    @Slot()
    def ask_clips(self) -> None:
        """Ask for the files of clips to add."""
        if self._refuse_adding():
            return
        dialog = self._dialog("Add clips to the project", f"{_CLIP_FILTER};;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._clips_chosen)
        dialog.open()

    @Slot(list)
    def _clips_chosen(self, names: list[str]) -> None:
        self.add([Path(name) for name in names])

    @Slot(list)
    def add(self, paths: list[Path]) -> None:
        """Add these clips to the open project."""
        if paths and not self._refuse_adding():
            self._adding.add(paths)

    def _refuse_adding(self) -> bool:
        if self._project.read_only:
            self.told.emit(f"{self._project.path} is open for reading alone: no clip can be added.")
            return True
        if self._project.is_named:
            return False
        words = "Clips are added to a project, and none is open."
        answers = (_NEW, _SAVE, _LATER) if self._session.info is not None else (_NEW, _LATER)
        self._prompt.ask(Question(words, answers, _About("no project")))
        return True

    @Slot(list)
    def _added(self, clips: list[int]) -> None:
        if clips and self._session.info is None:
            self._finder.open_clip(clips[0])

    @Slot(object, str)
    def _answered(self, question: Question, key: str) -> None:
        if isinstance(question.about, _About):
            acts = {"elsewhere": self.ask_save_as, "save": self.ask_save_as, "new": self.ask_new}
            if key in acts:
                acts[key]()

    # Dialogs

    def _save_dialog(self, title: str, name: str) -> QFileDialog:
        dialog = self._dialog(title, PROJECT_FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)
        dialog.selectFile(name)
        return dialog

    def _dialog(self, title: str, filters: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(self._folder()), filters)
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
        dialog.resize(820, 520)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _folder(self) -> Path:
        """Of the project; for a draft, of the clip."""
        if self._project.is_named and self._project.path is not None:
            return self._project.path.parent
        info = self._session.info
        return Path(info.path).parent if info is not None else Path.home()
