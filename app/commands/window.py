"""The commands of the window itself: full screen, log, key sheet, About, closing."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QMainWindow, QWidget

from app.about import AboutBox
from app.actions import Actions
from app.key_sheet import KeySheet
from app.log_dock import LogDock
from app.widgets.text_keys import TextKeys


class WindowCommands(QObject):
    """Connects the commands that concern no clip."""

    def __init__(self, actions: Actions, window: QMainWindow, log: LogDock) -> None:
        super().__init__(actions)
        self._actions, self._window, self._log = actions, window, log
        TextKeys(window)
        actions.quit.triggered.connect(window.close)
        actions.full_screen.toggled.connect(self._set_full_screen)
        actions.log.toggled.connect(log.setVisible)
        log.visibilityChanged.connect(self._log_visible)
        actions.keys.triggered.connect(self._show_keys)
        actions.about.triggered.connect(self._show_about)

    @Slot()
    def show_log(self) -> None:
        """Open the log pane."""
        self._actions.log.setChecked(True)

    @Slot(bool)
    def _set_full_screen(self, full: bool) -> None:
        if full != self._window.isFullScreen():
            self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot(bool)
    def _log_visible(self, visible: bool) -> None:
        # A window that is closed or made small hides its docks too: that is nobody's choice.
        if self._window.isVisible() and not self._window.isMinimized():
            self._actions.log.setChecked(not self._log.isHidden())

    @Slot()
    def _show_keys(self) -> None:
        _show(KeySheet(self._actions, self._window))

    @Slot()
    def _show_about(self) -> None:
        _show(AboutBox(self._window))


def _show(box: QWidget) -> None:
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.show()
