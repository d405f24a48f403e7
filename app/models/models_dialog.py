"""The dialog with the models: the list, what is known of one or two of them, what can be done. It decides nothing."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.models.model_list import ModelList
from app.models.model_sheet import ModelSheet
from app.models.model_words import ModelEntry
from app.theme import Theme
from app.widgets.labels import label
from app.widgets.prompt_bar import Answer, PromptBar, Question
from app.widgets.warning_line import WarningLine

_SIZE = QSize(900, 580)


class ModelsDialog(QDialog):
    """Not modal; every command holds at once."""

    import_wanted = Signal()
    file_wanted = Signal()
    default_wanted = Signal(str)
    back_wanted = Signal()
    deletion_wanted = Signal(str)
    report_wanted = Signal(str)
    facts_wanted = Signal(object)
    """The chosen entries, one or two, of which all is to be shown."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Models")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.list = ModelList(theme)
        self.list.setMinimumWidth(190)
        self.sheet = ModelSheet()
        self.now = label(kind="quiet", wrap=True)
        self.trouble = WarningLine(theme)
        self.doing = label(kind="quiet", wrap=True)
        self.doing.hide()
        self.prompt = PromptBar(theme)
        self.add = _button(
            "&Import…", "A .safetensors or .pth file, kept as a model of yours", self.import_wanted
        )
        self.file = _button(
            "Predict with a &file…", "Without keeping it as a model of yours", self.file_wanted
        )
        self.default = _button("Make &default", "Predict with it from now on", self._ask_default)
        self.back = _button("&Roll back", "Return to the model that was the default before", self.back_wanted)
        self.delete = _button("De&lete…", "Remove the model and its files", self._ask_deletion)
        self.report = _button(
            "&Open the report", "What the finetuning changed, in the browser", self._ask_report
        )
        self._lay_out()
        self.list.chosen_changed.connect(self._show_chosen)
        self.prompt.answered.connect(self._answered)
        self.list.deletion_wanted.connect(self._ask_deletion)
        self._show_chosen()

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._list_with_hint())
        split.addWidget(self.sheet)
        split.setStretchFactor(1, 1)
        split.setSizes([280, 600])
        commands = QHBoxLayout()
        commands.setSpacing(6)
        for button in (self.default, self.back, self.report, self.delete):
            commands.addWidget(button)
        commands.addStretch(1)
        for button in (self.add, self.file):
            commands.addWidget(button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 12)
        column.setSpacing(10)
        column.addWidget(self.now)
        column.addWidget(self.prompt)
        column.addWidget(self.trouble)
        column.addWidget(self.doing)
        column.addWidget(split, 1)
        column.addLayout(commands)
        column.addWidget(buttons)
        room = self.screen().availableSize() - QSize(40, 80)
        self.resize(_SIZE.boundedTo(room))

    def _list_with_hint(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addWidget(label("Ctrl and a click choose a second one, to compare.", "quiet", wrap=True))
        return side

    def show_models(self, entries: tuple[ModelEntry, ...], now: str) -> None:
        """now: a sentence where something outside the list predicts."""
        self.now.setText(now)
        self.now.setVisible(bool(now))
        self.list.show_entries(entries)

    def say(self, sentence: str) -> None:
        """Something could not be done; an empty sentence takes the last one away."""
        self.doing.hide()
        self.trouble.say(sentence)

    def say_doing(self, words: str) -> None:
        """Something takes a while; `say` takes this away."""
        self.trouble.say("")
        self.doing.setText(words)
        self.doing.show()

    @Slot()
    def _show_chosen(self) -> None:
        chosen = self.list.chosen
        one = chosen[0] if len(chosen) == 1 else None
        usable = one is not None and not one.record.trouble and one.record.facts.kind == "model"
        self.default.setEnabled(usable and one is not None and not (one.record.is_default and one.predicts))
        self.delete.setEnabled(
            one is not None and not one.record.is_default and one.record.facts.origin != "bundled"
        )
        self.report.setVisible(one is not None and one.record.report is not None)
        if not chosen:
            self.sheet.show_words("Choose a model; with Ctrl a second one, to compare both.")
        elif len(chosen) > 2:
            self.sheet.show_words("Choose one model, or two to compare them.")
        else:
            self.facts_wanted.emit(chosen)

    def _one(self) -> ModelEntry | None:
        chosen = self.list.chosen
        return chosen[0] if len(chosen) == 1 else None

    @Slot()
    def _ask_default(self) -> None:
        entry = self._one()
        if entry is not None:
            self.list.setFocus()  # the button goes out; the next one would roll back
            self.default_wanted.emit(entry.record.id)

    @Slot()
    def _ask_report(self) -> None:
        entry = self._one()
        if entry is not None:
            self.report_wanted.emit(str(entry.record.report))

    @Slot()
    def _ask_deletion(self) -> None:
        entry = self._one()
        if entry is None or not self.delete.isEnabled():
            return
        self.prompt.ask(
            Question(
                f"Delete {entry.record.name}? Its file is removed and cannot be brought back.",
                (
                    Answer("keep", "&Keep it"),
                    Answer("delete", "&Delete it", "Removes the model's file for good"),
                ),
                about=entry.record.id,
            )
        )
        self.prompt.button("keep").setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.prompt.question is not None:
            self.prompt.withdraw()
            self.list.setFocus()
        else:
            super().keyPressEvent(event)

    @Slot(object, str)
    def _answered(self, question: Question, answer: str) -> None:
        if answer == "delete":
            self.deletion_wanted.emit(question.about)
        self.list.setFocus()


def _button(words: str, tip: str, act: object) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(act)
    return button
