"""Draws a Scene, and over it crosshair, a tool's preview and a hint, in one widget. Input: image_view.py."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.canvas.preview import Preview
from app.panes.kept_picture import KeptPicture
from app.panes.preview_painter import paint_chip, paint_preview, preview_region
from app.panes.scene import Scene
from app.panes.scene_painter import crosshair_region, paint_crosshair, paint_scene
from app.panes.view_state import Position, ViewState
from app.panes.viewport import Viewport
from app.theme import Theme

if TYPE_CHECKING:
    from core.masks import Rectangle


class PictureCanvas(QWidget):
    """The drawn picture is kept: a stroke, a ring or the crosshair draws its own place alone anew."""

    def __init__(self, view: ViewState, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._theme = view, theme
        self._scene: Scene | None = None
        self._message, self._hint = "", ""
        self._kept = KeptPicture()
        self._preview: Preview | None = None
        self._preview_drawn = QRect()
        self._crosshair_drawn: tuple[QRect, ...] = ()
        self._focus_ring = False
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(120, 60))
        view.changed.connect(self._redraw)
        view.cursor_changed.connect(self._crosshair_moved)
        theme.changed.connect(self._redraw)

    @property
    def scene(self) -> Scene | None:
        return self._scene

    @property
    def hint(self) -> str:
        return self._hint

    @property
    def message(self) -> str:
        return self._message

    @property
    def viewport(self) -> Viewport:
        """The shared view in this widget."""
        return self._view.viewport((max(self.width(), 1), max(self.height(), 1)))

    @property
    def preview(self) -> Preview | None:
        return self._preview

    def show_scene(self, scene: Scene | None) -> None:
        """Draw this from now on; None shows the message alone."""
        if scene is not None and scene.same_picture(self._scene):
            self._kept.forget_mask()
        else:
            self._kept.forget()
        self._scene = scene
        self.update()

    def mask_changed(self, rectangle: "Rectangle") -> None:
        """The scene's mask was changed in place inside `rectangle` of the frame: draw that part anew."""
        if self._scene is None or self._scene.mask is None or rectangle.is_empty:
            return
        ratio = self.devicePixelRatioF()
        part = self._kept.spoil(self._scene.mask, self.viewport, ratio, rectangle)
        logical = QRectF(part.x() / ratio, part.y() / ratio, part.width() / ratio, part.height() / ratio)
        self.update(logical.toAlignedRect())

    def show_preview(self, preview: Preview | None) -> None:
        """What the tool draws over the picture from now on."""
        self._preview = preview
        self._preview_moved()
        self._crosshair_moved()

    def say(self, message: str) -> None:
        """A sentence in the middle of the pane, for when there is no picture."""
        if message != self._message:
            self._message = message
            self.setAccessibleDescription(message)
            self._redraw()

    def set_hint(self, hint: str) -> None:
        """A few words in the lower left corner, over the picture; empty for none."""
        if hint != self._hint:
            self._hint = hint
            self.update()

    def hides_crosshair(self) -> bool:
        """Whether the shared cursor is not for this picture now."""
        return False

    @Slot()
    def _redraw(self) -> None:
        self._kept.forget()
        self._preview_moved()
        self.update()

    def _preview_moved(self) -> None:
        region = preview_region(self._preview, self.viewport, QFontMetricsF(self.font()))
        if not self._preview_drawn.isEmpty():
            self.update(self._preview_drawn)
        if not region.isEmpty():
            self.update(region)
        self._preview_drawn = region

    @Slot()
    def _crosshair_moved(self) -> None:
        cursor = self._crosshair
        region = crosshair_region(self.viewport, cursor) if cursor is not None else ()
        for part in (*self._crosshair_drawn, *region):
            self.update(part)

    @property
    def _crosshair(self) -> Position | None:
        return None if self._scene is None or self.hides_crosshair() else self._view.cursor

    def paintEvent(self, event: QPaintEvent) -> None:
        scene, viewport = self._scene, self.viewport
        mask = scene.mask if scene is not None else None
        ratio = self.devicePixelRatioF()
        picture = self._kept.picture(self.size(), ratio, viewport, mask, self._draw)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, picture)
        cursor = self._crosshair
        self._crosshair_drawn = crosshair_region(viewport, cursor) if cursor is not None else ()
        if cursor is not None:
            paint_crosshair(painter, viewport, cursor)
        if self._preview is not None and scene is not None:
            paint_preview(painter, self._preview, viewport, self._theme.tokens)
        if self._hint and scene is not None:
            self._paint_hint(painter)
        if self._focus_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.tokens.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _draw(self, drawn: QPixmap) -> None:
        """All but the mask."""
        tokens = self._theme.tokens
        drawn.fill(QColor(tokens.canvas))
        painter = QPainter(drawn)
        if self._scene is not None:
            paint_scene(painter, self._scene, self.viewport, tokens, drawn.devicePixelRatio())
        elif self._message:
            painter.setPen(QColor(tokens.muted))
            inner = QRectF(self.rect()).adjusted(20, 12, -20, -12)
            painter.drawText(
                inner, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._message
            )
        painter.end()

    def _paint_hint(self, painter: QPainter) -> None:
        text = painter.fontMetrics().boundingRect(self._hint)
        chip = QRectF(8, self.height() - text.height() - 16, text.width() + 20, text.height() + 8)
        paint_chip(painter, chip, self._hint, self._theme.tokens)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._redraw()
