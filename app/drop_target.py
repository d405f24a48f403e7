"""Files dropped on the window: a frame while they hover, then they are opened."""

from PySide6.QtCore import QEvent, QMimeData, QObject, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from app.theme import Theme
from app.widgets.highlight import Highlight

_INSET = 2


class DropTarget(QObject):
    """Takes the drops on `window`."""

    dropped = Signal(list)
    """Paths as text, at least one."""

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self.frame = Highlight(window, theme)
        self.frame.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent):
            if dropped_paths(event.mimeData()):
                event.acceptProposedAction()
                self._show_frame()
            return True
        if event.type() == QEvent.Type.DragLeave:
            self.frame.hide()
        elif type(event) is QDropEvent:  # moves are of a class derived from it
            self.frame.hide()
            paths = dropped_paths(event.mimeData())
            if paths:
                event.acceptProposedAction()
                self.dropped.emit(paths)
            return True
        return False

    def _show_frame(self) -> None:
        central = self._window.centralWidget() or self._window
        self.frame.setGeometry(central.geometry().adjusted(_INSET, _INSET, -_INSET, -_INSET))
        self.frame.raise_()
        self.frame.show()


def dropped_paths(data: QMimeData) -> list[str]:
    """The local files and folders that are being dropped."""
    urls: list[QUrl] = data.urls() if data.hasUrls() else []
    return [url.toLocalFile() for url in urls if url.isLocalFile()]
