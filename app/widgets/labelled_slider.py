"""A slider with its name and its value, which keeps the arrow keys while it has the keyboard."""

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from app.widgets.labels import label

_SPACING = 6
_SHORTEST, _SHORT = 20, 48
"""Logical pixels: of a slider beside nothing, and beside its value."""
_OWN_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


class KeySlider(QSlider):
    """Left, Right, Home and End move the slider instead of the clip while it has the keyboard."""

    settled = Signal()
    """The person has let go of it, whether or not it has moved."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self.settled.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event)
        self.settled.emit()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if not event.isAutoRepeat():
            self.settled.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.settled.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_own(event):
            event.accept()
            return True
        return super().event(event)


def _is_own(event: QKeyEvent) -> bool:
    return event.key() in _OWN_KEYS and event.modifiers() == Qt.KeyboardModifier.NoModifier


class LabelledSlider(QWidget):
    """Name, slider, value. suffix: unit after the value."""

    value_changed = Signal(int)
    value_set = Signal(int)
    """The value at which the person has let go, where it is another than before."""

    def __init__(self, name: str, lowest: int, highest: int, value: int, suffix: str = "") -> None:
        super().__init__()
        self._suffix = suffix
        self._name = label(name, "quiet")
        self._slider = KeySlider(Qt.Orientation.Horizontal)
        self._slider.setRange(lowest, highest)
        self._slider.setMinimumWidth(_SHORTEST)
        self.setMaximumWidth(280)
        self._slider.setPageStep(max((highest - lowest) // 10, 1))
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider.setAccessibleName(name)
        self._value = QLabel()
        self._value.setMinimumWidth(self._value.fontMetrics().horizontalAdvance(f"{highest}{suffix}") + 2)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        for widget in (self._name, self._slider, self._value):
            row.addWidget(widget, 1 if widget is self._slider else 0)
        self._slider.valueChanged.connect(self._changed)
        self._slider.setValue(value)
        self._settled_at = value
        self._slider.settled.connect(self._settled)
        self._changed(value)

    @property
    def value(self) -> int:
        return self._slider.value()

    def set_value(self, value: int) -> None:
        self._slider.setValue(value)

    def show_value(self, value: int) -> None:
        """Show a value that is not the person's: no signal tells of it. While the slider is dragged it stays."""
        if self._slider.isSliderDown():
            return
        with QSignalBlocker(self._slider):
            self._slider.setValue(value)
        self._settled_at = value
        self._show_text(value)

    @property
    def widths(self) -> tuple[int, int, int]:
        """The least width with name and value, with the value, and of the slider alone; logical pixels."""
        valued = _SHORT + _SPACING + self._value.minimumWidth()
        return valued + _SPACING + self._name.sizeHint().width(), valued, _SHORTEST

    def show_parts(self, name: bool, value: bool) -> None:
        """Name and value may go where there is little room: the tooltip keeps them."""
        self._name.setVisible(name)
        self._value.setVisible(value)

    @Slot()
    def _settled(self) -> None:
        if self.value != self._settled_at:
            self._settled_at = self.value
            self.value_set.emit(self.value)

    @Slot(int)
    def _changed(self, value: int) -> None:
        self._show_text(value)
        self.value_changed.emit(value)

    def _show_text(self, value: int) -> None:
        self._value.setText(f"{value}{self._suffix}")
        self._slider.setToolTip(f"{self._name.text()}: {value}{self._suffix}")
