"""The picture area of a pane: shows a Scene under the shared view and turns mouse and keys into zoom and pan."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QCursor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.held_key import HeldKey
from app.panes.scene import Scene
from app.panes.scene_painter import paint_crosshair, paint_scene
from app.panes.view_state import ViewState
from app.panes.viewport import Viewport
from app.theme import Theme

WHEEL_STEP = 1.2
"""Magnification of one notch of the wheel."""
_TAP_MS = 250
_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class ImageView(QWidget):
    """Draws a scene. The drawn picture is kept, so that moving the crosshair only copies it."""

    peek = Signal(bool)
    """Tab is held down (True) or was let go (False) while this view has the keyboard."""
    double_clicked = Signal()

    def __init__(self, view: ViewState, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._theme = view, theme
        self._scene: Scene | None = None
        self._message, self._hint = "", ""
        self._drawn: QPixmap | None = None
        self._drag_from: QPointF | None = None
        self._tab = HeldKey(_TAP_MS, self)
        self._tab.pressed.connect(self._begin_peek)
        self._tab.released.connect(self._end_peek)
        self._focus_ring = False
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(QSize(120, 60))
        view.changed.connect(self._view_changed)
        view.cursor_changed.connect(self.update)
        view.pan_armed_changed.connect(self._show_pan_cursor)
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

    def show_scene(self, scene: Scene | None) -> None:
        """Draw this from now on; None shows the message alone."""
        self._scene = scene
        self._redraw()

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

    def zoom_by(self, factor: float, point: QPointF | None = None) -> None:
        """Zoom with the frame held still under `point`, the crosshair or the middle."""
        viewport = self.viewport
        if point is None:
            point = QPointF(*viewport.to_pane(self._view.cursor or self._view.centre))
        self._view.look(*viewport.zoomed_at((point.x(), point.y()), factor))

    def show_actual_size(self) -> None:
        """One frame pixel on one device pixel of this pane."""
        self.zoom_by(self.viewport.zoom_for_scale(1 / self.devicePixelRatioF()) / self._view.zoom)

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the frame by logical pixels."""
        self._view.look(self._view.zoom, self.viewport.moved_by(dx, dy))

    @Slot()
    def _redraw(self) -> None:
        self._drawn = None
        self.update()

    @Slot()
    def _view_changed(self) -> None:
        self._redraw()
        if self.underMouse():  # keys and menus move the picture under a pointer that stands still
            self._point(QPointF(self.mapFromGlobal(QCursor.pos())))

    def _point(self, place: QPointF) -> None:
        self._view.point_at(self.viewport.to_frame((place.x(), place.y())))

    @Slot()
    def _show_pan_cursor(self) -> None:
        hand = Qt.CursorShape.OpenHandCursor if self._view.pan_armed else Qt.CursorShape.CrossCursor
        self.setCursor(hand)

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._drawn is None or self._drawn.devicePixelRatioF() != ratio:
            self._drawn = self._draw(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._drawn)
        if self._scene is not None and self._view.cursor is not None:
            paint_crosshair(painter, self.viewport, self._view.cursor)
        if self._hint and self._scene is not None:
            self._paint_hint(painter)
        if self._focus_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.tokens.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _draw(self, ratio: float) -> QPixmap:
        tokens = self._theme.tokens
        drawn = QPixmap(self.size() * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(QColor(tokens.canvas))
        painter = QPainter(drawn)
        if self._scene is not None:
            paint_scene(painter, self._scene, self.viewport, tokens, ratio)
        elif self._message:
            painter.setPen(QColor(tokens.muted))
            inner = QRectF(self.rect()).adjusted(20, 12, -20, -12)
            painter.drawText(
                inner, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._message
            )
        painter.end()
        return drawn

    def _paint_hint(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        text = painter.fontMetrics().boundingRect(self._hint)
        chip = QRectF(8, self.height() - text.height() - 16, text.width() + 20, text.height() + 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.control), 1))
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(chip, 5, 5)
        painter.setPen(QColor(tokens.text))
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), self._hint)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._redraw()

    # Mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if notches and self._scene is not None:
            self.zoom_by(WHEEL_STEP**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        middle = event.button() == Qt.MouseButton.MiddleButton
        if middle or (self._view.pan_armed and event.button() == Qt.MouseButton.LeftButton):
            self._drag_from = event.position()
            self._view.note_pan()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag_from is not None:
            moved = event.position() - self._drag_from
            self._drag_from = event.position()
            self.pan_by(moved.x(), moved.y())
        self._point(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drag_from is not None:
            self._drag_from = None
            self._show_pan_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_pan_cursor()

    def leaveEvent(self, event: QEvent) -> None:
        self._view.point_at(None)

    # Keys: Tab is held to peek and tapped to move on

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and self._is_tab(event):
            real = not event.isAutoRepeat()
            if event.type() == QEvent.Type.KeyPress:
                if real:
                    self._tab.press()
                return True
            if event.type() == QEvent.Type.KeyRelease:
                if real:
                    self._tab.release()
                return True
        return super().event(event)

    @staticmethod
    def _is_tab(event: QKeyEvent) -> bool:
        return event.key() == Qt.Key.Key_Tab and event.modifiers() == Qt.KeyboardModifier.NoModifier

    @Slot()
    def _begin_peek(self) -> None:
        self.peek.emit(True)

    @Slot(bool)
    def _end_peek(self, tapped: bool) -> None:
        self.peek.emit(False)
        if tapped:
            self.focusNextPrevChild(True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_ring = event.reason() in _KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._tab.let_go()
        self._focus_ring = False
        self.update()
