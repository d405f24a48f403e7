"""The menu bar: which commands stand where, and the list of recent files. What they do: actions.py and its owners."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMenu

from app.actions import Actions
from app.names import elided
from app.settings import Settings


def build_menus(window: QMainWindow, actions: Actions, recent: "RecentMenu") -> None:
    """Fill the window's menu bar."""
    bar = window.menuBar()
    file = bar.addMenu("&File")
    file.addActions([actions.open_file, actions.open_folder])
    file.addMenu(recent.menu)
    file.addActions([actions.open_sample, actions.choose_model])
    file.addSeparator()
    file.addActions([actions.close_clip, actions.quit])
    view = bar.addMenu("&View")
    view.addActions([actions.fit, actions.actual_size, actions.zoom_in, actions.zoom_out])
    view.addSeparator()
    view.addActions([*actions.panes.values(), actions.all_panes])
    layout = view.addMenu("La&yout")
    layout.addActions(list(actions.layouts.values()))
    view.addSeparator()
    view.addActions([actions.next_mask_mode, actions.outline])
    view.addSeparator()
    themes = view.addMenu("&Theme")
    themes.addActions(list(actions.themes.values()))
    view.addActions([actions.log, actions.full_screen])
    playback = bar.addMenu("&Playback")
    playback.addActions([actions.play, actions.back, actions.forward, actions.back_ten, actions.forward_ten])
    playback.addActions([actions.first, actions.last, actions.jump])
    playback.addSeparator()
    playback.addActions([actions.loop, actions.pause_inference])
    helps = bar.addMenu("&Help")
    helps.addActions([actions.keys, actions.tour, actions.about])


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
            words = f"{key}{_short(path)}" + ("" if there else "  (missing)")
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
