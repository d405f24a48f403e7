"""Says for as long as it is so that the open project can only be read, and takes the editing commands away."""

from PySide6.QtCore import QObject, Signal, Slot

from app.actions import Actions
from app.project.project_session import ProjectSession
from app.theme import Theme
from app.widgets.prompt_bar import Answer, PromptBar, Question

_COPY = Answer("copy", "Save a copy as…", "Copy the project to another place, where it can be changed")


class ReadOnlyNotice(QObject):
    """Owns the lasting line over the panes, which the window places."""

    copy_wanted = Signal()

    def __init__(self, actions: Actions, project: ProjectSession, theme: Theme) -> None:
        super().__init__(actions)
        self._actions, self._project = actions, project
        self.bar = PromptBar(theme)
        self.bar.answered.connect(self._answered)
        for signal in (project.opened, project.closed, project.attached, project.clips_changed):
            signal.connect(self.refresh)

    @property
    def sentence(self) -> str:
        """Why nothing can be changed; empty where it can."""
        project = self._project.project
        if project is None or not project.read_only:
            return ""
        return project.notice or f"{self._project.path} is open for reading alone."

    @Slot()
    def refresh(self) -> None:
        """Follow the project that is open now."""
        sentence = self.sentence
        if not sentence:
            self.bar.withdraw()
        elif self.bar.question is None or self.bar.question.sentence != sentence:
            self.bar.ask(Question(sentence, (_COPY,), stays=True))
        self._actions.refuse_changes(sentence)

    @Slot(object, str)
    def _answered(self, question: Question, key: str) -> None:
        self.copy_wanted.emit()
