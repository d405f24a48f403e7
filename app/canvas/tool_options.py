"""The settings of the tool in hand: size, side, tolerance, threshold. Which tool heeds which: tool_words.py."""

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.canvas.tool_state import LARGEST_BRUSH, SMALLEST_BRUSH, ToolState
from app.canvas.tool_words import TOOL_WORDS
from app.widgets.action_button import ActionButton
from app.widgets.labels import label
from app.widgets.number_slider import NumberSlider

_SIZE_BEND = 2.5
"""Small brushes are told apart finer than large ones."""


class ToolOptions(QWidget):
    """Follows the tool; what one sets here goes to ToolState."""

    def __init__(self, tools: ToolState, swap: QAction) -> None:
        super().__init__()
        self._tools, self._swap = tools, swap
        self.name = label(kind="headline")
        self.hint = label(kind="quiet", wrap=True)
        self.size_ = NumberSlider(
            "Size", SMALLEST_BRUSH, LARGEST_BRUSH, tools.brush_diameter, " px", _SIZE_BEND
        )
        self.tolerance = NumberSlider("Tolerance", 0, 100, tools.wand_tolerance)
        self.threshold = NumberSlider("Threshold of the brush", 0, 255, tools.brush_threshold)
        self.side = ActionButton("", swap)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.name, self.hint, self.size_, self.tolerance, self.threshold, self.side):
            column.addWidget(part)
        self.size_.set_tip("Diameter of the brush in pixels of the frame ([ and ])")
        self.tolerance.set_tip("How far colours may differ")
        self.threshold.set_tip("The saliency from which on the brushed place belongs to the object")
        self.size_.value_changed.connect(tools.set_brush_diameter)
        self.tolerance.value_changed.connect(tools.set_wand_tolerance)
        self.threshold.value_changed.connect(tools.set_brush_threshold)
        tools.changed.connect(self.show_tool)
        self.show_tool()

    @Slot()
    def show_tool(self) -> None:
        """Show what the tool in hand heeds."""
        tools, words = self._tools, TOOL_WORDS[self._tools.tool]
        self.name.setText(words.name)
        self.hint.setText(words.hint)
        self.size_.set_value(tools.brush_diameter)
        self.tolerance.set_value(tools.wand_tolerance)
        self.threshold.set_value(tools.brush_threshold)
        self.side.setText(f"{words.removes if tools.swapped else words.adds}  ⇄")
        self.side.setAccessibleName(f"{words.removes if tools.swapped else words.adds}: swap")
        parts = {
            "size": self.size_,
            "side": self.side,
            "tolerance": self.tolerance,
            "threshold": self.threshold,
        }
        for setting, part in parts.items():
            part.setVisible(setting in words.settings)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())
