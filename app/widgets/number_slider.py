"""A slider with a field for the number, under its name. Both keep the keys they need while they have the keyboard."""

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from app.widgets.labelled_slider import KeySlider
from app.widgets.labels import label

_STEPS = 1000
_FIELD_EDGES = 18
_FIELD_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape)
_ENDING_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NumberField(QSpinBox):
    """Return takes the number and nothing else: the window's own meaning of that key must wait."""

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() in (*_FIELD_KEYS, *_ENDING_KEYS)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (*_ENDING_KEYS, Qt.Key.Key_Escape):
            self.interpretText()
            self.clearFocus()
        else:
            super().keyPressEvent(event)


class NumberSlider(QWidget):
    """bend: above 1 the slider is finer at its low end. suffix: unit in the field."""

    value_changed = Signal(int)

    def __init__(
        self, name: str, lowest: int, highest: int, value: int, suffix: str = "", bend: float = 1.0
    ) -> None:
        super().__init__()
        self._lowest, self._highest, self._bend = lowest, highest, bend
        self._slider = KeySlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, _STEPS)
        self._slider.setPageStep(_STEPS // 10)
        self._slider.setSingleStep(_STEPS // 50)
        self._slider.setMinimumWidth(60)
        self._slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._slider.setAccessibleName(name)
        self._field = NumberField()
        self._field.setRange(lowest, highest)
        self._field.setSuffix(suffix)
        self._field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._field.setKeyboardTracking(False)
        widest = self._field.fontMetrics().horizontalAdvance(f"{highest}{suffix}")
        self._field.setFixedWidth(widest + _FIELD_EDGES)
        self._field.setAccessibleName(f"{name} as a number")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self._slider, 1)
        row.addWidget(self._field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        column.addWidget(label(name, "quiet"))
        column.addLayout(row)
        self.set_value(value)
        self._slider.valueChanged.connect(self._slid)
        self._field.valueChanged.connect(self._typed)

    @property
    def value(self) -> int:
        return self._field.value()

    def set_value(self, value: int) -> None:
        """Show a value that was chosen elsewhere; nothing is told."""
        for widget in (self._field, self._slider):
            widget.blockSignals(True)
        self._field.setValue(value)
        if self._at(self._slider.value()) != value:  # a slider that is being dragged stays under the pointer
            self._slider.setValue(self._position(value))
        for widget in (self._field, self._slider):
            widget.blockSignals(False)

    def set_tip(self, tip: str) -> None:
        self._slider.setToolTip(tip)
        self._field.setToolTip(tip)

    def _at(self, position: int) -> int:
        return self._lowest + round((self._highest - self._lowest) * (position / _STEPS) ** self._bend)

    def _position(self, value: int) -> int:
        share = (value - self._lowest) / max(self._highest - self._lowest, 1)
        return round(_STEPS * share ** (1 / self._bend))

    @Slot(int)
    def _slid(self, position: int) -> None:
        value = self._at(position)
        if value != self._field.value():
            self.set_value(value)
            self.value_changed.emit(value)

    @Slot(int)
    def _typed(self, value: int) -> None:
        self.set_value(value)
        self.value_changed.emit(value)
