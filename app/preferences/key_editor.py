"""The page of keys: all commands by group, and a row that changes the keys of the chosen one. Rules: key_map.py."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.actions import COMMANDS, Actions
from app.catalogue import GROUPS
from app.preferences.key_capture import KeyCapture
from app.preferences.key_map import Refusal
from app.widgets.labels import label

_NAME = Qt.ItemDataRole.UserRole


class KeyEditor(QWidget):
    """Every change holds at once; the key map refuses what would give a key two meanings."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self._actions, self._key_map = actions, actions.key_map
        self._items: dict[str, QTreeWidgetItem] = {}
        self._groups: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        self._wanted: tuple[str, tuple[str, ...]] | None = None
        self._refused: Refusal | None = None
        self._adding = False
        self.search = QLineEdit(placeholderText="Search for a command or a key", clearButtonEnabled=True)
        self.search.setAccessibleName("Search for a command or a key")
        self.tree = self._make_tree()
        self.chosen = QLabel()
        self.chosen.setObjectName("headline")
        self.chosen.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.capture = KeyCapture()
        self.capture.setFixedWidth(self.fontMetrics().horizontalAdvance("Press a key, or Esc") + 28)
        self.change = _button("Change…", "Press the one key that this command shall have", self._begin_change)
        self.add = _button("Add…", "Press one more key for this command", self._begin_add)
        self.clear = _button("No key", "This command shall have no key", self._clear)
        self.reset = _button("Default", "The usual keys of this command", self._reset)
        self.reset_all = _button("All defaults", "The usual keys of all commands", self._reset_all)
        self.words = label(kind="refusal", wrap=True)
        self.free = _button("Free it there", "Take the key from that command and use it here", self._free)
        self._lay_out()
        self.search.textChanged.connect(self._filter)
        self.tree.currentItemChanged.connect(self._show_chosen)
        self.tree.itemActivated.connect(self._begin_change)
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
        self.tree.setCurrentItem(self._items[name])

    # Building

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setObjectName("settingsKeys")
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setAllColumnsShowFocus(True)
        tree.setColumnCount(2)
        tree.setHeaderLabels(["Command", "Keys"])
        tree.setAccessibleName("Commands and their keys")
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.header().setStretchLastSection(False)
        names = dict.fromkeys([*GROUPS, *(command.group for command in COMMANDS)])
        for group in names:
            commands = [command for command in COMMANDS if command.group == group]
            if not commands:
                continue
            heading = QTreeWidgetItem(tree, [group])
            heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = heading.font(0)
            font.setBold(True)
            heading.setFont(0, font)
            items = [QTreeWidgetItem(heading, [command.plain_words]) for command in commands]
            for command, item in zip(commands, items, strict=True):
                item.setData(0, _NAME, command.name)
                self._items[command.name] = item
            self._groups.append((heading, items))
        tree.expandAll()
        tree.setItemsExpandable(False)
        return tree

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
        said.addWidget(self.words, 1)
        said.addWidget(self.free, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self.tree, 1)
        column.addLayout(row)
        column.addLayout(said)
        # Room for a sentence and its button, so that the list does not jump.
        self.words.setMinimumHeight(self.free.sizeHint().height())
        self.capture.hide()
        self.free.hide()

    # Showing

    @Slot()
    def _show_keys(self) -> None:
        for name, item in self._items.items():
            item.setText(1, ", ".join(self._key_map.keys(name)))
            changed = self._key_map.keys(name) != self._key_map.defaults(name)
            font = item.font(1)
            font.setBold(changed)
            item.setFont(1, font)
            usual = ", ".join(self._key_map.defaults(name)) or "no key"
            item.setToolTip(1, f"Usually: {usual}" if changed else "")
        self._filter()
        self._show_buttons()

    @Slot()
    def _filter(self) -> None:
        wanted = self.search.text().strip().casefold()
        for heading, items in self._groups:
            for item in items:
                words = f"{heading.text(0)} {item.text(0)} {item.text(1)}".casefold()
                item.setHidden(wanted not in words)
            heading.setHidden(all(item.isHidden() for item in items))

    @Slot()
    def _show_chosen(self) -> None:
        self._say("")
        name = self._name()
        self.chosen.setText(self._key_map.commands[name].plain_words if name else "")
        self.chosen.setToolTip(self.chosen.text())
        self._show_buttons()

    def _show_buttons(self) -> None:
        name = self._name()
        self.change.setEnabled(bool(name))
        self.add.setEnabled(bool(name and self._key_map.keys(name)))
        self.clear.setEnabled(bool(name and self._key_map.keys(name)))
        self.reset.setEnabled(bool(name and self._key_map.keys(name) != self._key_map.defaults(name)))
        self.reset_all.setEnabled(bool(self._key_map.own or self._key_map.unused))

    def _say(self, words: str, refused: Refusal | None = None) -> None:
        self._refused = refused
        self.words.setText(words)
        self.words.setAccessibleName(words)
        self.words.setProperty("refused", refused is not None)
        self.words.style().polish(self.words)
        self.free.setVisible(refused is not None and bool(refused.owner))

    def _name(self) -> str:
        item = self.tree.currentItem()
        return (item.data(0, _NAME) or "") if item is not None else ""

    # Changing

    @Slot()
    def _begin_change(self) -> None:
        self._begin(adding=False)

    @Slot()
    def _begin_add(self) -> None:
        self._begin(adding=True)

    def _begin(self, adding: bool) -> None:
        if self._name():
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
        before = self._key_map.keys(self._name()) if self._adding else ()
        self._set(self._name(), (*before, key))

    @Slot()
    def _clear(self) -> None:
        self._set(self._name(), ())

    @Slot()
    def _reset(self) -> None:
        self._set(self._name(), self._key_map.defaults(self._name()))

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
