"""What is known of one model, or of two side by side: titles and texts in columns. The texts: model_words.py."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.models.model_words import Rows
from app.widgets.labels import label

DIFFERS = "≠"
_LONG = 28


class ModelSheet(QScrollArea):
    """Scrolls where there is little room."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("About the model")
        self.texts: dict[str, tuple[str, ...]] = {}

    def show_words(self, words: str) -> None:
        """One sentence instead."""
        self.texts = {}
        self._put(_page(label(words, "quiet", wrap=True)))

    def show_one(self, rows: Rows) -> None:
        """One model."""
        self.texts = {title: (text,) for title, text in rows.items()}
        grid = _grid(1)
        for row, (title, text) in enumerate(rows.items()):
            grid.addWidget(label(title, "quiet"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_text(text), row, 1, Qt.AlignmentFlag.AlignTop)
        self._put(_page(grid))

    def show_two(self, first: Rows, second: Rows, weights: dict[str, float]) -> None:
        """Two models side by side; rows that differ have a sign.

        Args:
            weights: by part of the network, how far apart they are; empty where they cannot be compared.
        """
        titles = [*first, *(title for title in second if title not in first)]
        self.texts = {title: (first.get(title, "–"), second.get(title, "–")) for title in titles}
        grid = _grid(3)
        for row, (title, (a, b)) in enumerate(self.texts.items()):
            grid.addWidget(label(title, "quiet"), row, 0, Qt.AlignmentFlag.AlignTop)
            sign = label(DIFFERS if a != b else "")
            sign.setAccessibleName("differs" if a != b else "the same")
            sign.setToolTip("They differ here" if a != b else "")
            grid.addWidget(_text(a), row, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(sign, row, 2, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_text(b), row, 3, Qt.AlignmentFlag.AlignTop)
        words = ", ".join(f"{part} {_percent(distance)}" for part, distance in weights.items())
        sentence = f"Their weights differ by: {words}." if words else "Their weights cannot be compared."
        self.texts["Weights"] = (sentence,)
        grid.addWidget(label("Weights", "quiet"), len(titles), 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(_text(sentence), len(titles), 1, 1, 3)
        self._put(_page(grid))

    def _put(self, page: QWidget) -> None:
        old = self.takeWidget()
        if old is not None:
            old.deleteLater()
        self.setWidget(page)


def _grid(columns: int) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(14)
    grid.setVerticalSpacing(8)
    for column in (1,) if columns == 1 else (1, 3):
        grid.setColumnStretch(column, 1)
    return grid


def _page(content: QGridLayout | QLabel) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(2, 4, 10, 4)
    if isinstance(content, QGridLayout):
        column.addLayout(content)
    else:
        column.addWidget(content)
    column.addStretch(1)
    return page


def _percent(share: float) -> str:
    return "below 0.01 %" if 0 < share < 0.0001 else f"{100 * share:.2f} %"


def _text(words: str) -> QLabel:
    """Long paths may be broken at their separators."""
    shown = words.replace("/", "/\u200b").replace("_", "_\u200b") if len(words) > _LONG else words
    result = label(shown, wrap=True)
    result.setAccessibleName(words)
    result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    result.setMinimumWidth(60)
    return result
