"""Takes clips out of the project, after asking where work would be lost. What goes with a clip is core.project's."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.project.project_session import ProjectSession
from app.session.clip_session import ClipSession
from app.session.records import Failure
from app.session.task_queue import TaskQueue
from app.widgets.prompt_bar import Answer, PromptBar, Question

if TYPE_CHECKING:
    from core.project import ClipRecord

_ANSWERS = (
    Answer("keep", "Keep it"),
    Answer("remove", "Remove it with its corrections", "This cannot be undone; the clip's own file stays"),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Removal:
    record: "ClipRecord"


class ClipRemoval(QObject):
    """Belongs to the window's thread."""

    told = Signal(str)
    failed = Signal(object)

    def __init__(
        self, session: ClipSession, project: ProjectSession, edits: TaskQueue, prompt: PromptBar
    ) -> None:
        super().__init__(session)
        self._session, self._project, self._edits, self._prompt = session, project, edits, prompt
        prompt.answered.connect(self._answered)

    @Slot(int)
    def remove(self, clip: int) -> None:
        """Remove a clip; ask first where it has corrections or notes."""
        record = next((record for record in self._project.clips if record.id == clip), None)
        project = self._project.project
        if record is None or project is None:
            return
        if not self._project.is_named:
            self.told.emit("A draft has this one clip. Close the clip instead; its corrections are kept.")
            return
        if self._project.read_only:
            self.told.emit(f"{self._project.path} is open for reading alone: no clip can be removed.")
            return

        def done(has_work: bool) -> None:
            if has_work:
                words = f"{record.name} has corrections or notes, which would be lost for good."
                self._prompt.ask(Question(words, _ANSWERS, _Removal(record)))
            else:
                self._remove(record, with_corrections=False)

        self._edits.submit(lambda _: project.has_work(clip), done, self._failed)

    @Slot(object, str)
    def _answered(self, question: Question, key: str) -> None:
        if isinstance(question.about, _Removal) and key == "remove":
            self._remove(question.about.record, with_corrections=True)

    def _remove(self, record: "ClipRecord", with_corrections: bool) -> None:
        project = self._project.project
        if project is None or all(record.id != known.id for known in self._project.clips):
            return
        if record.id == self._project.clip_id:
            self._session.close()

        def done(_: None) -> None:
            self.told.emit(f"{record.name} was taken out of the project. Its file is where it was.")
            self._project.refresh_clips()

        self._edits.submit(
            lambda _: project.remove_clip(record.id, with_corrections), done, self._failed, name="Remove clip"
        )

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure)
