"""One sentence over the panes, mostly about what went wrong; it blocks nothing and moves nothing."""

import logging

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton

from app.icons import icon
from app.theme import Theme
from app.widgets.labels import label

MOST_ERRORS = 3
NOTICE_MS = 6000
"""So long a notice stays, longer while the pointer or the keyboard is on it."""
_log = logging.getLogger(__name__)


class Banner(QFrame):
    """level "error", which stays until it is dismissed; "notice", or "done" for work that has ended well, which go.

    The rest of the story is in the log, which a button opens.
    """

    log_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._theme = theme
        self._level = "error"
        self._errors: list[str] = []
        self._notice = ""
        self._sign = QLabel()
        self._sentence = label(wrap=True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        details = QPushButton("Show log")
        details.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        details.clicked.connect(self.log_wanted)
        self._dismiss = QToolButton()
        self._dismiss.setIconSize(QSize(14, 14))
        self._dismiss.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._dismiss.setToolTip("Dismiss")
        self._dismiss.setAccessibleName("Dismiss this message")
        self._dismiss.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.setSpacing(10)
        row.addWidget(self._sign)
        row.addWidget(self._sentence, 1)
        row.addWidget(details)
        row.addWidget(self._dismiss)
        self._leave = QTimer(self, singleShot=True, interval=NOTICE_MS)
        self._leave.timeout.connect(self._let_go)
        theme.changed.connect(self._show_theme)
        self._show_theme()
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says; empty when it is dismissed."""
        return self._sentence.text()

    def say(self, sentence: str, level: str = "error") -> None:
        """Show this sentence. A notice takes the place of the one before; errors stand beside it until dismissed."""
        _log.info("%s", sentence)
        if level == "error":
            self._errors = [*(e for e in self._errors if e != sentence), sentence][-MOST_ERRORS:]
        else:
            self._notice = sentence
        self._leave.stop()
        if self._errors:
            level, sentence = "error", "\n".join(filter(None, (*self._errors, self._notice)))
        else:
            self._leave.start()
        self._level = level
        self._sentence.setText(sentence)
        self.setAccessibleName(f"{level}: {sentence}")
        self.setProperty("level", level)
        self.style().polish(self)
        self._show_theme()
        self.show()

    @Slot()
    def dismiss(self) -> None:
        self._errors, self._notice = [], ""
        self._sentence.clear()
        self.hide()

    @Slot()
    def _let_go(self) -> None:
        if self.underMouse() or self.isAncestorOf(self.window().focusWidget() or self):
            self._leave.start()
        else:
            self.dismiss()

    @Slot()
    def _show_theme(self) -> None:
        tokens = self._theme.tokens
        colours = {"error": tokens.danger, "notice": tokens.warning, "done": tokens.good}
        sign = "accept" if self._level == "done" else "warning"
        self._sign.setPixmap(icon(sign, tokens, colours[self._level]).pixmap(20, 20))
        self._dismiss.setIcon(icon("close", tokens))
