"""Keeps a widget over the top of another one, so that it comes and goes without moving anything. No content here."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget


class FloatOver(QObject):
    """Lays `widget` over the upper edge of `ground`, as wide as it less the margin, as high as it needs."""

    def __init__(self, widget: QWidget, ground: QWidget, margin: int) -> None:
        super().__init__(widget)
        self._widget, self._ground, self._margin = widget, ground, margin
        widget.setParent(ground)
        ground.installEventFilter(self)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        resized = watched is self._ground and event.type() == QEvent.Type.Resize
        if resized or event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._place()
        return False

    def _place(self) -> None:
        width = max(self._ground.width() - 2 * self._margin, 0)
        height = self._widget.heightForWidth(width)
        if height < 0:
            height = self._widget.sizeHint().height()
        self._widget.setGeometry(self._margin, self._margin, width, height)
        self._widget.raise_()
