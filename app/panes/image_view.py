"""The picture area of a pane: turns mouse, pen and keys into zoom, pan and strokes. Drawing: picture_canvas.py."""

from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.canvas.pointer import PointerTarget
from app.canvas.preview import Preview
from app.panes.peek_key import PeekKey
from app.panes.picture_canvas import PictureCanvas
from app.panes.pointer_input import PointerEvent, PointerInput
from app.panes.preview_painter import ring_radius
from app.panes.view_state import ViewState
from app.panes.viewport import Viewport
from app.theme import Theme

WHEEL_STEP = 1.2
"""Magnification of one notch of the wheel."""
_RING_SEEN_FROM = 4.0
"""A ring of so many logical pixels of radius shows by itself where the pointer is."""
_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


class ImageView(PictureCanvas):
    """A picture that one zooms, drags and, with a tool in hand, draws on."""

    peek = Signal(bool)
    """Tab is held down (True) or was let go (False) while this view has the keyboard."""
    double_clicked = Signal()
    size_wheel = Signal(int)
    """Notches that the wheel was turned with Ctrl held while a tool is in hand."""

    def __init__(self, view: ViewState, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(view, theme, name, parent)
        self._pointer = PointerInput(self._own_viewport)
        self._inside = False
        self._place = QPointF()
        self._drag_from: QPointF | None = None
        self._drag_button: Qt.MouseButton | None = None
        self._notches = 0.0
        self._peek_key = PeekKey(view, self)
        self._peek_key.peek.connect(self.peek)
        self._peek_key.moved_on.connect(self._move_on)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        view.changed.connect(self._view_changed)
        view.pan_armed_changed.connect(self._pan_armed_changed)

    def _own_viewport(self) -> Viewport:
        return self.viewport

    def set_pointer_target(self, target: PointerTarget | None) -> None:
        """Who is told of mouse and pen on this picture while a tool is in hand."""
        self._pointer.set_target(target)
        self._show_cursor()

    def show_preview(self, preview: Preview | None) -> None:
        super().show_preview(preview)
        self._show_cursor()

    def hides_crosshair(self) -> bool:
        """Where a tool is at work its ring is what one looks at."""
        return self._inside and self._pointer.active

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
    def _view_changed(self) -> None:
        self._show_cursor()
        if self.underMouse():  # keys and menus move the picture under a pointer that stands still
            self._place = QPointF(self.mapFromGlobal(QCursor.pos()))
            self._point(self._place)
            if self._drag_from is None:
                self._pointer.hover_at(self._place, QGuiApplication.keyboardModifiers())

    def _point(self, place: QPointF) -> None:
        self._view.point_at(self.viewport.to_frame((place.x(), place.y())))

    @Slot()
    def _pan_armed_changed(self) -> None:
        if self._pointer.in_hand and self._drag_button is None:  # Space in the middle of a stroke
            self._drag_from = self._place if self._view.pan_armed else None
        self._show_cursor()

    @Slot()
    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.CrossCursor
        if self._drag_from is not None:
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._view.pan_armed:
            shape = Qt.CursorShape.OpenHandCursor
        elif self._pointer.active and ring_radius(self._preview, self.viewport) >= _RING_SEEN_FROM:
            shape = Qt.CursorShape.BlankCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    # Mouse and pen

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        notches = event.angleDelta().y() / 120
        if not notches or self._scene is None:
            return
        if self._pointer.active and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._notches += notches  # a touch pad sends parts of a notch
            whole = int(self._notches)
            self._notches -= whole
            if whole:
                self.size_wheel.emit(whole)
        else:
            self.zoom_by(WHEEL_STEP**notches, event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._moved(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._released(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        drawing = self._pointer.active
        self._pressed(event)
        if event.button() == Qt.MouseButton.LeftButton and not drawing:
            self.double_clicked.emit()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """The pen. Without a tool in hand it is a mouse, which Qt makes of events that are not accepted."""
        if not (self._pointer.active or self._pointer.in_hand):
            event.ignore()
            return
        if event.type() == QEvent.Type.TabletPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._pressed(event)
        elif event.type() == QEvent.Type.TabletMove:
            self._moved(event)
        elif event.type() == QEvent.Type.TabletRelease:
            self._released(event)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.setAccepted(self._pointer.active)  # the right button draws then

    def _pressed(self, event: PointerEvent) -> None:
        self._place = event.position()
        middle = event.button() == Qt.MouseButton.MiddleButton
        left = event.button() == Qt.MouseButton.LeftButton
        if middle or (self._view.pan_armed and left and not self._pointer.in_hand):
            self._drag_from, self._drag_button = event.position(), event.button()
            self._view.note_pan()
            self._show_cursor()
        elif self._scene is not None and not self._view.pan_armed:
            self._pointer.press(event)

    def _moved(self, event: PointerEvent) -> None:
        self._place = event.position()
        self._inside = self.rect().contains(event.position().toPoint())
        if self._drag_from is not None:
            moved = event.position() - self._drag_from
            self._drag_from = event.position()
            self._view.note_pan()
            self.pan_by(moved.x(), moved.y())
        elif self._scene is not None:
            self._pointer.move(event)
        self._point(event.position())

    def _released(self, event: PointerEvent) -> None:
        self._place = event.position()
        if self._pointer.release(event):
            if self._drag_button is None:
                self._drag_from = None
        elif self._drag_button == event.button():
            self._drag_from = self._drag_button = None
        self._show_cursor()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._inside = True
        self._show_cursor()

    def leaveEvent(self, event: QEvent) -> None:
        self._inside = False
        self._pointer.leave()
        self._view.point_at(None)
        self._crosshair_moved()

    def hideEvent(self, event: QHideEvent) -> None:
        self._pointer.let_go()
        self._drag_from = self._drag_button = None

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self._pointer.let_go()
        super().changeEvent(event)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._hover_again(event)
        escape = event.key() == Qt.Key.Key_Escape
        event.setAccepted(escape and self._pointer.cancel())

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._hover_again(event)
        event.ignore()

    def _hover_again(self, event: QKeyEvent) -> None:
        """Ctrl turns the tool round while the pointer stands still."""
        if not self._inside or event.key() not in (Qt.Key.Key_Control, Qt.Key.Key_Shift):
            return
        held, control = event.modifiers(), Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Control:  # X11 tells what was held before this key
            held = held | control if event.type() == QEvent.Type.KeyPress else held & ~control
        self._pointer.hover_at(self._place, held)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() != Qt.Key.Key_Escape or not self._pointer.active:
                return super().event(event)
            event.accept()
            return True
        taken = isinstance(event, QKeyEvent) and self._peek_key.take(event)
        return taken or super().event(event)

    @Slot()
    def _move_on(self) -> None:
        self.focusNextPrevChild(True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focus_ring = event.reason() in _KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._peek_key.let_go()
        self._pointer.let_go()
        self._focus_ring = False
        self.update()
