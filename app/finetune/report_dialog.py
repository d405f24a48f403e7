"""The report of a finetuning in a window of its own: table, wipe, sentences, promote, discard. It decides nothing."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.finetune.records import FinishedRun
from app.finetune.report_table import ReportTable
from app.finetune.report_words import sentences
from app.finetune.wipe import Wipe
from app.icons import icon
from app.theme import Theme
from app.widgets.labels import label

if TYPE_CHECKING:
    from core.finetune.outcome import FrameOutcome

_SIZE = QSize(980, 760)
_NO_FRAMES = "No frames were kept for the report: there is nothing to compare here."


class ReportDialog(QDialog):
    """Not modal. Pictures come later, by `show_pictures`."""

    frame_wanted = Signal(object)
    """A FrameOutcome whose pictures are to be shown."""
    promote_wanted = Signal()
    discard_wanted = Signal()
    page_wanted = Signal()

    def __init__(self, finished: FinishedRun, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Finetuning report")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.finished_run, self._theme = finished, theme
        self._frames = finished.report.frames
        self.table = ReportTable(theme)
        self.wipe = Wipe(theme)
        self.frames = QComboBox()
        self.previous, self.next = QToolButton(), QToolButton()
        self._build()
        self.table.show_result(finished.report.result)
        self.table.setVisible(self.table.rowCount() > 0)
        self._fill_frames()
        self.show_decision(finished)
        theme.changed.connect(self._show_theme)
        self._show_theme()

    def show_decision(self, finished: FinishedRun) -> None:
        """Promote and discard are there while neither was chosen."""
        self.finished_run = finished
        open_ = finished.may_be_promoted
        self.promote.setVisible(open_)
        self.discard.setVisible(open_)
        kept = finished.report.result.kept_old
        verdict = "The old model is kept" if kept else "A new model"
        decided = f": {finished.decision}" if finished.decision and not kept else ""
        self.headline.setText(verdict + decided)

    def show_pictures(self, frame: "FrameOutcome", before: QImage, after: QImage) -> None:
        """The pictures of a frame have been read."""
        if self._frames and frame == self._frames[self.frames.currentIndex()]:
            self.wipe.show_pictures(before, after)

    def show_trouble(self, sentence: str) -> None:
        self.wipe.show_words(sentence)

    # Building

    def _build(self) -> None:
        self.headline = label(kind="headline", wrap=True)
        self.frame_row = self._frame_row()
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(18, 14, 18, 8)
        column.setSpacing(12)
        column.addWidget(self.headline)
        column.addWidget(self.table)
        column.addWidget(self.frame_row)
        column.addWidget(self.wipe, 1)
        column.addLayout(self._words())
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 12)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._buttons())
        room = self.screen().availableSize() - QSize(40, 80)
        self.resize(_SIZE.boundedTo(room))

    def _frame_row(self) -> QWidget:
        self.frames.setAccessibleName("Frame")
        self.frames.setToolTip("Frames that neither trained nor chose, worst regressions first")
        self.frames.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.frames.setMinimumContentsLength(20)
        self.frames.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.frames.currentIndexChanged.connect(self._frame_chosen)
        for button, words, step in ((self.previous, "Previous frame", -1), (self.next, "Next frame", 1)):
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.setProperty("step", step)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(self._step)
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label("Frame"))
        row.addWidget(self.frames, 1)
        row.addWidget(self.previous)
        row.addWidget(self.next)
        return line

    def _words(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (title, text) in enumerate(sentences(self.finished_run.report)):
            words = label(text, wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(label(title, "quiet"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, row, 1)
        return grid

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        box.setContentsMargins(18, 0, 18, 0)
        box.rejected.connect(self.close)
        role = QDialogButtonBox.ButtonRole
        self.promote = QPushButton("Pro&mote")
        self.promote.setProperty("primary", True)
        self.promote.setToolTip("Makes the new model the default; frames not accepted are predicted anew")
        self.promote.clicked.connect(self.promote_wanted)
        self.discard = QPushButton("&Discard")
        self.discard.setToolTip("Removes the new model; the old one stays")
        self.discard.clicked.connect(self.discard_wanted)
        self.page = QPushButton("&Open in the browser")
        self.page.setToolTip("Shows the report as a page, to keep or to send")
        self.page.clicked.connect(self.page_wanted)
        for button, place in (
            (self.promote, role.AcceptRole),
            (self.discard, role.DestructiveRole),
            (self.page, role.ActionRole),
        ):
            button.setAutoDefault(False)
            box.addButton(button, place)
        box.button(QDialogButtonBox.StandardButton.Close).setAutoDefault(False)
        return box

    def _fill_frames(self) -> None:
        for frame in self._frames:
            change = frame.j_after - frame.j_before
            sign = "▲" if change > 0.0005 else "▼" if change < -0.0005 else "="
            self.frames.addItem(
                f"{sign}  J {frame.j_before:.3f} → {frame.j_after:.3f}   frame {frame.index}, {frame.clip}"
            )
        if not self._frames:
            self.frame_row.hide()
            self.wipe.show_words(_NO_FRAMES)

    @Slot(int)
    def _frame_chosen(self, number: int) -> None:
        self._enable_steps()
        if 0 <= number < len(self._frames):
            self.frame_wanted.emit(self._frames[number])

    def show_first(self) -> None:
        """Ask for the pictures of the frame that is chosen; the divider has the keyboard."""
        self.wipe.setFocus()
        self._frame_chosen(self.frames.currentIndex())

    @Slot()
    def _step(self) -> None:
        button = self.sender()
        assert isinstance(button, QToolButton)
        self.frames.setCurrentIndex(self.frames.currentIndex() + int(button.property("step")))

    def _enable_steps(self) -> None:
        number = self.frames.currentIndex()
        self.previous.setEnabled(number > 0)
        self.next.setEnabled(0 <= number < len(self._frames) - 1)

    @Slot()
    def _show_theme(self) -> None:
        tokens = self._theme.tokens
        self.previous.setIcon(icon("step-back", tokens))
        self.next.setIcon(icon("step-forward", tokens))
