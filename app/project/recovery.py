"""Offers to recover a damaged project into a new one, and does it as a job. What can be saved is core.project's."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.project.project_names import PROJECT_FILTER, SUFFIX
from app.session.records import Failure
from app.session.task_queue import TaskQueue
from app.widgets.prompt_bar import Answer, PromptBar, Question

if TYPE_CHECKING:
    from core.project import RecoveryReport

_ANSWERS = (
    Answer("recover", "Recover into a new project…", "The damaged file stays as it is"),
    Answer("later", "Not now"),
)


@dataclass(frozen=True, slots=True)
class Damaged:
    """What the question is about: a project file."""

    path: Path


class Recovery(QObject):
    """Belongs to the window's thread."""

    recovered = Signal(object)
    """The path of the new project."""
    told = Signal(str)
    failed = Signal(object)

    def __init__(self, window: QWidget, jobs: TaskQueue, prompt: PromptBar) -> None:
        super().__init__(window)
        self._window, self._jobs, self._prompt = window, jobs, prompt
        self._source: Path | None = None
        prompt.answered.connect(self._answered)

    def offer(self, path: Path, sentence: str) -> None:
        """Ask whether to recover a project that could not be opened; the sentence says why not."""
        self._prompt.ask(Question(sentence, _ANSWERS, Damaged(path)))

    @Slot(object, str)
    def _answered(self, question: Question, key: str) -> None:
        if isinstance(question.about, Damaged) and key == "recover":
            self._source = path = question.about.path
            dialog = QFileDialog(self._window, "Recover into a new project", str(path.parent), PROJECT_FILTER)
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # what is there is never replaced
            dialog.setDefaultSuffix(SUFFIX)
            dialog.selectFile(f"{path.stem} recovered.{SUFFIX}")
            dialog.resize(820, 520)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.fileSelected.connect(self._target_chosen)
            dialog.open()

    @Slot(str)
    def _target_chosen(self, name: str) -> None:
        if self._source is not None:
            self.recover(self._source, Path(name))

    def recover(self, source: Path, target: Path) -> None:
        """Write what can be read into a new project."""

        def done(report: "RecoveryReport") -> None:
            self.recovered.emit(target)
            self.told.emit(_report_words(report))

        self._jobs.submit(
            lambda _: _recover(source, target), done, self._failed, name=f"Recover {source.name}"
        )

    def _failed(self, failure: Failure) -> None:
        self.failed.emit(failure)


def _recover(source: Path, target: Path) -> "RecoveryReport":
    import logging

    from core.project import recover

    report = recover(source, target)
    for sentence in report.lost:
        logging.getLogger(__name__).warning("lost from %s: %s", source, sentence)
    return report


def _report_words(report: "RecoveryReport") -> str:
    saved = f"{report.clips} clips, {report.frames} frames ({report.accepted} accepted), {report.steps} steps"
    if not report.lost:
        return f"Recovered into {report.target}: {saved}. Nothing was lost."
    more = f" and {len(report.lost) - 1} more (see the log)" if report.lost[1:] else ""
    return f"Recovered into {report.target}: {saved}. Lost: {report.lost[0]}{more}."
