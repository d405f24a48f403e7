"""The dialog of an import: from where, as what, and what would fit, before anything is changed."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPlainTextEdit, QSpinBox, QWidget

from app.exchange.exchange_dialog import ExchangeDialog
from app.exchange.form_parts import Choices, PathRow
from app.exchange.records import ImportChoice
from app.settings import Settings
from app.widgets.labels import label

if TYPE_CHECKING:
    from core.exchange.mask_import import ImportAs, ImportReport

_SOON_MS = 250
_KINDS = {
    "accepted": ("&Accepted", "ground truth: the masks are frozen"),
    "corrected": ("&Corrections", "to be painted on; a frame that is accepted keeps its mask"),
}


class ImportDialog(ExchangeDialog):
    """Opened over the window. `looked` asks for a preview, `wanted` for the import itself.

    clip: the shown clip's name. folder: where to begin looking for masks.
    """

    looked = Signal(object)
    """ImportChoice: `show_preview` or `refuse` follows. None: there is nothing to look at."""
    wanted = Signal(object)

    def __init__(self, clip: str, settings: Settings, folder: Path, parent: QWidget) -> None:
        super().__init__(f"Import masks onto {clip}", "&Import", settings, parent)
        self.source = PathRow("Masks", "A folder of masks or a COCO file", folder, self)
        self.source.add_button("&Folder…", QFileDialog.FileMode.Directory)
        self.source.add_button(
            "C&OCO file…", QFileDialog.FileMode.ExistingFile, "COCO (*.json);;All files (*)"
        )
        self.source.line.setText(settings.import_folder if Path(settings.import_folder).exists() else "")
        self.kind = Choices("As", _KINDS, settings.import_as)
        self.first = QSpinBox(minimum=0, maximum=999_999, value=settings.import_first)
        self.first.setAccessibleName("Number of the first frame")
        self.first.setFixedWidth(90)
        self.first.setToolTip("The number that file names give to the clip's first frame: 0 or 1 mostly")
        self.list = QPlainTextEdit(readOnly=True)
        self.list.setTabChangesFocus(True)
        self.list.setAccessibleName("Files that do not fit")
        self.list.setPlaceholderText("Files that do not fit are listed here, each with the reason.")
        self.list.setMinimumHeight(96)
        parts = (("Masks", self.source), ("As", self.kind), ("First frame", self._first_row()))
        self.arrange(*parts, below=self.list)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._look)
        self.source.changed.connect(self._begin_anew)
        self.source.picked.connect(self._picked)
        self.kind.changed.connect(self._begin_anew)
        self.first.valueChanged.connect(self._begin_anew)
        self._begin_anew()

    def _first_row(self) -> QWidget:
        first = QWidget()
        line = QHBoxLayout(first)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(self.first)
        line.addWidget(label("where only the number in a file's name tells its frame", "quiet"), 1)
        return first

    @property
    def choice(self) -> ImportChoice | None:
        """What is chosen, None while nothing is."""
        source = self.source.path
        if source is None:
            return None
        return ImportChoice(source, cast("ImportAs", self.kind.value), self.first.value())

    def show_progress(self, files: int) -> None:
        """So many masks have been read."""
        self.say(f"Reading masks… {files} so far.")

    def show_preview(self, report: "ImportReport") -> None:
        """What the import would do."""
        from core.exchange.report_words import import_sentence, unmatched_lines

        self.say(import_sentence(report, done=False))
        self.list.setPlainText(unmatched_lines(report))
        self.start.setEnabled(bool(report.imported))

    def refuse(self, sentence: str) -> None:
        """Nothing can be imported like this."""
        self.say(sentence)
        self.list.clear()
        self.start.setEnabled(False)

    def remember(self) -> None:
        """Let the next dialog begin with what is chosen in this one."""
        choice = self.choice
        if choice is not None:
            self._settings.import_as, self._settings.import_first = choice.kind, choice.first_number
            self._settings.import_folder = str(choice.source)

    @Slot()
    def _begin_anew(self) -> None:
        self.start.setEnabled(False)
        self.list.clear()
        self.say("Choose a folder of masks or a COCO file." if self.choice is None else "Reading masks…")
        self._soon.start()

    @Slot()
    def _look(self) -> None:
        self.looked.emit(self.choice)

    @Slot(object)
    def _picked(self, path: Path) -> None:
        self.source.line.setText(str(path))

    @Slot()
    def ask(self) -> None:
        if self.start.isEnabled():
            self.start.setEnabled(False)
            self.wanted.emit(self.choice)
