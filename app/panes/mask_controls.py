"""The row under the RGB pane: how the mask is shown, how strongly, and from which saliency on for which frames."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.panes.mask_overlay import MASK_MODES
from app.settings import Settings
from app.widgets.labelled_slider import LabelledSlider

_NAMES = {
    "tint": "Tint",
    "outline": "Outline",
    "cut-out": "Cut-out",
    "heat": "Heat",
    "onion": "Onion skin",
    "off": "No mask",
}
_WORDS = {
    "outline": "The mask's border alone",
    "cut-out": "What is not in the mask is covered",
    "heat": "The saliency map in colours, with the mask's border",
    "onion": "The mask, and the border of the frame before in dashes",
}
_SCOPES = {"frame": "This frame", "range": "Marked range", "clip": "Whole clip"}
_SHORT_SCOPES = {"frame": "Frame", "range": "Range", "clip": "Clip"}
_SPACING, _MARGIN = 8, 8
_BUTTON_FRAME = 40
"""Logical pixels of a button beside its words: border, padding, arrow."""
DEFAULT_THRESHOLD = 128


@dataclass(frozen=True, slots=True)
class MaskChoice:
    """mode: one of MASK_MODES. opacity: 0 to 1. threshold: 0 to 255."""

    mode: str
    opacity: float
    threshold: int


class MaskControls(QWidget):
    """Mode and opacity are written into the settings. The threshold is the project's: it is told, and shown."""

    changed = Signal()
    """The picture has to be drawn anew."""
    threshold_moved = Signal(int)
    """The slider moves: 0 to 255, live."""
    threshold_set = Signal(int)
    """The person has let go of the slider; `threshold_scope` tells which frames are meant."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._before_outline = "tint"
        self._button = QToolButton()
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.setAccessibleName("How the mask is shown")
        self._modes = self._mode_menu()
        self._opacity = LabelledSlider("Opacity", 0, 100, settings.mask_opacity, " %")
        self._threshold = LabelledSlider("Threshold", 0, 255, DEFAULT_THRESHOLD)
        self._scope, self._roomy = "clip", True
        self._scope_button, self._scopes = self._scope_menu()
        row = QHBoxLayout(self)
        row.setContentsMargins(_MARGIN, 3, _MARGIN, 3)
        row.setSpacing(_SPACING)
        row.addWidget(self._button)
        row.addWidget(self._opacity, 100)
        row.addWidget(self._threshold, 100)
        row.addWidget(self._scope_button)
        row.addStretch(1)
        self._opacity.value_changed.connect(self._opacity_changed)
        self._threshold.value_changed.connect(self._threshold_changed)
        self._threshold.value_set.connect(self.threshold_set)
        self._show_scope()
        self.set_mode(settings.mask_mode)

    @property
    def choice(self) -> MaskChoice:
        chosen = self._settings
        return MaskChoice(chosen.mask_mode, chosen.mask_opacity / 100, self._threshold.value)

    @property
    def threshold_scope(self) -> str:
        """The frames that a new threshold is for: "frame", "range" or "clip"."""
        return self._scope

    def show_threshold(self, threshold: int) -> None:
        """The threshold of the frame that is shown, 0 to 255."""
        if threshold != self._threshold.value:
            self._threshold.show_value(threshold)
            self.changed.emit()

    def set_tip(self, words: str) -> None:
        """What the button of the modes says of itself and of the keys."""
        self._button.setToolTip(words)

    def set_mode(self, mode: str) -> None:
        """Show the mask as `mode`, one of MASK_MODES."""
        self._settings.mask_mode = mode  # pyright: ignore[reportAttributeAccessIssue]
        self._modes[mode].setChecked(True)
        self._button.setText(f"{_NAMES[mode]}  ▾")
        self._opacity.setEnabled(mode in ("tint", "cut-out", "heat", "onion"))
        self.changed.emit()

    @Slot()
    def next_mode(self) -> None:
        """The mode after this one, round and round."""
        place = MASK_MODES.index(self._settings.mask_mode)
        self.set_mode(MASK_MODES[(place + 1) % len(MASK_MODES)])

    @Slot()
    def toggle_outline(self) -> None:
        """Outline, or back to what was shown before it."""
        if self._settings.mask_mode == "outline":
            self.set_mode(self._before_outline)
        else:
            self._before_outline = self._settings.mask_mode
            self.set_mode("outline")

    def _mode_menu(self) -> dict[str, QAction]:
        menu, group = QMenu(self), QActionGroup(self)
        menu.setToolTipsVisible(True)
        actions = {}
        for mode in MASK_MODES:
            actions[mode] = menu.addAction(_NAMES[mode])
            actions[mode].setCheckable(True)
            actions[mode].setData(mode)
            actions[mode].setToolTip(_WORDS.get(mode, ""))
            group.addAction(actions[mode])
        group.triggered.connect(self._mode_chosen)
        self._button.setMenu(menu)
        return actions

    @Slot(QAction)
    def _mode_chosen(self, action: QAction) -> None:
        self.set_mode(action.data())

    @Slot(int)
    def _opacity_changed(self, value: int) -> None:
        self._settings.mask_opacity = value
        self.changed.emit()

    @Slot(int)
    def _threshold_changed(self, value: int) -> None:
        self.threshold_moved.emit(value)
        self.changed.emit()

    def _scope_menu(self) -> tuple[QToolButton, dict[str, QAction]]:
        button, menu, group = QToolButton(), QMenu(self), QActionGroup(self)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        actions = {}
        for scope, words in _SCOPES.items():
            actions[scope] = menu.addAction(words)
            actions[scope].setCheckable(True)
            actions[scope].setData(scope)
            group.addAction(actions[scope])
        actions[self._scope].setChecked(True)
        group.triggered.connect(self._scope_chosen)
        button.setMenu(menu)
        return button, actions

    @Slot(QAction)
    def _scope_chosen(self, action: QAction) -> None:
        self._scope = action.data()
        self._show_scope()

    def _show_scope(self) -> None:
        words = _SCOPES[self._scope] if self._roomy else _SHORT_SCOPES[self._scope]
        self._scope_button.setText(f"{words}  ▾")
        meant = _SCOPES[self._scope].lower()
        self._scope_button.setAccessibleName(f"The threshold is for: {meant}")
        self._scope_button.setToolTip(f"The frames that a new threshold is for: {meant}")

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least_width(2), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        width = self.width()
        self._roomy = width >= self._least_width(0)
        for slider in (self._opacity, self._threshold):
            slider.show_parts(name=self._roomy, value=width >= self._least_width(1))
        self._show_scope()

    def _least_width(self, stage: int) -> int:
        """Logical pixels for 0: all words, 1: values without names, 2: sliders alone."""
        scopes = _SHORT_SCOPES if stage else _SCOPES
        metrics = self._scope_button.fontMetrics()
        scope = max(metrics.horizontalAdvance(words) for words in scopes.values()) + _BUTTON_FRAME
        modes = max(metrics.horizontalAdvance(words) for words in _NAMES.values()) + _BUTTON_FRAME
        sliders = self._opacity.widths[stage] + self._threshold.widths[stage]
        return modes + sliders + scope + 4 * _SPACING + 2 * _MARGIN
