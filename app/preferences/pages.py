"""Pages of the settings dialog and what they are made of. Each control holds at once; nobody has to say OK."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QSpinBox, QWidget

from app.actions import Actions
from app.settings import Settings
from app.widgets.labels import label

_THEMES = {"system": "Follow the system", "dark": "Dark", "light": "Light"}
_STARTS = {"sample": "The sample clip", "last": "The clip of the last time", "nothing": "Nothing"}


class Page(QWidget):
    """A form of controls with their names."""

    changed = Signal()
    """A setting has been changed."""

    def __init__(self) -> None:
        super().__init__()
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setVerticalSpacing(10)
        self._form.setHorizontalSpacing(16)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)

    def _add(self, words: str, control: QWidget, tip: str = "") -> None:
        control.setAccessibleName(words)
        control.setToolTip(tip)
        name = QLabel(words)
        name.setBuddy(control)
        self._form.addRow(name, control)

    def _note(self, words: str) -> QLabel:
        note = label(words, "quiet", wrap=True)
        self._form.addRow(note)
        return note


class GeneralPage(Page):
    """Theme, repeating, what is opened at the start."""

    def __init__(self, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._settings, self._actions = settings, actions
        self.theme = choice_box(_THEMES, settings.theme, self._theme_chosen)
        self.loop = QCheckBox("Play again from the start at the end")
        self.loop.setChecked(actions.loop.isChecked())
        self.loop.toggled.connect(actions.loop.setChecked)
        self.loop.toggled.connect(self._changed)
        actions.loop.toggled.connect(self.loop.setChecked)
        self.start = choice_box(_STARTS, settings.start_with, self._start_chosen)
        self._add("Theme", self.theme)
        self._add("Playback", self.loop)
        self._add("Open at the start", self.start, "Where the program is started without naming a clip")
        for action in actions.themes.values():
            action.toggled.connect(self._show_theme)

    @Slot()
    def _theme_chosen(self) -> None:
        self._actions.themes[self.theme.currentData()].trigger()
        self.changed.emit()

    @Slot()
    def _show_theme(self) -> None:
        """Chosen in the menu while the dialog is open."""
        for key, action in self._actions.themes.items():
            if action.isChecked():
                self.theme.setCurrentIndex(self.theme.findData(key))

    @Slot()
    def _start_chosen(self) -> None:
        self._settings.start_with = self.start.currentData()
        self.changed.emit()

    @Slot()
    def _changed(self) -> None:
        self.changed.emit()


class CorrectingPage(Page):
    """The brush's steps and the pen."""

    def __init__(self, settings: Settings, actions: Actions) -> None:
        super().__init__()
        self._settings, self._actions = settings, actions
        self.step = number_box(2, 100, settings.brush_step, " %", self._step_changed)
        self.pressure = QCheckBox("Pressure makes the brush larger")
        self.pressure.setChecked(settings.pen_pressure)
        self.pressure.toggled.connect(self._pressure_toggled)
        self.least = number_box(5, 100, settings.pen_least, " %", self._least_changed)
        self.least.setEnabled(settings.pen_pressure)
        self._add("Step of the brush size", self.step, "How much one press makes the brush larger or smaller")
        self._add("Pen", self.pressure)
        self._add("Lightest touch", self.least, "Share of the brush that the lightest touch of a pen paints")
        self._keys = self._note("")
        actions.keys_changed.connect(self._show_keys)
        self._show_keys()

    @Slot()
    def _show_keys(self) -> None:
        keys = [self._actions.key_map.keys(name) for name in ("smaller", "larger")]
        words = " and ".join(key[0] for key in keys if key)
        self._keys.setText(f"{words} change the size of the brush." if words else "")

    @Slot()
    def _step_changed(self) -> None:
        self._settings.brush_step = self.step.value()
        self.changed.emit()

    @Slot(bool)
    def _pressure_toggled(self, on: bool) -> None:
        self._settings.pen_pressure = on
        self.least.setEnabled(on)
        self.changed.emit()

    @Slot()
    def _least_changed(self) -> None:
        self._settings.pen_least = self.least.value()
        self.changed.emit()


def choice_box(words: dict[str, str], now: str, slot: Callable[[], None]) -> QComboBox:
    box = QComboBox()
    for key, text in words.items():
        box.addItem(text, key)
    box.setCurrentIndex(box.findData(now))
    box.activated.connect(slot)
    return box


def number_box(lowest: int, highest: int, now: int, suffix: str, slot: Callable[[], None]) -> QSpinBox:
    box = QSpinBox()
    box.setRange(lowest, highest)
    box.setSuffix(suffix)
    box.setKeyboardTracking(False)
    box.setAlignment(Qt.AlignmentFlag.AlignCenter)
    box.setMinimumWidth(96)
    box.setValue(now)
    box.valueChanged.connect(slot)
    return box
