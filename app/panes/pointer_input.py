"""Turns mouse and pen over a picture into samples for the tool in hand. Panning, zooming and drawing: not here."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent

from app.canvas.pointer import PointerSample, PointerTarget
from app.panes.viewport import Viewport

PointerEvent = QMouseEvent | QTabletEvent
_DRAWING = (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton)


class PointerInput:
    """One button draws at a time: the one that went down first."""

    def __init__(self, viewport: Callable[[], Viewport]) -> None:
        self._viewport = viewport
        self._target: PointerTarget | None = None
        self._button: Qt.MouseButton | None = None
        self._inverted = False
        self._last: PointerSample | None = None

    @property
    def active(self) -> bool:
        """A tool takes the pointer."""
        return self._target is not None and self._target.active

    @property
    def in_hand(self) -> bool:
        """A button is down that the tool was told of."""
        return self._button is not None

    def set_target(self, target: PointerTarget | None) -> None:
        """Who takes the pointer from now on."""
        self.let_go()
        self._target = target

    def press(self, event: PointerEvent) -> bool:
        """A button went down, for the first or, in a double click, the second time. Returns whether it draws."""
        if not self.active or self.in_hand or event.button() not in _DRAWING:
            return False
        assert self._target is not None
        self._button = event.button()
        self._inverted = self._button == Qt.MouseButton.RightButton or _asks_opposite(event)
        self._last = self._sample(event, self._inverted)
        if event.type() == QMouseEvent.Type.MouseButtonDblClick:
            self._target.double_click(self._last)
        else:
            self._target.press(self._last)
        return True

    def move(self, event: PointerEvent) -> None:
        """The pointer moved, with a button or without."""
        if self._target is None:
            return
        if self.in_hand:
            self._last = self._sample(event, self._inverted)
            self._target.move(self._last)
        elif self.active:
            self._target.hover(self._sample(event, _asks_opposite(event)))

    def release(self, event: PointerEvent) -> bool:
        """A button came up. Returns whether it was the drawing one."""
        if self._button is None or event.button() != self._button:
            return False
        assert self._target is not None
        assert self._last is not None
        self._button = None
        lifted = self._sample(event, self._inverted)
        # A pen that leaves the tablet has no pressure left: the stroke ends as thick as it was.
        self._target.release(replace(lifted, pressure=self._last.pressure))
        return True

    def hover_at(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The pointer stands still while a key goes down or the picture moves under it."""
        if self._target is not None and self.active and not self.in_hand:
            inverted = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            self._target.hover(self._at(place, 1.0, inverted, modifiers))

    def leave(self) -> None:
        """The pointer has left the picture."""
        if self._target is not None:
            self._target.hover(None)

    def let_go(self) -> None:
        """The picture can no longer tell when the button comes up: it counts as up where it was seen last."""
        if self._button is not None and self._target is not None and self._last is not None:
            self._button = None
            self._target.release(self._last)

    def cancel(self) -> bool:
        """Escape. Returns whether the tool had anything in hand."""
        if not self.active or self._target is None:
            return False
        self._button = None
        return self._target.cancel()

    def _sample(self, event: PointerEvent, inverted: bool) -> PointerSample:
        pressure = event.pressure() if isinstance(event, QTabletEvent) else 1.0
        return self._at(event.position(), pressure, inverted, event.modifiers())

    def _at(
        self, place: QPointF, pressure: float, inverted: bool, modifiers: Qt.KeyboardModifier
    ) -> PointerSample:
        viewport = self._viewport()
        x, y = viewport.to_frame((place.x(), place.y()))
        width, height = viewport.frame_wh
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        return PointerSample(x * width, y * height, pressure, inverted, shift, viewport.scale)


def _asks_opposite(event: PointerEvent) -> bool:
    """Ctrl is held, or a pen is turned round to its eraser."""
    eraser = isinstance(event, QTabletEvent) and event.pointerType() == QPointingDevice.PointerType.Eraser
    return eraser or bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
