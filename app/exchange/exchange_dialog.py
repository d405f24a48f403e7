"""What the dialogs of export and import have in common: rows of a form, one sentence, a button that begins."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QPushButton, QVBoxLayout, QWidget

from app.exchange.form_parts import row
from app.settings import Settings
from app.widgets.labels import label

_WIDTH = 760


class ExchangeDialog(QDialog):
    """start: the button that begins; a press on it calls `ask`."""

    def __init__(self, title: str, start: str, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._settings = settings
        self.sentence = label(wrap=True)
        self.sentence.setMinimumHeight(self.sentence.fontMetrics().lineSpacing() * 2)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.start = QPushButton(start)
        self.start.setProperty("primary", True)
        self.start.setDefault(True)
        self.buttons.addButton(self.start, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.ask)
        self.buttons.rejected.connect(self.reject)

    @Slot()
    def ask(self) -> None:
        """Everything is chosen."""
        raise NotImplementedError

    def arrange(self, *parts: tuple[str, QWidget], below: QWidget | None = None) -> None:
        """The rows of the form, the sentence under them, and what takes the rest of the height."""
        form = QGridLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(14)
        form.setColumnStretch(1, 1)
        for words, part in parts:
            row(words, part, form)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(14)
        column.addLayout(form)
        column.addWidget(self.sentence)
        if below is None:
            column.addStretch(1)
        else:
            column.addWidget(below, 1)
        column.addWidget(self.buttons)
        self.resize(_WIDTH, self.sizeHint().height())

    def say(self, sentence: str) -> None:
        """What would happen, or why it cannot."""
        self.sentence.setText(sentence)
        self.sentence.setAccessibleName(sentence)
