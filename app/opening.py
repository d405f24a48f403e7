"""All ways to open a clip or project: dialog, drop, recent file, sample, command line. Failures become sentences."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.actions import Actions
from app.menus import RecentMenu
from app.project.project_names import SUFFIX, is_project
from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.inference_control import InferenceControl
from app.session.records import ClipOpened, Failure
from app.settings import Settings
from app.widgets.banner import Banner
from core.resources import sample_clip_path

CLIP_ENDINGS = "*.mp4 *.mov *.m4v *.mkv *.webm *.avi *.mpg *.mpeg *.ts *.gif *.png *.jpg *.jpeg"
_FILE_FILTER = f"Videos, pictures and projects ({CLIP_ENDINGS} *.{SUFFIX})"
_MODEL_FILTER = "Models (*.safetensors *.pth)"


class Opening(QObject):
    """Opens clips in the session, hands projects on, and keeps the list of recent files."""

    project_wanted = Signal(object)
    """The path of a project that is to be opened."""
    clips_wanted = Signal(list)
    """Paths that are to be added to the open project, several at once."""

    def __init__(
        self,
        window: QWidget,
        session: ClipSession,
        project: ProjectSession,
        inference: InferenceControl,
        settings: Settings,
        banner: Banner,
        recent: RecentMenu,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._inference = window, session, inference
        self._project, self._settings, self._banner = project, settings, banner
        session.opened.connect(self._opened)
        session.open_failed.connect(self._failed)
        recent.chosen.connect(self.open)

    def connect(self, actions: Actions) -> None:
        """Let the commands of the File menu come here."""
        actions.open_file.triggered.connect(self.ask_file)
        actions.open_folder.triggered.connect(self.ask_folder)
        actions.open_sample.triggered.connect(self.open_sample)
        actions.choose_model.triggered.connect(self.ask_model)

    @Slot(object)
    def open(self, path: Path) -> None:
        """Open this clip or project."""
        self._banner.dismiss()
        if is_project(path):
            self.project_wanted.emit(path)
        else:
            self._session.open(path)

    def open_all(self, paths: list[Path]) -> None:
        """Open the first, a project before any clip. The others go into the open project or to the recent files."""
        paths = sorted(paths, key=lambda path: not is_project(path))
        if len(paths) > 1 and not is_project(paths[0]) and self._takes_clips:
            self.clips_wanted.emit(paths)
        for path in reversed(paths[1:]):
            self._settings.remember(path)
        self.open(paths[0])

    @property
    def _takes_clips(self) -> bool:
        return self._project.is_named and not self._project.read_only

    @Slot()
    def open_sample(self) -> None:
        self.open(sample_clip_path())

    @Slot()
    def ask_file(self) -> None:
        dialog = self._dialog(
            "Open a video or a project", QFileDialog.FileMode.ExistingFiles, f"{_FILE_FILTER};;All files (*)"
        )
        dialog.filesSelected.connect(self.open_names)
        dialog.open()

    @Slot()
    def ask_folder(self) -> None:
        dialog = self._dialog("Open a folder of images or of clips", QFileDialog.FileMode.Directory, "")
        dialog.filesSelected.connect(self.open_names)
        dialog.open()

    @Slot()
    def ask_model(self) -> None:
        dialog = self._dialog(
            "Predict with a file", QFileDialog.FileMode.ExistingFile, f"{_MODEL_FILTER};;All files (*)"
        )
        dialog.fileSelected.connect(self._model_chosen)
        dialog.open()

    def _dialog(self, title: str, mode: QFileDialog.FileMode, filters: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(self._last_folder()), filters)
        dialog.setFileMode(mode)
        dialog.setOption(QFileDialog.Option.HideNameFilterDetails)
        dialog.resize(820, 520)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def _last_folder(self) -> Path:
        for text in self._settings.recent:
            if Path(text).parent.is_dir():
                return Path(text).parent
        return Path.home()

    @Slot(list)
    def open_names(self, names: list[str]) -> None:
        """Open what was chosen in a dialog or dropped."""
        if names:
            self.open_all([Path(name) for name in names])

    @Slot(str)
    def _model_chosen(self, name: str) -> None:
        self._banner.dismiss()
        self._inference.set_model(Path(name))

    @Slot(object)
    def _opened(self, message: ClipOpened) -> None:
        for path in reversed(message.others):
            self._settings.remember(path)
        # With a project open, that is what one comes back to, not each of its clips.
        if message.info.path != sample_clip_path() and not self._project.is_named:
            self._settings.remember(Path(message.info.path).absolute())
        if message.info.warnings:
            self._banner.say(message.info.warnings[0], "notice")

    @Slot(object)
    def _failed(self, failure: Failure) -> None:
        self._banner.say(failure.sentence)
