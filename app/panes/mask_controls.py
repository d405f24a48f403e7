"""The row under the RGB pane: how the mask is shown, how strongly, and from which saliency on."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.panes.mask_overlay import MASK_MODES
from app.settings import Settings
from app.widgets.labelled_slider import LabelledSlider

_NAMES = {"tint": "Tint", "outline": "Outline", "cut-out": "Cut-out", "heat": "Heat", "off": "No mask"}
_SPACING = 12


@dataclass(frozen=True, slots=True)
class MaskChoice:
    """mode: one of MASK_MODES. opacity: 0 to 1. threshold: 0 to 255."""

    mode: str
    opacity: float
    threshold: int


class MaskControls(QWidget):
    """Writes each choice into the settings, which are saved by their owner."""

    changed = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        self._before_outline = "tint"
        self._button = QToolButton()
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.setAccessibleName("How the mask is shown")
        self._button.setToolTip("How the mask is shown (V: next, O: outline, hold Tab: picture alone)")
        self._modes = self._mode_menu()
        self._opacity = LabelledSlider("Opacity", 0, 100, settings.mask_opacity, " %")
        self._threshold = LabelledSlider("Threshold", 0, 255, settings.mask_threshold)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 3, 8, 3)
        row.setSpacing(_SPACING)
        row.addWidget(self._button)
        row.addWidget(self._opacity, 100)
        row.addWidget(self._threshold, 100)
        row.addStretch(1)
        self._opacity.value_changed.connect(self._opacity_changed)
        self._threshold.value_changed.connect(self._threshold_changed)
        self.set_mode(settings.mask_mode)

    @property
    def choice(self) -> MaskChoice:
        chosen = self._settings
        return MaskChoice(chosen.mask_mode, chosen.mask_opacity / 100, chosen.mask_threshold)

    def set_mode(self, mode: str) -> None:
        """Show the mask as `mode`, one of MASK_MODES."""
        self._settings.mask_mode = mode  # pyright: ignore[reportAttributeAccessIssue]
        self._modes[mode].setChecked(True)
        self._button.setText(f"{_NAMES[mode]}  ▾")
        self._opacity.setEnabled(mode in ("tint", "cut-out", "heat"))
        self._threshold.setEnabled(mode in ("tint", "cut-out", "outline"))
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
        actions = {}
        for mode in MASK_MODES:
            actions[mode] = menu.addAction(_NAMES[mode])
            actions[mode].setCheckable(True)
            actions[mode].setData(mode)
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
        self._settings.mask_threshold = value
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        sliders = (self._opacity, self._threshold)
        needed = self._button.sizeHint().width() + sum(slider.named_width for slider in sliders)
        roomy = self.contentsRect().width() >= needed + 4 * _SPACING + 16
        for slider in sliders:
            slider.show_name(roomy)
