"""A finetuning as the window sees it: snapshot, child process, pause, stop, cancel, resume, and how it ended.

The work is done in the queue of jobs and in the child; the decision about the result is in promotion.py.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from app.finetune import decisions
from app.finetune.preparing import import_parts, prepare, settings_of, told_before
from app.finetune.records import BrokenRun, FinishedRun, Phase
from app.finetune.run_record import RunRecord
from app.session.records import Failure
from app.session.task_queue import Task, TaskContext, TaskQueue

if TYPE_CHECKING:
    from core.finetune.ending import FinetuneEnding
    from core.finetune.job import FinetuneSettings, PresetName
    from core.finetune.process import FinetuneProcess

Asked = Literal["", "pause", "stop", "cancel"]


class Finetuning(QObject):
    """One finetuning at a time. All members belong to the window's thread.

    phase: where it stands. record: what the run has told. asked: what it was told to do and has not done yet.
    broken, finished: of the phases of these names.
    """

    changed = Signal()
    """The phase, or what it was asked for, is another."""
    progressed = Signal()
    """`record` has been added to."""
    told = Signal(str, str)
    """One sentence on how it ended, and how the banner calls it: "notice" or "done"."""
    failed = Signal(object)
    _heard = Signal(object, object)
    _ended = Signal(object, object)

    def __init__(self, jobs: TaskQueue, queue: TaskQueue, parent: QObject) -> None:
        """jobs: for the snapshot, which is shown in the status bar. queue: for what takes a moment only."""
        super().__init__(parent)
        self._jobs, self._queue = jobs, queue
        self._snapshot: Task | None = None
        self._process: FinetuneProcess | None = None
        self._prepared: Path | None = None
        self._leaving = threading.Event()
        self.phase = Phase.IDLE
        self.record = RunRecord()
        self.asked: Asked = ""
        self.folder: Path | None = None
        self.broken: BrokenRun | None = None
        self.finished: FinishedRun | None = None
        self.make_settings: Callable[[PresetName, bool], FinetuneSettings] = settings_of
        self._heard.connect(self._take_event)
        self._ended.connect(self._take_ending)
        jobs.progressed.connect(self._snapshot_progressed)
        jobs.finished.connect(self._task_finished)

    @property
    def busy(self) -> bool:
        return self.phase in (Phase.PREPARING, Phase.RUNNING)

    # What a person asks for

    def start(self, project: Path, model: Path, preset: "PresetName", heads_only: bool) -> None:
        """Freeze the accepted frames of a project, then train on them."""
        if self.busy:
            return
        make, self._prepared = self.make_settings, None

        def work(context: TaskContext) -> "tuple[Path, str]":
            import_parts(context)
            made = prepare(project, model, make(preset, heads_only), context)
            self._prepared = made[0]
            return made

        self._begin(None, Phase.PREPARING)
        self.record.doing = "Writing the accepted frames…"
        self._snapshot = self._jobs.submit(
            work, self._snapshot_made, self._snapshot_failed, name="Prepare finetuning", cancellable=True
        )
        self._tell_changed()

    def resume(self, folder: Path) -> None:
        """Go on with a job that did not come to its end."""
        if self.busy:
            return
        self._begin(folder, Phase.PREPARING)
        self.record.doing = "Going on…"

        def work(context: TaskContext) -> RunRecord:
            import_parts(context)
            return told_before(folder)

        self._queue.submit(work, self._go_on, self._start_failed)
        self._tell_changed()

    def toggle_pause(self) -> None:
        """Pause, or go on."""
        if self._process is None or self.asked in ("stop", "cancel"):
            return
        if self.record.paused or self.asked == "pause":
            self._process.resume()
            self._ask("")
        else:
            self._process.pause()
            self._ask("pause")

    def stop_early(self) -> None:
        """End the training now; the best weights so far go on to choice and report."""
        if self._process is not None and self.asked != "cancel":
            self._process.stop_early()
            self._ask("stop")

    def cancel(self) -> None:
        """End it and forget everything of it."""
        if self._snapshot is not None:
            self._snapshot.cancel()
            self._ask("cancel")
        elif self.busy:
            if self._process is not None:
                self._process.cancel()
            self._ask("cancel")

    def forget(self) -> None:
        """Back to the beginning; what is on the disk stays."""
        if not self.busy:
            self._set_phase(Phase.IDLE)

    def remove_broken(self) -> None:
        """Forget a run that did not come to its end, and remove its files."""
        if self.broken is not None:
            folder = self.broken.folder
            self._queue.submit(lambda _: decisions.remove(folder))
            self._set_phase(Phase.IDLE)

    def show_broken(self, broken: BrokenRun) -> None:
        """A run of an earlier start of the program was not finished."""
        if self.phase is Phase.IDLE:
            self.folder, self.broken = broken.folder, broken
            self._set_phase(Phase.BROKEN)

    def show_finished(self, finished: FinishedRun) -> None:
        """There is a result, now or from an earlier start of the program."""
        if not self.busy:
            self.folder, self.finished = finished.folder, finished
            self._set_phase(Phase.DONE)

    @Slot()
    def leave(self) -> None:
        """The window goes: the child ends, what it has saved can be resumed."""
        self._leaving.set()
        if self._process is not None:
            self._process.cancel()

    # Its way

    def _begin(self, folder: Path | None, phase: Phase) -> None:
        self.folder, self.record, self.asked = folder, RunRecord(), ""
        self.broken = self.finished = None
        self.phase = phase

    def _snapshot_made(self, made: "tuple[Path, str]") -> None:
        self._snapshot = None
        self.folder, note = made
        if note:
            self.record.notes.append(note)
        self._launch(None)

    def _snapshot_failed(self, failure: Failure) -> None:
        self._snapshot = None
        self._start_failed(failure)

    def _start_failed(self, failure: Failure) -> None:
        self._set_phase(Phase.IDLE)
        self.failed.emit(failure)

    @Slot(object)
    def _snapshot_progressed(self, task: Task) -> None:
        if task is self._snapshot:
            self.record.done, self.record.total = task.done, task.total
            self.progressed.emit()

    @Slot(object)
    def _task_finished(self, task: Task) -> None:
        """A cancelled task calls nobody back."""
        if task is self._snapshot and task.cancelled:
            self._snapshot = None
            if (late := self._prepared) is not None:  # cancelled in the moment that it was done
                self._queue.submit(lambda _: decisions.remove(late))
            self._set_phase(Phase.IDLE)
            self.told.emit("The finetuning was cancelled before it began; the model is as it was.", "done")

    def _go_on(self, record: RunRecord) -> None:
        self.record = record
        self._launch(None)

    def _launch(self, _: object) -> None:
        from core.errors import StudioError
        from core.finetune.process import FinetuneProcess

        folder = self.folder
        assert folder is not None
        if self._leaving.is_set():
            return
        if self.asked == "cancel":
            self._discard("The finetuning was cancelled; the model is as it was.")
            return
        try:
            self._process = FinetuneProcess.start(
                folder,
                lambda event: self._relay(folder, event),
                lambda ending: self._relay_end(folder, ending),
            )
        except StudioError as error:
            self._start_failed(Failure(0, str(error), ""))
            return
        self._set_phase(Phase.RUNNING)

    def _relay(self, folder: Path, event: dict[str, Any]) -> None:
        """In a thread of the process: over to the window's."""
        if not self._leaving.is_set():
            self._heard.emit(folder, event)

    def _relay_end(self, folder: Path, ending: "FinetuneEnding") -> None:
        if not self._leaving.is_set():
            self._ended.emit(folder, ending)

    @Slot(object, object)
    def _take_event(self, folder: Path, event: dict[str, Any]) -> None:
        if folder != self.folder or self.phase is not Phase.RUNNING:
            return
        self.record.take(event)
        if event["event"] in ("paused", "resumed"):
            if self.asked == "pause":
                self.asked = ""
            self._tell_changed()
        self.progressed.emit()

    @Slot(object, object)
    def _take_ending(self, folder: Path, ending: "FinetuneEnding") -> None:
        if folder != self.folder:
            return
        self._process = None
        if self.asked == "cancel":
            self._discard("The finetuning was cancelled; the model is as it was.")
        elif ending.kind in ("finished", "stopped early"):
            self._queue.submit(
                lambda _: decisions.read_finished(folder), self.show_result, self._result_failed
            )
        else:
            self._queue.submit(lambda _: decisions.broken_run(folder, ending), self._broke)

    def show_result(self, finished: FinishedRun) -> None:
        """The run that was at work has a result."""
        self.phase = Phase.DONE
        self.show_finished(finished)
        self.told.emit(finished.report.result.reason, "notice" if finished.report.result.kept_old else "done")

    def _result_failed(self, failure: Failure) -> None:
        assert self.folder is not None
        self._broke(BrokenRun(self.folder, failure.sentence, True))

    def _broke(self, broken: BrokenRun) -> None:
        self.broken = broken
        self._set_phase(Phase.BROKEN)
        self.told.emit(broken.sentence, "notice")

    def _discard(self, sentence: str) -> None:
        folder = self.folder
        assert folder is not None
        self._queue.submit(lambda _: decisions.remove(folder))
        self._set_phase(Phase.IDLE)
        self.told.emit(sentence, "done")

    def _ask(self, asked: Asked) -> None:
        self.asked = asked
        self._tell_changed()

    def _set_phase(self, phase: Phase) -> None:
        self.phase, self.asked = phase, ""
        self._tell_changed()

    def _tell_changed(self) -> None:
        self.changed.emit()
