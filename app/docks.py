"""Where the docks of correcting stand, and the commands that show and hide them. What is in them is their own."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow

from app.actions import Actions

_LOW = 760
"""In a window lower than this, logical pixels, docks of one side share their place as tabs."""
_HEIGHTS = [530, 220]


class Docks(QObject):
    """tools, clips: on the left, one above the other. history, and those that are added: on the right."""

    def __init__(
        self,
        window: QMainWindow,
        actions: Actions,
        tools: QDockWidget,
        clips: QDockWidget,
        history: QDockWidget,
    ) -> None:
        super().__init__(window)
        self._window, self._commands = window, actions
        self.tools, self.clips, self.history = tools, clips, history
        self._actions = {
            actions.by_name["tools_dock"]: tools,
            actions.by_name["clips_dock"]: clips,
            actions.by_name["history"]: history,
        }
        area = Qt.DockWidgetArea
        for dock, side in ((tools, area.LeftDockWidgetArea), (clips, area.LeftDockWidgetArea)):
            window.addDockWidget(side, dock)
        window.addDockWidget(area.RightDockWidgetArea, history)
        clips.hide()
        history.hide()
        for action, dock in self._actions.items():
            action.triggered.connect(self._toggle)
            dock.visibilityChanged.connect(self.follow)
            _reach_by_key(dock)
        actions.put_to_use("tools_dock", "clips_dock", "history")
        self.follow()

    def add(self, command: str, dock: QDockWidget) -> None:
        """One more dock, on the right and hidden, behind the history where both are there."""
        action = self._commands.by_name[command]
        self._actions[action] = dock
        self._window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self._window.tabifyDockWidget(self.history, dock)
        dock.hide()
        action.triggered.connect(self._toggle)
        dock.visibilityChanged.connect(self.follow)
        _reach_by_key(dock)
        self._commands.put_to_use(command)
        self.follow()

    def show(self, dock: QDockWidget) -> None:
        """Bring a dock to the front."""
        same_side = self._window.dockWidgetArea(self.tools) == self._window.dockWidgetArea(self.clips)
        floating = self.tools.isFloating() or self.clips.isFloating()
        if dock.isHidden() and dock in (self.tools, self.clips) and same_side and not floating:
            self._stack_or_tab()
        dock.show()
        dock.raise_()

    def _stack_or_tab(self) -> None:
        if self._window.height() < _LOW:
            self._window.tabifyDockWidget(self.tools, self.clips)
        else:
            self._window.splitDockWidget(self.tools, self.clips, Qt.Orientation.Vertical)
            self._window.resizeDocks([self.tools, self.clips], _HEIGHTS, Qt.Orientation.Vertical)

    @Slot(bool)
    def _toggle(self, wanted: bool) -> None:
        dock = next(dock for action, dock in self._actions.items() if action is self.sender())
        # A dock that is behind another one comes to the front before it can be hidden.
        behind = not dock.isHidden() and dock.visibleRegion().isEmpty()
        if wanted or behind:
            self.show(dock)
        else:
            dock.hide()
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Let the menu show which docks are there. A window that is closed or made small hides them too."""
        if not self._window.isMinimized():
            for action, dock in self._actions.items():
                action.setChecked(not dock.isHidden())


def _reach_by_key(dock: QDockWidget) -> None:
    """Qt leaves the buttons of a dock's title to the mouse."""
    for button in dock.findChildren(QAbstractButton, options=Qt.FindChildOption.FindDirectChildrenOnly):
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name = "Detach or attach" if "float" in button.objectName() else "Close"
        button.setAccessibleName(f"{name} {dock.windowTitle()}")
        button.setToolTip(f"{name} {dock.windowTitle()}")
