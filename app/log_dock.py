"""The log pane: what the program noted, errors in full. Lines come from any thread through logging."""

import contextlib
import logging

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDockWidget, QMainWindow, QPlainTextEdit

_MOST_LINES = 2000


class LogBridge(QObject):
    """Carries lines from any thread into the window's."""

    line = Signal(str)


class BridgeHandler(logging.Handler):
    """A logging handler that sends each record through a LogBridge."""

    def __init__(self, bridge: LogBridge) -> None:
        super().__init__(logging.INFO)
        self._bridge = bridge
        self.setFormatter(logging.Formatter("%(asctime)s  %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        # OpenVINO, while it converts, puts back the handlers that were there before: also one whose window is gone.
        with contextlib.suppress(RuntimeError):
            self._bridge.line.emit(self.format(record))


class LogDock(QDockWidget):
    """A dock at the bottom, closed until somebody wants it."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__("Log", window)
        self.setObjectName("log")
        self.setAllowedAreas(Qt.DockWidgetArea.BottomDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self._text = QPlainTextEdit(readOnly=True)
        self._text.setMaximumBlockCount(_MOST_LINES)
        self._text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._text.setAccessibleName("Log")
        self._text.setTabChangesFocus(True)
        self._text.setPlaceholderText("Nothing has been noted yet.")
        self.setWidget(self._text)
        self._bridge = LogBridge(self)
        self._bridge.line.connect(self.add)
        self._handler = BridgeHandler(self._bridge)
        logging.getLogger().addHandler(self._handler)

    @property
    def text(self) -> str:
        return self._text.toPlainText()

    @Slot(str)
    def add(self, line: str) -> None:
        """Append a line, or several."""
        self._text.appendPlainText(line)

    def detach(self) -> None:
        """Take no more lines: the window is going."""
        logging.getLogger().removeHandler(self._handler)
