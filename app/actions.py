"""The commands of the catalogue as actions of the window. What a command does is connected by its owners.

Their words, keys and icons stand in app/catalogue; a new command is added there.
"""

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.catalogue import COMMANDS, Command
from app.catalogue.view import PANE_TITLES
from app.icons import icon
from app.preferences.key_map import KeyMap, load_key_map
from app.theme import Theme

__all__ = ["COMMANDS", "PANE_TITLES", "Actions", "Command"]


class Actions(QObject):
    """One QAction for each command, as an attribute of the command's name; all keys work in the whole window.

    by_name: all of them. panes: by pane; layouts, themes, tools: those of which one is chosen, by their value.
    key_map: which key belongs to which command; `keys_changed` must follow every change of it.
    """

    keys_changed = Signal()
    """Call show_keys to have it sent."""

    def __init__(self, window: QWidget, theme: Theme, own_keys: Any = None) -> None:
        """own_keys: the person's keys, from the settings."""
        super().__init__(window)
        self._theme = theme
        self._clip_open = self._project_open = False
        self._refusal = ""
        self._unused = {command.name for command in COMMANDS if not command.ready}
        self.key_map: KeyMap
        self.key_map, self.key_notice = load_key_map(COMMANDS, own_keys if own_keys is not None else {})
        self.by_name: dict[str, QAction] = {command.name: self._make(command, window) for command in COMMANDS}
        self.layouts = self._choices("layout")
        self.themes = self._choices("theme")
        self.tools = self._choices("tool")
        self.panes = {key: self.by_name[f"pane_{key}"] for key in PANE_TITLES}
        theme.changed.connect(self._show_icons)
        self._playing = False
        self._show_icons()
        self.show_keys()
        self._enable(COMMANDS)

    def __getattr__(self, name: str) -> QAction:
        by_name: dict[str, QAction] = self.__dict__.get("by_name", {})
        if name in by_name:
            return by_name[name]
        raise AttributeError(f"there is no command {name}")

    def put_to_use(self, *names: str) -> None:
        """Somebody does these commands from now on: they are enabled wherever what they need is open."""
        self._unused.difference_update(names)
        self._enable(command for command in COMMANDS if command.name in names)

    def enable_for_clip(self, open_: bool) -> None:
        """Commands that need a clip."""
        self._clip_open = open_
        self._enable(command for command in COMMANDS if command.needs == "clip")

    def enable_for_project(self, open_: bool) -> None:
        """Commands that need a project."""
        self._project_open = open_
        self._enable(command for command in COMMANDS if command.needs == "project")

    def refuse_changes(self, reason: str) -> None:
        """Take every command away that changes the project, and say why in its tooltip; "" gives them back."""
        if reason != self._refusal:
            self._refusal = reason
            self._enable(command for command in COMMANDS if command.changes)
            for command in COMMANDS:
                if command.changes:
                    self._show_tip(command)

    @Slot(bool)
    def show_playing(self, playing: bool) -> None:
        """The play button shows what it would do."""
        self._playing = playing
        self._show_icons()

    def held_keys(self, name: str) -> frozenset[int]:
        """Qt's numbers of the keys of a command that is held."""
        # QKeySequence has this operator; the stubs do not know it.
        sequences = [QKeySequence(key) for key in self.key_map.keys(name)]
        return frozenset(int(sequence[0].key()) for sequence in sequences)  # pyright: ignore[reportIndexIssue]

    def held_by(self, event: QKeyEvent, name: str) -> bool:
        """Whether this press or release is of the key of a command that is held."""
        return event.key() in self.held_keys(name)

    def with_keys(self, words: str) -> str:
        """The words with each {command} replaced by that command's key."""
        keys = {name: (*self.key_map.keys(name), "no key")[0] for name in self.by_name}
        return words.format_map(keys)

    @Slot()
    def show_keys(self) -> None:
        """Let shortcuts and tooltips follow the key map, and tell everybody."""
        for command in COMMANDS:
            keys = self.key_map.keys(command.name)
            action = self.by_name[command.name]
            action.setShortcuts([] if command.held else [QKeySequence(key) for key in keys])
            self._show_tip(command)
        self.keys_changed.emit()

    def _show_tip(self, command: Command) -> None:
        keys, words = self.key_map.keys(command.name), command.plain_words
        if keys:
            words += f" ({', '.join(keys)})"
        if self._refusal and command.changes:
            words += f"\n{self._refusal}"
        self.by_name[command.name].setToolTip(words)

    def _enable(self, commands: Iterable[Command]) -> None:
        there = {"": True, "clip": self._clip_open, "project": self._project_open}
        for command in commands:
            usable = there[command.needs] and command.name not in self._unused
            usable = usable and not (self._refusal and command.changes)
            self.by_name[command.name].setEnabled(usable)

    def _make(self, command: Command, window: QWidget) -> QAction:
        action = QAction(command.words, window)
        action.setCheckable(command.checkable or bool(command.choice))
        action.setAutoRepeat(command.repeats)
        if command.value:
            action.setData(command.value)
        window.addAction(action)
        return action

    def _choices(self, choice: str) -> dict[str, QAction]:
        group, result = QActionGroup(self), {}
        for command in COMMANDS:
            if command.choice == choice:
                result[command.value] = group.addAction(self.by_name[command.name])
        return result

    @Slot()
    def _show_icons(self) -> None:
        for command in COMMANDS:
            if command.icon:
                self.by_name[command.name].setIcon(icon(command.icon, self._theme.tokens))
        self.play.setIcon(icon("pause" if self._playing else "play", self._theme.tokens))
        # Qt would draw icons beside some words of a menu only.
        for action in self.by_name.values():
            action.setIconVisibleInMenu(False)
