"""The commands of the view: zoom, pan, the way to show the mask, the theme."""

from typing import Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction

from app.actions import Actions
from app.panes.pane_set import PaneSet
from app.panes.view_state import ViewState
from app.settings import Settings
from app.theme import Theme

PAN_PIXELS = 60
ZOOM_STEP = 1.25


class ViewCommands(QObject):
    """Connects the View menu with the panes."""

    def __init__(
        self, actions: Actions, view: ViewState, panes: PaneSet, theme: Theme, settings: Settings
    ) -> None:
        super().__init__(actions)
        self._actions, self._view = actions, view
        self._panes, self._theme, self._settings = panes, theme, settings
        actions.fit.triggered.connect(view.fit)
        actions.actual_size.triggered.connect(self._show_actual_size)
        for action, factor in ((actions.zoom_in, ZOOM_STEP), (actions.zoom_out, 1 / ZOOM_STEP)):
            action.setData(factor)
            action.triggered.connect(self._zoom)
        ways = {"pan_left": (1, 0), "pan_right": (-1, 0), "pan_up": (0, 1), "pan_down": (0, -1)}
        for name, way in ways.items():
            actions.by_name[name].setData(way)
            actions.by_name[name].triggered.connect(self._pan)
        actions.next_mask_mode.triggered.connect(panes.rgb.controls.next_mode)
        actions.outline.triggered.connect(panes.rgb.controls.toggle_outline)
        for action in actions.themes.values():
            action.triggered.connect(self._choose_theme)
        actions.themes[theme.choice].setChecked(True)
        actions.keys_changed.connect(self._show_keys)
        self._show_keys()

    @Slot()
    def _show_actual_size(self) -> None:
        self._panes.active_picture().show_actual_size()

    @Slot()
    def _zoom(self) -> None:
        self._panes.active_picture().zoom_by(self._sent_data())

    @Slot()
    def _pan(self) -> None:
        x, y = self._sent_data()
        self._panes.active_picture().pan_by(x * PAN_PIXELS, y * PAN_PIXELS)

    @Slot()
    def _choose_theme(self) -> None:
        self._settings.theme = self._sent_data()
        self._theme.choose(self._settings.theme)

    @Slot()
    def _show_keys(self) -> None:
        self._view.peek_keys = self._actions.held_keys("peek")

    def _sent_data(self) -> Any:
        action = self.sender()
        assert isinstance(action, QAction)
        return action.data()
