"""What is done with a result: promote, discard, roll back; the jobs that an earlier start left. Work: decisions.py."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.finetune import decisions
from app.finetune.finetuning import Finetuning
from app.finetune.records import BrokenRun, FinishedRun, PastRun, Phase
from app.names import elided
from app.project.project_session import ProjectSession
from app.session.inference_control import InferenceControl
from app.session.records import Failure
from app.session.task_queue import TaskContext, TaskQueue

if TYPE_CHECKING:
    from core.registry import ModelRecord


class Promotion(QObject):
    """Belongs to the window's thread."""

    models_changed = Signal()
    """The list of models, or which one is the default, is another."""
    history_changed = Signal()
    told = Signal(str, str)
    """A sentence, and how the banner calls it: "notice" or "done"."""
    failed = Signal(object)

    def __init__(
        self,
        finetuning: Finetuning,
        inference: InferenceControl,
        project: ProjectSession,
        queue: TaskQueue,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._finetuning, self._inference, self._project = finetuning, inference, project
        self._queue = queue
        self._looked_for: Path | None = None
        self.history: tuple[PastRun, ...] = ()
        finetuning.changed.connect(self._note_kept)
        project.attached.connect(self._look_for_jobs)
        project.opened.connect(self._look_for_jobs)
        project.attached.connect(self.read_history)
        project.opened.connect(self.read_history)
        project.closed.connect(self.read_history)

    def promote(self) -> None:
        """The new model becomes the default and predicts from now on; accepted frames stay as they are."""
        finished = self._finetuning.finished
        if finished is None or not finished.may_be_promoted:
            return
        project = self._project.project
        self._decided(finished, decisions.PROMOTED)
        self._queue.submit(
            lambda _: decisions.promote(finished.folder, project),
            self._promoted,
            lambda failure: self._not_decided(finished, failure),
        )

    def discard(self) -> None:
        """The old model stays; the result is removed."""
        finished = self._finetuning.finished
        if finished is None or finished.decision:
            return
        project = self._project.project
        self._finetuning.forget()

        def discarded(_: None) -> None:
            self.told.emit("The finetuned model was discarded; the model is as it was.", "done")
            self.read_history()

        self._queue.submit(lambda _: decisions.discard(finished.folder, project), discarded, self.failed.emit)

    def make_default(self, model: str) -> None:
        """Predict with a model of the list from now on, and whenever the program starts."""

        def work(_: TaskContext) -> "ModelRecord":
            from core.registry import ModelRegistry

            return ModelRegistry().set_default(model)

        self._queue.submit(work, lambda record: self._use(record, "predicts now"), self.failed.emit)

    @Slot()
    def roll_back(self) -> None:
        """Return to the model that was the default before."""

        def work(_: TaskContext) -> "ModelRecord":
            from core.registry import ModelRegistry

            return ModelRegistry().roll_back()

        self._queue.submit(work, lambda record: self._use(record, "predicts again"), self.failed.emit)

    def _promoted(self, record: "ModelRecord") -> None:
        self._use(record, "is the default now and predicts")
        self.read_history()

    def _use(self, record: "ModelRecord", words: str) -> None:
        if self._inference.model != record.path:
            self._inference.set_model(record.path)
        self.models_changed.emit()
        self.read_history()
        self.told.emit(
            f"“{elided(record.name, 44)}” {words}: frames that are not accepted are predicted anew, the one on "
            "screen first.",
            "done",
        )

    def _decided(self, finished: FinishedRun, decision: str) -> None:
        self._finetuning.show_finished(replace(finished, decision=decision))

    def _not_decided(self, finished: FinishedRun, failure: Failure) -> None:
        self._finetuning.show_finished(replace(finished, decision=""))
        self.failed.emit(failure)

    @Slot()
    def _note_kept(self) -> None:
        """A result that keeps the old model needs no decision: the project remembers it at once."""
        finished = self._finetuning.finished
        if self._finetuning.phase is not Phase.DONE or finished is None or finished.decision:
            return
        if finished.report.result.kept_old:
            project = self._project.project
            self._decided(finished, decisions.KEPT_OLD)
            self._queue.submit(
                lambda _: decisions.keep_old(finished.folder, project),
                lambda _: self.read_history(),
                self.failed.emit,
            )

    # What was left, what was before

    @Slot()
    def _look_for_jobs(self) -> None:
        path, before = self._project.path, self._looked_for
        if path is None or path == before or self._finetuning.busy:
            return
        self._looked_for = path
        if (
            before is not None and before.exists()
        ):  # a draft that has got its place is gone, and this is the same work
            self._finetuning.forget()
        if self._finetuning.phase is not Phase.IDLE:
            return
        self._queue.submit(lambda _: decisions.left_over(path), self._found, self.failed.emit)

    def _found(self, found: "BrokenRun | FinishedRun | None") -> None:
        if self._finetuning.phase is not Phase.IDLE or found is None:
            return
        if isinstance(found, BrokenRun):
            self._finetuning.show_broken(found)
            self.told.emit(found.sentence, "notice")
        else:
            self._finetuning.show_finished(found)
            self.told.emit(
                "The result of a finetuning of this project waits to be promoted or discarded.", "notice"
            )

    @Slot()
    def read_history(self) -> None:
        """Read the runs of the open project anew."""
        project = self._project.project
        self._queue.submit(lambda _: decisions.past_runs(project), self._show_history)

    def _show_history(self, runs: tuple[PastRun, ...]) -> None:
        if runs != self.history:
            self.history = runs
            self.history_changed.emit()
