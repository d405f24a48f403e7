"""The sheet of keys (F1): the commands and gestures by group, as the keys are now."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.actions import COMMANDS, Actions
from app.catalogue import GESTURES, GROUPS
from app.widgets.labels import label

_MARGIN, _BETWEEN = 20, 32
_BESIDE_KEY = 20
"""What a key cap takes beside its words."""
_SCROLL_BAR = 14
_HEADING_ROWS = 2
"""A heading takes as much of a column as so many rows."""
Rows = list[tuple[str, list[str]]]


class KeySheet(QDialog):
    """Not modal: it may stay open beside the window, and follows when keys change."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self._actions = actions
        self._groups: dict[str, Rows] = {}
        self._headings: list[list[str]] = []
        self.search = QLineEdit(placeholderText="Search for a command or a key", clearButtonEnabled=True)
        self.search.setAccessibleName("Search for a command or a key")
        self.search.textChanged.connect(self._refill)
        self._area = QScrollArea(widgetResizable=True)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.setAccessibleName("Keys by group")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(_MARGIN, 14, _MARGIN, 4)
        head.setSpacing(10)
        head.addWidget(self.search, 1)
        change = QPushButton("Change keys…")
        change.setAutoDefault(False)
        change.clicked.connect(actions.change_keys.trigger)
        head.addWidget(change)
        outer.addLayout(head)
        outer.addWidget(self._area, 1)
        actions.keys_changed.connect(self._refill)
        self._refill()

    def showEvent(self, event: QShowEvent) -> None:
        """As large as the screen allows: three columns where there is room."""
        available = self.screen().availableSize()
        width = self._width_of(self._arranged(rows_by_group(self._actions), 3))
        self.resize(min(width, available.width() - 30), min(860, available.height() - 60))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting() != self._headings:
            self._refill()

    def _fitting(self) -> list[list[str]]:
        """The headings in as many columns as there is room for."""
        for columns in (3, 2):
            arranged = self._arranged(self._groups, columns)
            if self._width_of(arranged) <= self.width():
                return arranged
        return self._arranged(self._groups, 1)

    @staticmethod
    def _arranged(groups: dict[str, Rows], columns: int) -> list[list[str]]:
        return balanced({name: len(rows) + _HEADING_ROWS for name, rows in groups.items()}, columns)

    def _width_of(self, arranged: list[list[str]]) -> int:
        """What these columns need, logical pixels."""
        groups = rows_by_group(self._actions)
        widths = [max(self._group_width(groups[name]) for name in column) for column in arranged]
        return sum(widths) + _BETWEEN * (len(widths) - 1) + 2 * _MARGIN + _SCROLL_BAR

    def _group_width(self, rows: Rows) -> int:
        measured = self.fontMetrics().horizontalAdvance
        keys = max(sum(measured(key) + _BESIDE_KEY for key in keys) for _, keys in rows)
        return max(measured(words) for words, _ in rows) + _BESIDE_KEY + keys

    @Slot()
    def _refill(self) -> None:
        """Write the sheet anew: keys, words searched for or the number of columns have changed."""
        groups = self._groups = rows_by_group(self._actions, self.search.text())
        self._headings = self._fitting()
        inner = QWidget()
        row = QHBoxLayout(inner)
        row.setContentsMargins(_MARGIN, 12, _MARGIN, 16)
        row.setSpacing(_BETWEEN)
        if not groups:
            row.addWidget(label("No command or key is called so.", "quiet"), 0, Qt.AlignmentFlag.AlignTop)
        for headings in self._headings:
            column = QVBoxLayout()
            column.setSpacing(6)
            for heading in headings:
                title = label(heading, "headline")
                title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
                column.addWidget(title)
                column.addLayout(_table(groups[heading]))
                column.addSpacing(14)
            column.addStretch(1)
            row.addLayout(column, 1)
        place = self._area.verticalScrollBar().value()
        self._area.setWidget(inner)
        self._area.verticalScrollBar().setValue(place)


def rows_by_group(actions: Actions, wanted: str = "") -> dict[str, Rows]:
    """Words and keys of everything that has a key, by heading, as far as words, heading or key contain `wanted`."""
    groups: dict[str, Rows] = {}
    for command in COMMANDS:
        keys = list(actions.key_map.keys(command.name))
        if keys:
            groups.setdefault(command.group, []).append((command.plain_words, keys))
    for gesture in GESTURES:
        keys = list(actions.key_map.keys(gesture.key_of)) if gesture.key_of else [gesture.keys]
        if keys:
            groups.setdefault(gesture.group, []).append((gesture.words, keys))
    names = [*GROUPS, *(name for name in groups if name not in GROUPS)]
    wanted = wanted.strip().casefold()
    found = {
        name: [row for row in groups[name] if wanted in " ".join([name, row[0], *row[1]]).casefold()]
        for name in names
        if name in groups
    }
    return {name: rows for name, rows in found.items() if rows}


def balanced(heights: dict[str, int], columns: int) -> list[list[str]]:
    """The names, in their order, in so many columns that the highest one is as low as can be."""
    names = list(heights)
    limit = max(heights.values(), default=0)
    while len(result := _columns_within(names, heights, limit)) > columns:
        limit += 1
    return result


def _columns_within(names: Sequence[str], heights: dict[str, int], limit: int) -> list[list[str]]:
    result: list[list[str]] = []
    left = 0
    for name in names:
        if heights[name] > left:
            result.append([])
            left = limit
        result[-1].append(name)
        left -= heights[name]
    return result


def _table(rows: Rows) -> QGridLayout:
    table = QGridLayout()
    table.setHorizontalSpacing(16)
    table.setVerticalSpacing(5)
    for number, (words, keys) in enumerate(rows):
        caps = QHBoxLayout()
        caps.setSpacing(4)
        caps.addStretch(1)
        for key in keys:
            cap = label(key, "keyCap")
            cap.setAlignment(Qt.AlignmentFlag.AlignCenter)
            caps.addWidget(cap)
        table.addWidget(QLabel(words), number, 0)
        table.addLayout(caps, number, 1)
    table.setColumnStretch(0, 1)
    return table
