"""The menu bar: which commands stand where, and the list of recent files. What they do: actions.py and its owners."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from app.actions import Actions
from app.names import elided
from app.project.project_names import is_project
from app.settings import Settings

RECENT = "the recent files"
"""Stands for the submenu of recent files."""
Row = str | tuple[str, "tuple[Row, ...]"]
"""A command's name, "" for a line, or a submenu's words and rows."""

MENUS: tuple[tuple[str, tuple[Row, ...]], ...] = (
    (
        "&File",
        (
            "open_file", "open_folder", RECENT, "open_sample", "",
            "new_project", "open_project", "save_project", "add_clips", "",
            "import_masks", "export", "",
            "models", "settings", "", "close_clip", "close_project", "quit",
        ),
    ),
    (
        "&View",
        (
            "fit", "actual_size", "zoom_in", "zoom_out", "",
            "pane_rgb", "pane_flow", "pane_saliency", "pane_confidence", "all_panes",
            ("La&yout", ("layout_grid", "layout_strip", "layout_alone")), "",
            "next_mask_mode", "outline", "",
            "tools_dock", "clips_dock", "history", "log", "",
            ("The&me", ("theme_system", "theme_dark", "theme_light")), "full_screen",
        ),
    ),
    (
        "&Correct",
        (
            "undo", "redo", "",
            (
                "T&ool",
                (
                    "look", "", "brush", "eraser", "back_to_model", "threshold_brush", "neighbour_brush", "",
                    "lasso", "polygon", "fill", "wand", "grabcut", "grabcut_scribble", "",
                    "keep_island", "drop_island",
                ),
            ),
            "smaller", "larger", "swap", "",
            ("Whole mas&k", ("grow", "shrink", "smooth", "fill_holes", "", "copy_previous", "clear_frame")),
            (
                "&Propagate",
                ("propagate_forward", "propagate_back", "propagate_both", "", "interpolate"),
            ), "",
            "accept", "needs_work", "unaccept",
        ),
    ),
    (
        "&Playback",
        (
            "play", "back", "forward", "back_ten", "forward_ten", "first", "last", "jump", "",
            "loop", "pause_inference",
        ),
    ),
    (
        "&Review",
        (
            "next_suggested", "previous_unreviewed", "next_unreviewed", "",
            "range_start", "range_end", "go_range_start", "go_range_end", "clear_range", "",
            "legend",
        ),
    ),
    ("&Model", ("finetune", "models", "choose_model", "", "roll_back")),
    ("&Help", ("keys", "change_keys", "tour", "about")),
)  # fmt: skip


def build_menus(window: QMainWindow, actions: Actions, recent: "RecentMenu") -> None:
    """Fill the window's menu bar."""
    for words, rows in MENUS:
        _fill(window.menuBar().addMenu(words), rows, actions, recent)


def _fill(menu: QMenu, rows: tuple[Row, ...], actions: Actions, recent: "RecentMenu") -> None:
    for row in rows:
        if not row:
            menu.addSeparator()
        elif not isinstance(row, str):
            _fill(menu.addMenu(row[0]), row[1], actions, recent)
        elif row == RECENT:
            menu.addMenu(recent.menu)
        else:
            menu.addAction(actions.by_name[row])


class RecentMenu(QObject):
    """Recent files; those that are gone are greyed. Filled whenever it opens."""

    chosen = Signal(object)

    def __init__(self, settings: Settings, parent: QMainWindow) -> None:
        super().__init__(parent)
        self._settings = settings
        self.menu = QMenu("&Recent files", parent)
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self.fill)
        self.menu.triggered.connect(self._triggered)

    @Slot()
    def fill(self) -> None:
        """List the recent files as they are now."""
        self.menu.clear()
        for number, text in enumerate(self._settings.recent, start=1):
            path = Path(text)
            there = path.exists()
            key = f"&{number}  " if number < 10 else ""
            words = f"{key}{_short(path)}" + (", project" if is_project(path) else "")
            words += "" if there else "  (missing)"
            action = self.menu.addAction(words)
            action.setData(text)
            action.setToolTip(text)
            action.setEnabled(there)
        self.menu.addSeparator()
        forget = self.menu.addAction("&Forget all")
        forget.setEnabled(bool(self._settings.recent))

    @Slot(QAction)
    def _triggered(self, action: QAction) -> None:
        if action.data() is None:
            self._settings.recent = []
        else:
            self.chosen.emit(Path(action.data()))


def _short(path: Path) -> str:
    """Name and folder, each no longer than a menu bears; & is the menu's own sign."""
    name, folder = (elided(text, 40) for text in (path.name, path.parent.name))
    return f"{name}  —  {folder}".replace("&", "&&") if folder else name.replace("&", "&&")
