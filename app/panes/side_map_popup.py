"""A side map larger than its tile, for as long as one looks at it."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.panes.side_map_tile import STREAM_NAMES, SideMapTile
from app.theme import Theme


class SideMapPopup(QWidget):
    """Appears beside the tile, inside its parent, and lets the mouse through."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image: QImage | None = None
        self._title = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_for(self, tile: SideMapTile) -> None:
        """Appear beside the tile, inside the parent."""
        parent = self.parentWidget()
        if tile.image is None or parent is None:
            return
        self._image = tile.image
        self._title = f"Level {tile.level + 1}, {STREAM_NAMES[tile.stream]}"
        place = tile.picture_rect()
        room = QSize(min(260, parent.width() - 16), min(200, parent.height() - 40))
        size = place.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        self.resize(size.width() + 8, size.height() + 28)
        corner = tile.mapTo(parent, place.topLeft())
        x = min(
            max(corner.x() + place.width() // 2 - self.width() // 2, 4), parent.width() - self.width() - 4
        )
        above = corner.y() - self.height() - 4
        y = above if above >= 4 else min(corner.y() + place.height() + 4, parent.height() - self.height() - 4)
        self.move(x, max(y, 4))
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        painter = QPainter(self)
        tokens = self._theme.tokens
        painter.fillRect(self.rect(), QColor(tokens.surface))
        painter.setPen(QColor(tokens.control))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(8, 2, self.width() - 16, 22), int(Qt.AlignmentFlag.AlignVCenter), self._title)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRect(4, 24, self.width() - 8, self.height() - 28), self._image)
        painter.end()
