"""The dock with the tools, their settings, and what is done with the frame as a whole. It decides nothing."""

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QGridLayout,
    QMainWindow,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions import Actions
from app.canvas.frame_state import FrameStateLine
from app.canvas.tool_options import ToolOptions
from app.canvas.tool_state import TOOLS, ToolState
from app.widgets.action_button import ActionButton
from app.widgets.labels import label
from app.widgets.number_slider import NumberSlider

_MOST_COLUMNS = 5
_CELL, _SPACING = 32, 1


class IconGrid(QWidget):
    """Tool buttons in as many columns as there is room for, five at most."""

    def __init__(self, actions: list[QAction]) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_SPACING)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._columns = 0
        self.buttons = [_tool_button(action) for action in actions]
        self._place(_MOST_COLUMNS)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place(max(1, min((event.size().width() + _SPACING) // (_CELL + _SPACING), _MOST_COLUMNS)))
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(_CELL, super().minimumSizeHint().height())

    def _place(self, columns: int) -> None:
        if columns != self._columns:
            self._columns = columns
            for number, button in enumerate(self.buttons):
                self._grid.addWidget(button, number // columns, number % columns)


class ToolsDock(QDockWidget):
    """Every button is a command of the window."""

    def __init__(
        self, window: QMainWindow, actions: Actions, tools: ToolState, state: FrameStateLine
    ) -> None:
        super().__init__("Tools", window)
        self.setObjectName("tools")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self._tools = tools
        self.state = state
        self.grid = IconGrid([actions.by_name[name] for name in TOOLS])
        self.options = ToolOptions(tools, actions.by_name["swap"])
        self.radius = NumberSlider("Radius", 1, 100, tools.morphology_radius, " px", 2.0)
        self.radius.set_tip("How far Grow, Shrink and Smooth reach, in pixels of the frame")
        self.radius.value_changed.connect(tools.set_morphology_radius)
        tools.changed.connect(self._show_radius)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(state)
        column.addLayout(_pair(actions, ("accept", "Accept"), ("needs_work", "Needs work"), icons=True))
        column.addLayout(_pair(actions, ("undo", "Undo"), ("redo", "Redo"), icons=True))
        column.addWidget(_line())
        column.addWidget(self.grid)
        column.addWidget(self.options)
        column.addWidget(_line())
        column.addWidget(label("Whole mask", "headline"))
        column.addWidget(self.radius)
        column.addLayout(_pair(actions, ("grow", "Grow"), ("shrink", "Shrink")))
        column.addLayout(_pair(actions, ("smooth", "Smooth"), ("fill_holes", "Fill holes")))
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar = scroll.verticalScrollBar().sizeHint().width()
        scroll.setMinimumWidth(content.minimumSizeHint().width() + bar)
        self.setWidget(scroll)

    def sizeHint(self) -> QSize:
        return QSize(236, 480)

    @Slot()
    def _show_radius(self) -> None:
        self.radius.set_value(self._tools.morphology_radius)


def _tool_button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(20, 20))
    button.setFixedSize(_CELL, _CELL)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text().replace("&", ""))
    return button


def _pair(actions: Actions, *parts: tuple[str, str], icons: bool = False) -> QGridLayout:
    """Two buttons of equal width beside one another."""
    row = QGridLayout()
    row.setSpacing(6)
    for number, (name, words) in enumerate(parts):
        row.addWidget(ActionButton(words, actions.by_name[name], with_icon=icons), 0, number)
        row.setColumnStretch(number, 1)
    return row


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("divider")
    line.setFixedHeight(1)
    return line
