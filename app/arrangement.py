"""Which panes are shown and how, as menus and pane buttons choose it; kept in the settings."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction

from app.actions import Actions
from app.panes.pane_area import PaneArea
from app.settings import Settings


class Arrangement(QObject):
    """Connects the layout and pane commands with the pane area."""

    keyboard_lost = Signal()
    """The pane that had the keyboard is gone from the screen."""

    def __init__(self, area: PaneArea, actions: Actions, settings: Settings) -> None:
        super().__init__(area)
        self._area, self._actions, self._settings = area, actions, settings
        self._before_alone = settings.layout if settings.layout != "alone" else "grid"
        for action in actions.layouts.values():
            action.triggered.connect(self._layout_chosen)
        for key, action in actions.panes.items():
            action.setData(key)
            action.triggered.connect(self._pane_toggled)
        for pane in area.panes.values():
            pane.close_requested.connect(self.close)
            pane.alone_requested.connect(self.toggle_alone)
        actions.all_panes.triggered.connect(self.show_all)
        area.splits_changed.connect(self._keep_splits)
        self._apply()

    def set_layout(self, layout: str) -> None:
        """ "grid", "strip" or "alone"."""
        if layout != "alone":
            self._before_alone = layout
        self._settings.layout = layout  # pyright: ignore[reportAttributeAccessIssue]
        self._apply()

    @Slot(str)
    def close(self, key: str) -> None:
        """Take a pane away; the View menu brings it back."""
        self._set_hidden(key, True)

    @Slot()
    def show_all(self) -> None:
        """Every pane, whatever was closed or alone."""
        self._settings.hidden_panes = []
        self.set_layout(self._before_alone)

    @Slot(str)
    def toggle_alone(self, key: str) -> None:
        """Show this pane alone, or all of them again."""
        if self._settings.layout == "alone":
            self.set_layout(self._before_alone)
        else:
            self._settings.main_pane = key
            self.set_layout("alone")

    @Slot()
    def _layout_chosen(self) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        # The pane that has the keyboard becomes the large one.
        for key, pane in self._area.panes.items():
            if pane.isAncestorOf(pane.window().focusWidget() or pane):
                self._settings.main_pane = key
        self.set_layout(action.data())

    @Slot(bool)
    def _pane_toggled(self, shown: bool) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        key = action.data()
        if shown and self._settings.layout == "alone":
            # What one asks for must appear.
            self._settings.main_pane = key
        self._set_hidden(key, not shown)

    def _set_hidden(self, key: str, hidden: bool) -> None:
        left = [other for other in self._settings.hidden_panes if other != key]
        self._settings.hidden_panes = [*left, key] if hidden else left
        self._apply()

    def _apply(self) -> None:
        chosen = self._settings
        focused = self._area.window().focusWidget()
        self._area.arrange(chosen.layout, chosen.main_pane, chosen.hidden_panes, chosen.splits)
        self._actions.layouts[chosen.layout].setChecked(True)
        for key, action in self._actions.panes.items():
            action.setChecked(key not in chosen.hidden_panes)
        if focused is not None and self._area.isAncestorOf(focused) and not focused.isVisible():
            self.keyboard_lost.emit()

    @Slot(str, float, float)
    def _keep_splits(self, layout: str, column: float, row: float) -> None:
        self._settings.splits = {**self._settings.splits, layout: (column, row)}
