"""A box that tells how an export or an import went: a sentence, a list that can be copied, a folder to open."""

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.widgets.labels import label

_WIDTH = 560


class ReportBox(QDialog):
    """Not modal. heading: of the lines, such as the files that did not fit; without lines there is no list."""

    def __init__(
        self,
        title: str,
        sentence: str,
        parent: QWidget,
        *,
        heading: str = "",
        lines: str = "",
        folder: Path | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._folder, self._words = folder, f"{sentence}\n{lines}".strip()
        self.sentence = label(sentence, wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleDescription(sentence)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(12)
        column.addWidget(self.sentence)
        self.list = QPlainTextEdit(lines, readOnly=True)
        self.list.setAccessibleName(heading)
        self.list.setTabChangesFocus(True)
        self.list.setMinimumHeight(150)
        if lines:
            column.addWidget(label(heading, "headline"))
            column.addWidget(self.list, 1)
        else:
            self.list.setParent(self)
            self.list.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.buttons.rejected.connect(self.close)
        if lines:
            self._button("&Copy", self._copy)
        if folder is not None:
            self._button("&Open folder", self._open)
        column.addWidget(self.buttons)
        self.resize(_WIDTH, self.sizeHint().height())

    def _button(self, words: str, act: object) -> None:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._words)

    @Slot()
    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
