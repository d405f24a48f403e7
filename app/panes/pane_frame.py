"""A pane's frame: header with title, readout and two buttons, a body, and an optional row below it."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.icons import icon
from app.theme import Theme
from app.widgets.labels import label


class PaneFrame(QFrame):
    """Frame of one pane. key: its short name in settings. title: its name on screen."""

    close_requested = Signal(str)
    alone_requested = Signal(str)

    def __init__(self, key: str, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.title, self._theme = key, title, theme
        self._alone = False
        self.setObjectName("pane")
        self.setAccessibleName(f"{title} pane")
        self._readout = label(kind="paneReadout")
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._readout.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._alone_button = self._header_button()
        self._alone_button.clicked.connect(self._ask_alone)
        self._close_button = self._header_button()
        self._close_button.clicked.connect(self._ask_close)
        self._name(self._close_button, f"Close the {title} pane (View menu brings it back)")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 1, 1, 1)
        self._column.setSpacing(0)
        self._column.addLayout(self._header())
        theme.changed.connect(self._show_icons)
        self._show_icons()

    def set_body(self, body: QWidget, below: QWidget | None = None) -> None:
        """The pane's content, and a row of controls under it."""
        self._column.addWidget(body, 1)
        if below is not None:
            self._column.addWidget(below)

    def set_readout(self, text: str) -> None:
        """A few words at the right of the header: the value under the crosshair."""
        self._readout.setText(text)

    def set_alone(self, alone: bool) -> None:
        """Whether this pane is the only one shown: its button then brings the others back."""
        self._alone = alone
        self._show_icons()

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(10, 1, 3, 1)
        row.setSpacing(2)
        name = label(self.title, "paneTitle")
        name.setMinimumWidth(20)
        row.addWidget(name)
        row.addSpacing(8)
        row.addWidget(self._readout, 1)
        row.addSpacing(6)
        row.addWidget(self._alone_button)
        row.addWidget(self._close_button)
        return row

    def _header_button(self) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(14, 14))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @staticmethod
    def _name(button: QToolButton, words: str) -> None:
        button.setToolTip(words)
        button.setAccessibleName(words)

    @Slot()
    def _show_icons(self) -> None:
        tokens = self._theme.tokens
        self._close_button.setIcon(icon("close", tokens, tokens.muted))
        self._alone_button.setIcon(icon("contract" if self._alone else "expand", tokens, tokens.muted))
        self._name(
            self._alone_button, "Show all panes" if self._alone else f"Show the {self.title} pane alone"
        )

    @Slot()
    def _ask_alone(self) -> None:
        self.alone_requested.emit(self.key)

    @Slot()
    def _ask_close(self) -> None:
        self.close_requested.emit(self.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._ask_alone()
