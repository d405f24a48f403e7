"""The list of all commands by group with their keys, which can be searched. Changing a key: key_editor.py."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from app.catalogue import COMMANDS, GROUPS
from app.preferences.key_map import KeyMap

_NAME = Qt.ItemDataRole.UserRole


class KeyList(QTreeWidget):
    """Shows a key map; keys that are not the usual ones are bold, with the usual ones as their tooltip."""

    def __init__(self, key_map: KeyMap) -> None:
        super().__init__()
        self._key_map = key_map
        self._items: dict[str, QTreeWidgetItem] = {}
        self._groups: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        self.setObjectName("settingsKeys")
        self.setAccessibleName("Commands and their keys")
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setHeaderLabels(["Command", "Keys"])
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setStretchLastSection(False)
        for group in GROUPS:
            self._add_group(group)
        self.expandAll()
        self.setItemsExpandable(False)

    @property
    def chosen(self) -> str:
        """Name of the command that is selected; empty for none."""
        item = self.currentItem()
        return (item.data(0, _NAME) or "") if item is not None else ""

    @property
    def shown(self) -> list[str]:
        """Names of the commands that the search has left."""
        return [name for name, item in self._items.items() if not item.isHidden()]

    def choose(self, name: str) -> None:
        """Select this command."""
        self.setCurrentItem(self._items[name])

    def show_keys(self) -> None:
        """Show the keys as they are now."""
        for name, item in self._items.items():
            keys, usual = self._key_map.keys(name), self._key_map.defaults(name)
            item.setText(1, ", ".join(keys))
            font = item.font(1)
            font.setBold(keys != usual)
            item.setFont(1, font)
            item.setToolTip(1, f"Usually: {', '.join(usual) or 'no key'}" if keys != usual else "")

    def search(self, words: str) -> None:
        """Leave the commands whose words, keys or group contain this."""
        wanted = words.strip().casefold()
        for heading, items in self._groups:
            for item in items:
                item.setHidden(wanted not in f"{heading.text(0)} {item.text(0)} {item.text(1)}".casefold())
            heading.setHidden(all(item.isHidden() for item in items))
        left = self.shown
        if left and self.chosen not in left:
            self.choose(left[0])

    def _add_group(self, group: str) -> None:
        commands = [command for command in COMMANDS if command.group == group]
        if not commands:
            return
        heading = QTreeWidgetItem(self, [group])
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        font = heading.font(0)
        font.setBold(True)
        heading.setFont(0, font)
        items = [QTreeWidgetItem(heading, [command.plain_words]) for command in commands]
        for command, item in zip(commands, items, strict=True):
            item.setData(0, _NAME, command.name)
            self._items[command.name] = item
        self._groups.append((heading, items))
