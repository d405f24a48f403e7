"""The page of the dock before a finetuning: what there is to train on, what is held out, how to train, one button."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QGridLayout,
    QLabel,
    QLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from superqt.elidable import QElidingLabel

from app.finetune.records import PRESETS, ClipCount, DataSummary
from app.theme import Theme
from app.widgets.labels import label
from app.widgets.warning_line import WarningLine

MOST_CLIPS = 8
"""Clips with a line of their own; those with most accepted frames."""
_INDENT = 24


class StartPage(QWidget):
    """Shows a summary that others compute."""

    wanted = Signal(str, bool)
    """Preset and whether the heads alone are to learn."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.summary: DataSummary | None = None
        self.presets: dict[str, QRadioButton] = {}
        self._clips = QGridLayout()
        self._clips.setColumnStretch(0, 1)
        self._clips.setHorizontalSpacing(8)
        self._clips.setVerticalSpacing(2)
        self.sentences = QVBoxLayout()
        self.sentences.setSpacing(4)
        self.refusal = WarningLine(theme)
        self.heads_only = QCheckBox("Heads only")
        self.heads_only.setToolTip("Leaves the encoder as it is: faster, and it forgets less")
        self.button = QPushButton("Finetune")
        self.button.setProperty("primary", True)
        self.button.setMinimumHeight(30)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Accepted frames", "headline"))
        column.addLayout(self._clips)
        column.addLayout(self.sentences)
        column.addWidget(self.refusal)
        column.addWidget(label("How to train", "headline"))
        column.addLayout(self._preset_choice())
        column.addWidget(self.heads_only)
        column.addWidget(
            label("The encoder stays as it is: faster, and it forgets less.", "quiet", wrap=True)
        )
        column.addWidget(self.button)
        self.show_summary(None)

    @property
    def preset(self) -> str:
        """The chosen one."""
        return next(name for name, button in self.presets.items() if button.isChecked())

    def show_summary(
        self, summary: DataSummary | None, nothing: str = "Counting the accepted frames…"
    ) -> None:
        """None: it is being computed, or there is nothing open; nothing: which, in words."""
        self.summary = summary
        shown = summary or DataSummary()
        self._show_clips(shown.clips)
        self._show_sentences(shown.sentences if summary is not None else (nothing,))
        self.refusal.say(shown.refusal)
        self.button.setEnabled(summary is not None and not summary.refusal)
        self.button.setToolTip(
            shown.refusal
            or "Train on the accepted frames, in a process of its own, and compare with the old model"
        )

    def _preset_choice(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(1)
        group = QButtonGroup(self)
        for name, (words, note) in PRESETS.items():
            button = QRadioButton(words)
            button.setAccessibleDescription(note)
            button.setChecked(name == "quick")
            group.addButton(button)
            self.presets[name] = button
            quiet = label(f"{note[0].upper()}{note[1:]}", "quiet", wrap=True)
            quiet.setContentsMargins(_INDENT, 0, 0, 4)
            column.addWidget(button)
            column.addWidget(quiet)
        return column

    def _show_sentences(self, sentences: tuple[str, ...]) -> None:
        _clear(self.sentences)
        for sentence in sentences:
            self.sentences.addWidget(label(sentence, wrap=True))

    @property
    def words(self) -> str:
        """What it says about the accepted frames."""
        items = (self.sentences.itemAt(row) for row in range(self.sentences.count()))
        labels = [item.widget() for item in items if item is not None]
        return "\n".join(widget.text() for widget in labels if isinstance(widget, QLabel))

    def _show_clips(self, clips: tuple[ClipCount, ...]) -> None:
        _clear(self._clips)
        order = sorted(clips, key=lambda clip: -clip.accepted)
        for row, clip in enumerate(order[:MOST_CLIPS]):
            name = QElidingLabel(clip.name)
            name.setElideMode(Qt.TextElideMode.ElideMiddle)
            name.setToolTip(clip.name)
            name.setMinimumWidth(60)
            self._clips.addWidget(name, row, 0)
            self._clips.addWidget(label(str(clip.accepted)), row, 1, Qt.AlignmentFlag.AlignRight)
        rest = order[MOST_CLIPS:]
        if rest:
            count = sum(clip.accepted for clip in rest)
            words = f"and {len(rest)} more clip{'' if len(rest) == 1 else 's'}"
            self._clips.addWidget(label(words, "quiet"), MOST_CLIPS, 0)
            self._clips.addWidget(label(str(count), "quiet"), MOST_CLIPS, 1, Qt.AlignmentFlag.AlignRight)

    @Slot()
    def _ask(self) -> None:
        self.button.setEnabled(False)
        self.wanted.emit(self.preset, self.heads_only.isChecked())


def _clear(layout: QLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
