"""A sentence with a warning sign before it, in a form or a dialog; hidden while there is nothing to say."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel

from app.icons import icon
from app.theme import Theme
from app.widgets.labels import label


class WarningLine(QFrame):
    """words: the label that says it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sign = QLabel()
        self.words = label(wrap=True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        theme.changed.connect(self._show_theme)
        self._show_theme()
        self.hide()

    def say(self, sentence: str) -> None:
        """Show a sentence; an empty one hides the line."""
        self.words.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(bool(sentence))

    @Slot()
    def _show_theme(self) -> None:
        tokens = self._theme.tokens
        self._sign.setPixmap(icon("warning", tokens, tokens.warning).pixmap(QSize(18, 18)))
