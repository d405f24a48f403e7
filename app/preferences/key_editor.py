"""The page of keys: all commands by group, and a row that changes the keys of the chosen one. Rules: key_map.py."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from superqt.elidable import QElidingLabel

from app.actions import COMMANDS, Actions
from app.preferences.key_capture import KeyCapture
from app.preferences.key_list import KeyList
from app.preferences.key_map import Refusal
from app.widgets.labels import label


class KeyEditor(QWidget):
    """Every change holds at once; the key map refuses what would give a key two meanings."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions, self._key_map = actions, actions.key_map
        self._wanted: tuple[str, tuple[str, ...]] | None = None
        self._adding = False
        self.search = QLineEdit(placeholderText="Search for a command or a key", clearButtonEnabled=True)
        self.search.setAccessibleName("Search for a command or a key")
        self.list = KeyList(self._key_map)
        self.chosen = QElidingLabel()
        self.chosen.setObjectName("headline")
        self.chosen.setMinimumWidth(40)
        self.capture = KeyCapture()
        self.capture.setFixedWidth(self.fontMetrics().horizontalAdvance("Press a key, or Esc") + 28)
        self.change = _button("Change…", "Press the one key that this command shall have", self._begin_change)
        self.add = _button("Add…", "Press one more key for this command", self._begin_add)
        self.clear = _button("No key", "This command shall have no key", self._clear)
        self.reset = _button("Default", "The usual keys of this command", self._reset)
        self.reset_all = _button("All defaults", "The usual keys of all commands", self._reset_all)
        self.words = label(wrap=True)
        self._mark = QFrame()
        self._mark.setObjectName("refusalMark")
        self._mark.setFixedWidth(4)
        self.free = _button("Free it there", "Take the key from that command and use it here", self._free)
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.list.currentItemChanged.connect(self._show_chosen)
        self.list.itemActivated.connect(self._begin_change)
        self.capture.pressed.connect(self._key_pressed)
        self.capture.ended.connect(self._capture_ended)
        actions.keys_changed.connect(self._show_keys)
        self._show_keys()
        self.choose(COMMANDS[0].name)

    @property
    def sentence(self) -> str:
        """Why the last key was refused, or what was freed; empty if there is nothing to say."""
        return self.words.text()

    def choose(self, name: str) -> None:
        """Make this command the one whose keys are changed."""
        self.list.choose(name)

    # Building

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.reset_all)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.chosen, 1)
        for widget in (self.capture, self.change, self.add, self.clear, self.reset):
            row.addWidget(widget)
        said = QHBoxLayout()
        said.addWidget(self._mark)
        said.addWidget(self.words, 1)
        said.addWidget(self.free, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        column.addLayout(said)
        # Room for a sentence and its button, so that the list does not jump.
        self.words.setMinimumHeight(self.free.sizeHint().height())
        for widget in (self.capture, self.free, self._mark):
            widget.hide()

    # Showing

    @Slot()
    def _show_keys(self) -> None:
        self.list.show_keys()
        self._filter()
        self._show_buttons()

    @Slot()
    def _filter(self) -> None:
        self.list.search(self.search.text())

    @Slot()
    def _show_chosen(self) -> None:
        self._say("")
        name = self.list.chosen
        self.chosen.setText(self._key_map.commands[name].plain_words if name else "")
        self.chosen.setToolTip(self.chosen.text())
        self._show_buttons()

    def _show_buttons(self) -> None:
        name = self.list.chosen
        self.change.setEnabled(bool(name))
        self.add.setEnabled(bool(name and self._key_map.keys(name)))
        self.clear.setEnabled(bool(name and self._key_map.keys(name)))
        self.reset.setEnabled(bool(name and self._key_map.keys(name) != self._key_map.defaults(name)))
        self.reset_all.setEnabled(bool(self._key_map.own or self._key_map.unused))

    def _say(self, words: str, refused: Refusal | None = None) -> None:
        self.words.setText(words)
        self.words.setAccessibleName(words)
        self._mark.setVisible(refused is not None)
        self.free.setVisible(refused is not None and bool(refused.owner))

    # Changing

    @Slot()
    def _begin_change(self) -> None:
        self._begin(adding=False)

    @Slot()
    def _begin_add(self) -> None:
        self._begin(adding=True)

    def _begin(self, adding: bool) -> None:
        if self.list.chosen:
            self._adding = adding
            self._say("")
            self.capture.show()
            self.capture.begin()

    @Slot()
    def _capture_ended(self) -> None:
        back_to = self.add if self._adding else self.change
        had = self.capture.hasFocus()
        self.capture.hide()
        if had:
            back_to.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _key_pressed(self, key: str) -> None:
        before = self._key_map.keys(self.list.chosen) if self._adding else ()
        self._set(self.list.chosen, (*before, key))

    @Slot()
    def _clear(self) -> None:
        self._set(self.list.chosen, ())

    @Slot()
    def _reset(self) -> None:
        self._set(self.list.chosen, self._key_map.defaults(self.list.chosen))

    @Slot()
    def _reset_all(self) -> None:
        self._key_map.reset_all()
        self._say("All commands have their usual keys.")
        self._actions.show_keys()

    @Slot()
    def _free(self) -> None:
        """Take the key from its owner; where several keys are in the way, from each of theirs."""
        assert self._wanted is not None
        freed: list[str] = []
        while (refused := self._key_map.set(*self._wanted)) is not None and refused.owner:
            self._key_map.free(refused.key)
            freed.append(self._without(refused.owner))
        self._say(" ".join(freed))
        self._actions.show_keys()

    def _without(self, name: str) -> str:
        left = ", ".join(self._key_map.keys(name)) or "no key"
        return f"{self._key_map.commands[name].plain_words} has {left} now."

    def _set(self, name: str, keys: Iterable[str]) -> None:
        self._wanted = (name, tuple(keys))
        refused = self._key_map.set(*self._wanted)
        if refused is not None:
            self._say(refused.sentence, refused)
        else:
            self._say("")
            self._actions.show_keys()


def _button(words: str, tip: str, slot: Callable[[], None]) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(slot)
    return button
