"""One side map as a small picture, named by level and stream. Looking at it and choosing it: told by signals."""

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app.panes.view_state import ViewState
from app.theme import Theme

STREAM_NAMES = ("RGB", "Flow")


class SideMapTile(QAbstractButton):
    """One side map. Hovering or focusing it shows it larger, clicking it puts it into the pane."""

    looked_at = Signal(int, int, bool)
    chosen = Signal(int, int)

    def __init__(self, level: int, stream: int, view: ViewState, theme: Theme) -> None:
        super().__init__()
        self.level, self.stream = level, stream
        self._view, self._theme = view, theme
        self._image: QImage | None = None
        self._pale = False
        self.setAccessibleName(f"Side map, level {level + 1}, {STREAM_NAMES[stream]}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumSize(QSize(30, 16))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.clicked.connect(self._choose)
        view.cursor_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(60, 40)

    def show_map(self, image: QImage | None, pale: bool) -> None:
        self._image, self._pale = image, pale
        self.setEnabled(image is not None)
        self.update()

    @property
    def image(self) -> QImage | None:
        return self._image

    def picture_rect(self) -> QRect:
        """Where the map is drawn: the frame's shape, in the middle of the tile."""
        width, height = self._view.frame_wh
        size = QSize(width, height).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(
            (self.width() - size.width()) // 2,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        place = self.picture_rect()
        painter.fillRect(place, QColor(tokens.raised))
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setOpacity(0.4 if self._pale else 1.0)
            painter.drawImage(place, self._image)
            painter.setOpacity(1.0)
        lively = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(QColor(tokens.accent if lively else tokens.border), 2 if lively else 1))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        if self._view.cursor is not None and self._image is not None:
            self._paint_cursor(painter, place, self._view.cursor)
        painter.end()

    @staticmethod
    def _paint_cursor(painter: QPainter, place: QRect, position: tuple[float, float]) -> None:
        point = QPointF(
            place.left() + position[0] * place.width(), place.top() + position[1] * place.height()
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(point, 2.5, 2.5)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.level, self.stream)

    def _look(self, looking: bool) -> None:
        self.looked_at.emit(self.level, self.stream, looking and self._image is not None)
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._look(True)

    def leaveEvent(self, event: QEvent) -> None:
        self._look(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._look(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._look(False)
