"""A question over the panes, with a button for each answer; it blocks nothing and stays until it is answered."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.icons import icon
from app.theme import Theme
from app.widgets.labels import label

_NARROW = 760
"""Below this width, logical pixels, the buttons stand under the sentence."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One button. key: what the answer is called in `answered`. words, tip: on the button and in its tooltip."""

    key: str
    words: str
    tip: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """sentence: what is asked. answers: the first is what most people want. about: comes back with the answer.

    stays: also after it was answered, such as a lasting notice with something to do about it.
    """

    sentence: str
    answers: tuple[Answer, ...]
    about: Any = None
    stays: bool = False


class PromptBar(QFrame):
    """One question at a time; a new one takes the place of the one before."""

    answered = Signal(object, str)
    """The Question and the key of the answer."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("banner")
        self.setProperty("level", "notice")
        self._theme = theme
        self.question: Question | None = None
        self._buttons: list[QPushButton] = []
        self._sign = QLabel()
        self._sentence = label(wrap=True)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        words = QHBoxLayout()
        words.setSpacing(10)
        words.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        words.addWidget(self._sentence, 1)
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(10, 6, 8, 6)
        self._box.setSpacing(8)
        self._box.addLayout(words, 1)
        self._box.addLayout(self._row)
        theme.changed.connect(self._show_theme)
        self._show_theme()
        self.hide()

    def ask(self, question: Question) -> None:
        """Show a question. Where the keyboard is, it stays: the buttons are reached by Tab."""
        self.withdraw()
        self.question = question
        self._sentence.setText(question.sentence)
        self.setAccessibleName(f"question: {question.sentence}")
        for number, answer in enumerate(question.answers):
            self._add(answer, primary=number == 0)
        self._fit(self.width())
        self.show()

    @Slot()
    def withdraw(self) -> None:
        """Ask nothing any more."""
        self.question = None
        for button in self._buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons.clear()
        self._sentence.clear()
        self.hide()

    def button(self, key: str) -> QPushButton:
        """The button of an answer."""
        return next(button for button in self._buttons if button.property("answer") == key)

    def _add(self, answer: Answer, primary: bool) -> None:
        button = QPushButton(answer.words)
        button.setProperty("answer", answer.key)
        button.setProperty("primary", primary)
        button.setToolTip(answer.tip or answer.words.removesuffix("…"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._clicked)
        self._buttons.append(button)
        self._row.addWidget(button)

    @Slot()
    def _clicked(self) -> None:
        button, question = self.sender(), self.question
        if isinstance(button, QWidget) and question is not None:
            key = str(button.property("answer"))
            if not question.stays:
                self.withdraw()
            self.answered.emit(question, key)

    def _fit(self, width: int) -> None:
        direction = QBoxLayout.Direction
        self._box.setDirection(direction.TopToBottom if width < _NARROW else direction.LeftToRight)
        self._row.setAlignment(Qt.AlignmentFlag.AlignRight if width < _NARROW else Qt.AlignmentFlag.AlignTop)

    def resizeEvent(self, event: Any) -> None:
        self._fit(event.size().width())
        super().resizeEvent(event)

    @Slot()
    def _show_theme(self) -> None:
        tokens = self._theme.tokens
        self._sign.setPixmap(icon("warning", tokens, tokens.warning).pixmap(QSize(20, 20)))
