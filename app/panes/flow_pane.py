"""The optical flow as the network sees it, with the key to its colours in a corner."""

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.images import image_from_rgb
from app.panes.picture_pane import MapPane
from app.panes.view_state import ViewState
from app.theme import Theme
from core.types import FlowField

_KEY_SIDE = 44


class FlowPane(MapPane):
    """Hue is the direction of motion, strength of colour its speed in the frame; white is stillness."""

    def __init__(self, key: str, title: str, view: ViewState, theme: Theme) -> None:
        super().__init__(key, title, view, theme)
        self._key = ColourKey(theme, self.picture)
        self._key.hide()

    def show_picture(self, image: QImage) -> None:
        super().show_picture(image)
        self._key.show()

    def show_message(self, message: str) -> None:
        super().show_message(message)
        self._key.hide()


class ColourKey(QWidget):
    """The colour wheel, in the lower right corner of its parent."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Key to the flow colours: hue is direction, white is no motion")
        self.resize(_KEY_SIDE + 4, _KEY_SIDE + 4)
        parent.installEventFilter(self)
        theme.changed.connect(self._repaint)

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def eventFilter(self, watched: object, event: object) -> bool:
        parent = self.parentWidget()
        if parent is not None:
            self.move(parent.width() - self.width() - 6, parent.height() - self.height() - 6)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        circle = QRectF(2, 2, _KEY_SIDE, _KEY_SIDE)
        clip = QPainterPath()
        clip.addEllipse(circle)
        painter.setClipPath(clip)
        painter.drawImage(circle, _wheel())
        painter.setClipping(False)
        painter.setPen(QPen(QColor(self._theme.tokens.control), 1.2))
        painter.drawEllipse(circle)
        painter.setPen(QPen(QColor("#202020"), 1.4))
        middle = circle.center()
        painter.drawLine(middle, middle + QPointF(9, 0))
        painter.drawLine(middle + QPointF(9, 0), middle + QPointF(6, -3))
        painter.drawLine(middle + QPointF(9, 0), middle + QPointF(6, 3))
        painter.end()


@lru_cache(maxsize=1)
def _wheel() -> QImage:
    from core.flow import flow_picture  # not at the top: the window shows before OpenCV is loaded

    axis = np.linspace(-1, 1, 96, dtype=np.float32)
    u, v = np.meshgrid(axis, axis)
    radius = np.maximum(np.hypot(u, v), 1.0)
    return image_from_rgb(
        flow_picture(FlowField(np.stack([u / radius, v / radius], axis=2).astype(np.float32)))
    )
