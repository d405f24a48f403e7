"""Opens the dialog of models and does what it asks for, in a queue. What is allowed, core.registry decides."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from app.actions import Actions
from app.finetune.promotion import Promotion
from app.models.model_words import ModelEntry, Rows, describe
from app.models.models_dialog import ModelsDialog
from app.session.inference_control import InferenceControl
from app.session.preload import preload_runtimes
from app.session.records import Failure
from app.session.task_queue import TaskQueue
from app.theme import Theme

if TYPE_CHECKING:
    from core.registry import ModelRecord, ModelRegistry

_FILES = "Models (*.safetensors *.pth *.pt)"


@dataclass(frozen=True, slots=True, eq=False)
class _Listed:
    entries: tuple[ModelEntry, ...]
    notice: str


@dataclass(frozen=True, slots=True, eq=False)
class _Facts:
    """ids: of the models. rows: of each. weights: how far apart two are."""

    ids: tuple[str, ...]
    rows: tuple[Rows, ...]
    weights: dict[str, float]


class ModelsControl(QObject):
    """Belongs to the window's thread."""

    changed = Signal()
    """A file was imported or deleted."""

    def __init__(
        self,
        promotion: Promotion,
        inference: InferenceControl,
        queue: TaskQueue,
        actions: Actions,
        theme: Theme,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._promotion, self._inference, self._queue = promotion, inference, queue
        self._actions, self._theme, self._window = actions, theme, window
        self._shown: Path | None = None
        self.dialog: ModelsDialog | None = None
        promotion.models_changed.connect(self.refresh)
        promotion.failed.connect(self._tell)
        inference.state_changed.connect(self._model_may_differ)

    @Slot()
    def show(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self.dialog is None:
            dialog = self.dialog = ModelsDialog(self._theme, self._window)
            dialog.import_wanted.connect(self._ask_file)
            dialog.file_wanted.connect(self._actions.by_name["choose_model"].trigger)
            dialog.default_wanted.connect(self._make_default)
            dialog.back_wanted.connect(self._roll_back)
            dialog.deletion_wanted.connect(self._delete)
            dialog.report_wanted.connect(self._open_report)
            dialog.facts_wanted.connect(self._read_facts)
            dialog.finished.connect(self._closed)
            self.refresh()
            dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    @Slot()
    def refresh(self) -> None:
        """Read the list anew, while it is to be seen."""
        now = self._inference.model
        self._shown = now
        if self.dialog is not None:
            self._queue.submit(lambda _: _listed(now), self._show_models, self._tell)

    @Slot()
    def _model_may_differ(self) -> None:
        """A file may have been chosen beside the list."""
        if self._inference.model != self._shown:
            self.refresh()

    @Slot()
    def _closed(self) -> None:
        self.dialog = None

    def _show_models(self, listed: _Listed) -> None:
        if self.dialog is not None:
            self.dialog.show_models(listed.entries, listed.notice)

    @Slot(object)
    def _read_facts(self, entries: list[ModelEntry]) -> None:
        self._queue.submit(lambda _: _facts(entries), self._show_facts, self._tell)

    def _show_facts(self, facts: _Facts) -> None:
        if self.dialog is None or facts.ids != tuple(entry.record.id for entry in self.dialog.list.chosen):
            return
        if len(facts.rows) == 1:
            self.dialog.sheet.show_one(facts.rows[0])
        else:
            self.dialog.sheet.show_two(facts.rows[0], facts.rows[1], facts.weights)

    # What is done

    @Slot()
    def _ask_file(self) -> None:
        dialog = QFileDialog(self.dialog, "Import a model", str(Path.home()), f"{_FILES};;All files (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.resize(820, 520)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.import_file)
        dialog.open()

    @Slot(str)
    def import_file(self, name: str) -> None:
        """Keep a weights file as a model of this user."""

        def added(record: "ModelRecord") -> None:
            self._say("")
            self.changed.emit()
            self.refresh()
            if self.dialog is not None:
                # After the list, which is read anew.
                self._queue.submit(lambda _: None, lambda _: self._choose(record.id))

        self._change(lambda registry: registry.add(Path(name)), added)
        if self.dialog is not None:
            self.dialog.say_doing(f"Importing {Path(name).name}…")

    def _choose(self, model: str) -> None:
        if self.dialog is not None:
            self.dialog.list.choose(model)

    @Slot(str)
    def _make_default(self, model: str) -> None:
        self._say("")
        self._promotion.make_default(model)

    @Slot()
    def _roll_back(self) -> None:
        self._say("")
        self._promotion.roll_back()

    @Slot(str)
    def _delete(self, model: str) -> None:
        self._change(lambda registry: registry.delete(model), lambda _: self._deleted())

    def _deleted(self) -> None:
        self.changed.emit()
        self.refresh()
        self._promotion.read_history()

    @Slot(str)
    def _open_report(self, page: str) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(page))

    def _change(self, work: "Callable[[ModelRegistry], Any]", done: Callable[[Any], None]) -> None:
        def task(_: object) -> Any:
            preload_runtimes()
            from core.registry import ModelRegistry

            return work(ModelRegistry())

        self._say("")
        self._queue.submit(task, done, self._tell)

    @Slot(object)
    def _tell(self, failure: Failure) -> None:
        self._say(failure.sentence)

    def _say(self, sentence: str) -> None:
        if self.dialog is not None:
            self.dialog.say(sentence)


# In the queue's thread


def _listed(now: Path) -> _Listed:
    from core.registry import ModelRegistry, find_default

    records = ModelRegistry().models()
    names = {record.facts.sha256: record.name for record in records if record.facts.sha256}
    entries = tuple(
        ModelEntry(
            record,
            record.path == now,
            names.get(str(record.facts.lineage.get("base_sha256")), _base_name(record)),
        )
        for record in records
    )
    notice = find_default().notice or ""
    if all(record.path != now for record in records):
        notice = f"Predicts now: {now}, a file outside this list. {notice}".strip()
    return _Listed(entries, notice)


def _base_name(record: "ModelRecord") -> str:
    return Path(str(record.facts.lineage.get("base", ""))).name


def _facts(entries: list[ModelEntry]) -> _Facts:
    preload_runtimes()
    from core.cli.model_compare import compare
    from core.errors import StudioError
    from core.network import inspect_checkpoint

    rows: list[Rows] = []
    for entry in entries:
        try:
            is_model = entry.record.facts.kind == "model"
            rows.append(describe(entry, inspect_checkpoint(entry.record.path) if is_model else None))
        except StudioError as error:
            rows.append({**describe(entry, None), "Trouble": entry.record.trouble or str(error)})
    weights: dict[str, float] = {}
    if len(entries) == 2 and all(entry.record.facts.kind == "model" for entry in entries):
        try:
            weights = compare(entries[0].record.path, entries[1].record.path, []).distance
        except StudioError:
            weights = {}
    return _Facts(tuple(entry.record.id for entry in entries), tuple(rows), weights)
