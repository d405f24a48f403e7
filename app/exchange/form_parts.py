"""Parts that the dialogs of export and import share: groups of choices and a path with its buttons."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QWidget,
)
from superqt.elidable import QElidingLabel

from app.widgets.labels import label

LABEL_WIDTH = 76


class Choices(QWidget):
    """One of several, each with a few words behind it. words: by value, what it is called and what that means."""

    changed = Signal()

    def __init__(self, name: str, words: Mapping[str, tuple[str, str]], chosen: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.buttons: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self._notes: dict[str, QElidingLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        for row, (value, (title, note)) in enumerate(words.items()):
            button = QRadioButton(title)
            button.setAccessibleDescription(note)
            button.setChecked(value == chosen)
            self._group.addButton(button)
            self.buttons[value] = button
            quiet = self._notes[value] = QElidingLabel(note)
            quiet.setObjectName("quiet")
            quiet.setToolTip(note)
            grid.addWidget(button, row, 0)
            grid.addWidget(quiet, row, 1)
        self._group.buttonToggled.connect(self.changed)

    @property
    def value(self) -> str:
        """The chosen one."""
        return next(value for value, button in self.buttons.items() if button.isChecked())

    def offer(self, value: str, possible: bool, note: str) -> None:
        """Whether this one can be chosen, and what stands behind it; another is chosen where it was and cannot be."""
        button = self.buttons[value]
        button.setEnabled(possible)
        button.setAccessibleDescription(note)
        self._notes[value].setText(note)
        self._notes[value].setToolTip(note)
        if not possible and button.isChecked():
            next(iter(self.buttons.values())).setChecked(True)


class PathRow(QWidget):
    """A path that can be typed or chosen."""

    changed = Signal()
    picked = Signal(object)
    """A path was chosen in a dialog of files."""

    def __init__(self, name: str, words: str, folder: Path, parent: QWidget) -> None:
        """folder: where to begin looking while no path is there."""
        super().__init__(parent)
        self._words, self._folder = words, folder
        self.line = QLineEdit()
        self.line.setAccessibleName(name)
        self.line.setPlaceholderText(words)
        self.line.textChanged.connect(self.changed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addWidget(self.line, 1)

    @property
    def path(self) -> Path | None:
        """What stands there, None where nothing does."""
        text = self.line.text().strip()
        return Path(text).expanduser() if text else None

    def add_button(self, words: str, mode: QFileDialog.FileMode, filters: str = "") -> QPushButton:
        """A button that lets a file or a folder be chosen."""
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._ask(mode, filters))
        self._row.addWidget(button)
        return button

    def _ask(self, mode: QFileDialog.FileMode, filters: str) -> None:
        dialog = QFileDialog(self, self._words, str(self._start()), filters)
        dialog.setFileMode(mode)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, mode is QFileDialog.FileMode.Directory)
        dialog.resize(760, 460)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.picked.emit(Path(name)))
        dialog.open()

    def _start(self) -> Path:
        path = self.path
        while path is not None and path != path.parent:
            if path.is_dir():
                return path
            path = path.parent
        return self._folder


def row(words: str, part: QWidget, form: QGridLayout) -> None:
    """A line of a dialog: what it is about, then the part itself."""
    title = label(words)
    title.setAlignment(Qt.AlignmentFlag.AlignTop)
    title.setMinimumWidth(LABEL_WIDTH)
    title.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    number = form.rowCount()
    form.addWidget(title, number, 0)
    form.addWidget(part, number, 1)
