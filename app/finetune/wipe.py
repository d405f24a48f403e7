"""One frame with the old model's mask left of a divider and the new one's right of it; the divider can be moved."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import Theme

_STEP, _LEAP = 0.02, 0.1
_GRIP = 9.0
_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class Wipe(QWidget):
    """place: of the divider, 0 shows the new mask alone, 1 the old one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._before: QImage | None = None
        self._after: QImage | None = None
        self._words = ""
        self.place = 0.5
        self.setMinimumSize(240, 150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName("Before and after")
        self.setToolTip(
            "Drag, or Left and Right: the old model's mask on the left, the new one's on the right"
        )
        theme.changed.connect(self._repaint)
        self._tell_place()

    def sizeHint(self) -> QSize:
        return QSize(520, 300)

    def show_pictures(self, before: QImage, after: QImage) -> None:
        """Two pictures of one size."""
        self._before, self._after, self._words = before, after, ""
        self.update()

    def show_words(self, words: str) -> None:
        """Words in place of pictures."""
        self._before = self._after = None
        self._words = words
        self.update()

    def move_to(self, place: float) -> None:
        """Put the divider there, 0 to 1."""
        self.place = min(max(place, 0.0), 1.0)
        self._tell_place()
        self.update()

    def picture_box(self) -> QRectF:
        """Where the picture is."""
        if self._before is None:
            return QRectF(self.rect())
        size = self._before.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(
            (self.width() - size.width()) / 2,
            (self.height() - size.height()) / 2,
            size.width(),
            size.height(),
        )

    def _tell_place(self) -> None:
        self.setAccessibleDescription(f"{self.place:.0%} of the picture shows the old model's mask")

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.canvas))
        if self._before is not None and self._after is not None:
            self._paint_pictures(painter, self._before, self._after)
        else:
            painter.setPen(QColor(tokens.muted))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._words)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_pictures(self, painter: QPainter, before: QImage, after: QImage) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.picture_box()
        x = box.left() + self.place * box.width()
        painter.drawImage(box, after)
        painter.save()
        painter.setClipRect(QRectF(box.left(), box.top(), x - box.left(), box.height()))
        painter.drawImage(box, before)
        painter.restore()
        self._paint_name(
            painter, QRectF(box.left() + 6, box.top() + 6, x - box.left() - 12, 22), "before", True
        )
        self._paint_name(painter, QRectF(x + 6, box.top() + 6, box.right() - x - 12, 22), "after", False)
        for colour, width in (("#000000", 4), ("#ffffff", 2)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        painter.setBrush(QColor("#ffffff"))
        painter.setPen(QPen(QColor("#000000"), 1.5))
        painter.drawEllipse(QPointF(x, box.center().y()), _GRIP, _GRIP)
        for way in (-1, 1):
            tip = QPointF(x + way * 6, box.center().y())
            painter.drawLine(tip, tip + QPointF(-way * 3, -3))
            painter.drawLine(tip, tip + QPointF(-way * 3, 3))

    def _paint_name(self, painter: QPainter, room: QRectF, words: str, left: bool) -> None:
        """A name in its half, where there is room for it."""
        width = painter.fontMetrics().horizontalAdvance(words) + 14
        if width > room.width():
            return
        box = QRectF(room.left() if left else room.right() - width, room.top(), width, room.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

    # Pointer and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event)

    def _drag(self, event: QMouseEvent) -> None:
        box = self.picture_box()
        self.move_to((event.position().x() - box.left()) / max(box.width(), 1.0))

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in _KEYS
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _LEAP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        match event.key():
            case Qt.Key.Key_Left:
                self.move_to(self.place - step)
            case Qt.Key.Key_Right:
                self.move_to(self.place + step)
            case Qt.Key.Key_Home:
                self.move_to(0.0)
            case Qt.Key.Key_End:
                self.move_to(1.0)
            case _:
                super().keyPressEvent(event)
