"""The sheet of keys (F1), made from the commands as they are now."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.actions import COMMANDS, UNLISTED_KEYS, Actions
from app.widgets.labels import label

_COLUMNS = (("Playback", "Mask"), ("View", "Panes and layout"), ("File", "Window"))


class KeySheet(QDialog):
    """Not modal: it may stay open beside the window."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        groups = _grouped(actions)
        inner = self._inner = QWidget()
        columns = QHBoxLayout(inner)
        columns.setContentsMargins(20, 16, 20, 16)
        columns.setSpacing(36)
        for headings in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(6)
            for heading in headings:
                title = label(heading, "headline")
                title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
                column.addWidget(title)
                column.addLayout(_table(groups[heading]))
                column.addSpacing(14)
            column.addStretch(1)
            columns.addLayout(column)
        area = QScrollArea(widgetResizable=True)
        area.setWidget(inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def showEvent(self, event: QShowEvent) -> None:
        """Large enough for all keys where the screen is: sizes are known once the style sheet has been applied."""
        available, size = self.screen().availableSize(), self._inner.sizeHint()
        self.resize(
            min(size.width() + 4, available.width() - 40), min(size.height() + 4, available.height() - 80)
        )


def _grouped(actions: Actions) -> dict[str, list[tuple[str, list[str]]]]:
    groups: dict[str, list[tuple[str, list[str]]]] = {}
    for group, words, key in UNLISTED_KEYS:
        groups.setdefault(group, []).append((words, [key]))
    for command in COMMANDS:
        keys = [keys.toString() for keys in actions.by_name[command.name].shortcuts()]
        if keys:
            groups.setdefault(command.group, []).append((_plain(command.words), keys))
    others = [*actions.panes.values(), *actions.layouts.values()]
    panes = [(_plain(action.text()), [action.shortcut().toString()]) for action in others]
    groups["Panes and layout"] += [*panes, ("One pane alone and back", ["Double click"])]
    return groups


def _plain(words: str) -> str:
    return words.replace("&", "").removesuffix("…")


def _table(rows: list[tuple[str, list[str]]]) -> QGridLayout:
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
