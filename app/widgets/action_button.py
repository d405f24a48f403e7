"""A push button that does what an action does, with words of its own; it follows the action otherwise."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton


class ActionButton(QPushButton):
    """Enabled when the action is; tooltip and icon are the action's. primary: the one most people want."""

    def __init__(self, words: str, action: QAction, primary: bool = False, with_icon: bool = False) -> None:
        super().__init__(words)
        self._action, self._with_icon = action, with_icon
        self.setProperty("primary", primary)
        self.setIconSize(QSize(16, 16))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(action.text().replace("&", "").removesuffix("…"))
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        self.setToolTip(self._action.toolTip())
        if self._with_icon:
            self.setIcon(self._action.icon())
