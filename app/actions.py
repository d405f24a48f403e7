"""Every command of the window: its words, its keys, its icon. What a command does is connected by its owners."""

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from app.icons import icon
from app.theme import Theme


@dataclass(frozen=True, slots=True)
class Command:
    """name: attribute of Actions. words: in menus. keys: shortcuts. group: heading on the key sheet."""

    name: str
    words: str
    keys: tuple[str, ...] = ()
    group: str = ""
    icon: str = ""
    checkable: bool = False
    repeats: bool = False


PANE_KEYS = ("rgb", "flow", "saliency", "confidence")
PANE_TITLES = {
    "rgb": "RGB and mask",
    "flow": "Optical flow",
    "saliency": "Saliency",
    "confidence": "Confidence",
}
LAYOUTS = {"grid": "Grid", "strip": "One large, three in a strip", "alone": "One alone"}

COMMANDS = (
    Command("open_file", "&Open file…", ("Ctrl+O",), "File", "file"),
    Command("open_folder", "Open &folder…", ("Ctrl+Shift+O",), "File", "folder"),
    Command("open_sample", "Open the &sample clip", (), "", "sample"),
    Command("choose_model", "Choose &model…", ("Ctrl+M",), "File"),
    Command("close_clip", "&Close clip", ("Ctrl+W",), "File"),
    Command("quit", "&Quit", ("Ctrl+Q",), "File"),
    Command("play", "&Play or pause", (), "Playback", "play"),
    Command("back", "One frame &back", ("Left", "A"), "Playback", "step-back", repeats=True),
    Command("forward", "One frame &forward", ("Right", "D"), "Playback", "step-forward", repeats=True),
    Command("back_ten", "Ten frames back", ("Shift+Left", "Shift+A"), "Playback", repeats=True),
    Command("forward_ten", "Ten frames forward", ("Shift+Right", "Shift+D"), "Playback", repeats=True),
    Command("first", "F&irst frame", ("Home",), "Playback", "first"),
    Command("last", "&Last frame", ("End",), "Playback", "last"),
    Command("jump", "&Go to frame or time…", ("Ctrl+G",), "Playback"),
    Command("loop", "&Repeat", ("R",), "Playback", "repeat", checkable=True),
    Command("pause_inference", "Pause or resume prediction", ("Ctrl+P",), "Playback"),
    Command("fit", "&Fit to the pane", ("Ctrl+0",), "View"),
    Command("actual_size", "&100 %", ("Ctrl+1",), "View"),
    Command("zoom_in", "Zoom &in", ("Ctrl++", "Ctrl+="), "View", repeats=True),
    Command("zoom_out", "Zoom &out", ("Ctrl+-",), "View", repeats=True),
    Command("pan_left", "Look left", ("Ctrl+Left",), "View", repeats=True),
    Command("pan_right", "Look right", ("Ctrl+Right",), "View", repeats=True),
    Command("pan_up", "Look up", ("Ctrl+Up",), "View", repeats=True),
    Command("pan_down", "Look down", ("Ctrl+Down",), "View", repeats=True),
    Command("next_mask_mode", "&Next way to show the mask", ("V",), "Mask"),
    Command("outline", "&Outline", ("O",), "Mask"),
    Command("all_panes", "Show &all panes", ("Alt+0",), "Panes and layout"),
    Command("full_screen", "F&ull screen", ("F11",), "Window", checkable=True),
    Command("log", "&Log", ("F9",), "Window", "log", checkable=True),
    Command("keys", "&Keys", ("F1",), "Window"),
    Command("tour", "&Tour of the panes", (), "Window"),
    Command("about", "&About CAG-DDE Studio", (), ""),
)

UNLISTED_KEYS = (
    ("Playback", "Play or pause (tap)", "Space"),
    ("View", "Move the picture (hold and drag)", "Space"),
    ("View", "Move the picture (drag)", "Middle button"),
    ("View", "Zoom at the pointer", "Wheel"),
    ("Mask", "Picture without the mask (hold)", "Tab"),
    ("Window", "Next control (tap)", "Tab"),
)
"""Keys that are no shortcuts, for the key sheet."""


class Actions(QObject):
    """One QAction for each command, as an attribute of the command's name; all keys work in the whole window."""

    open_file: QAction
    open_folder: QAction
    open_sample: QAction
    choose_model: QAction
    close_clip: QAction
    quit: QAction
    play: QAction
    back: QAction
    forward: QAction
    back_ten: QAction
    forward_ten: QAction
    first: QAction
    last: QAction
    jump: QAction
    loop: QAction
    pause_inference: QAction
    fit: QAction
    actual_size: QAction
    zoom_in: QAction
    zoom_out: QAction
    pan_left: QAction
    pan_right: QAction
    pan_up: QAction
    pan_down: QAction
    next_mask_mode: QAction
    outline: QAction
    all_panes: QAction
    full_screen: QAction
    log: QAction
    keys: QAction
    tour: QAction
    about: QAction

    NEED_CLIP: ClassVar = (
        "close_clip", "play", "back", "forward", "back_ten", "forward_ten", "first", "last", "jump",
        "pause_inference", "tour", "fit", "actual_size", "zoom_in", "zoom_out",
    )  # fmt: skip

    def __init__(self, window: QWidget, theme: Theme) -> None:
        super().__init__(window)
        self._theme = theme
        self.by_name: dict[str, QAction] = {}
        for command in COMMANDS:
            action = self._make(command, window)
            self.by_name[command.name] = action
            setattr(self, command.name, action)
        self.layouts = self._choices(window, LAYOUTS, ("Ctrl+2", "Ctrl+3", "Ctrl+4"))
        themes = {"system": "Follow the &system", "dark": "&Dark", "light": "&Light"}
        self.themes = self._choices(window, themes, ())
        self.panes: dict[str, QAction] = {}
        for number, key in enumerate(PANE_KEYS, start=1):
            self.panes[key] = self._toggle(window, PANE_TITLES[key], f"Alt+{number}")
        theme.changed.connect(self._show_icons)
        self._playing = False
        self._show_icons()

    def enable_for_clip(self, open_: bool) -> None:
        """Commands that need a clip."""
        for name in self.NEED_CLIP:
            self.by_name[name].setEnabled(open_)

    @Slot(bool)
    def show_playing(self, playing: bool) -> None:
        """The play button shows what it would do."""
        self._playing = playing
        self._show_icons()

    def _make(self, command: Command, window: QWidget) -> QAction:
        action = QAction(command.words, window)
        action.setShortcuts([QKeySequence(keys) for keys in command.keys])
        action.setCheckable(command.checkable)
        action.setAutoRepeat(command.repeats)
        words = command.words.replace("&", "").removesuffix("…")
        keys = "Space" if command.name == "play" else ", ".join(command.keys)
        action.setToolTip(f"{words} ({keys})" if keys else words)
        window.addAction(action)
        return action

    @staticmethod
    def _toggle(window: QWidget, words: str, keys: str) -> QAction:
        action = QAction(words, window)
        action.setCheckable(True)
        action.setShortcut(QKeySequence(keys))
        window.addAction(action)
        return action

    def _choices(self, window: QWidget, words: dict[str, str], keys: tuple[str, ...]) -> dict[str, QAction]:
        group, result = QActionGroup(window), {}
        for number, (value, text) in enumerate(words.items()):
            action = self._toggle(window, text, keys[number] if keys else "")
            action.setData(value)
            group.addAction(action)
            result[value] = action
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
