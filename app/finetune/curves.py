"""The live curves: every term of the objective, and the measures on the selection part. pyqtgraph draws them.

pyqtgraph is imported when the first plot is made, which is when a run begins.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from app.finetune.run_record import Series
from app.theme import Theme
from app.tokens import Tokens
from app.widgets.labels import label

if TYPE_CHECKING:
    from pyqtgraph import PlotDataItem, PlotWidget

_HEIGHT = 150
_SWATCH = QSize(22, 14)
_LOOKS: tuple[tuple[str, Qt.PenStyle, float], ...] = (
    ("text", Qt.PenStyle.SolidLine, 2.0),
    ("series_rgb", Qt.PenStyle.SolidLine, 1.5),
    ("series_flow", Qt.PenStyle.DashLine, 1.5),
    ("propagated", Qt.PenStyle.DotLine, 2.0),
    ("flicker", Qt.PenStyle.DashDotLine, 1.5),
    ("predicted", Qt.PenStyle.DashDotDotLine, 1.5),
    ("corrected", Qt.PenStyle.DashLine, 2.5),
)
"""Token, line and width of the curves in order: told apart without colour too."""


def curve_pen(number: int, tokens: Tokens) -> QPen:
    """The pen of a curve."""
    token, style, width = _LOOKS[number % len(_LOOKS)]
    pen = QPen(QColor(getattr(tokens, token)), width, style)
    pen.setCosmetic(True)
    return pen


class CurvePlot(QWidget):
    """One plot with its legend; each curve can be hidden there. words: of the curves, by name, in order."""

    def __init__(self, title: str, words: Mapping[str, str], theme: Theme) -> None:
        super().__init__()
        self._theme, self._words = theme, words
        self._plot: PlotWidget | None = None
        self._curves: dict[str, PlotDataItem] = {}
        self._data: dict[str, Series] = {}
        self.switches: dict[str, CurveSwitch] = {}
        legend = QGridLayout()
        legend.setHorizontalSpacing(6)
        legend.setColumnStretch(0, 1)
        legend.setColumnStretch(1, 1)
        legend.setVerticalSpacing(2)
        for number, (name, text) in enumerate(words.items()):
            switch = CurveSwitch(text, number, theme)
            switch.toggled.connect(self._show_curves)
            self.switches[name] = switch
            legend.addWidget(switch, number // 2, number % 2)
        self._title = title
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(label(title, "headline"))
        self._column.addLayout(legend)
        theme.changed.connect(self._show_theme)

    def show_series(self, data: Mapping[str, Series], iterations: int) -> None:
        """Draw these curves over the iterations of the whole run; names without words are left out."""
        self._data = dict(data)
        plot = self._plot or self._make_plot()
        plot.setXRange(0, max(iterations, 1))
        self._show_curves()

    def shown(self) -> list[str]:
        """The curves that are to be seen."""
        return [name for name, curve in self._curves.items() if curve.isVisible() and name in self._data]

    def _make_plot(self) -> "PlotWidget":
        import pyqtgraph

        self._plot = plot = pyqtgraph.PlotWidget()
        plot.setFixedHeight(_HEIGHT)
        plot.setMinimumWidth(120)
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setAccessibleName(f"{self._title}, curves")
        plot.setMenuEnabled(False)
        # It would keep the wheel that scrolls the dock.
        plot.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        plot.hideButtons()
        for name in self._words:
            self._curves[name] = plot.plot([], [], antialias=True)
        self._column.insertWidget(1, plot)
        self._show_theme()
        return plot

    @Slot()
    def _show_curves(self) -> None:
        for name, curve in self._curves.items():
            places, values = self._data.get(name, ([], []))
            on = self.switches[name].isChecked()
            curve.setVisible(on)
            # Hidden curves must not keep the scale of the others.
            curve.setData(*((places, values) if on else ([], [])))
        for name, switch in self.switches.items():
            values = self._data.get(name, ([], []))[1]
            switch.show_value(values[-1] if values else None)

    @Slot()
    def _show_theme(self) -> None:
        if self._plot is None:
            return
        tokens = self._theme.tokens
        self._plot.setBackground(tokens.canvas)
        for side in ("left", "bottom"):
            axis: Any = self._plot.getAxis(side)
            axis.setPen(tokens.control)
            axis.setTextPen(tokens.muted)
            axis.setStyle(tickLength=4)
        self._plot.showGrid(True, True, 0.15)
        symbols = {"j": "o", "max_f": "t"}
        for number, (name, curve) in enumerate(self._curves.items()):
            curve.setPen(curve_pen(number, tokens))
            if name in symbols:  # few points: each is to be seen
                colour = QColor(getattr(tokens, _LOOKS[number][0]))
                curve.setSymbol(symbols[name])
                curve.setSymbolSize(6)
                curve.setSymbolBrush(colour)
                curve.setSymbolPen(colour)


class CurveSwitch(QCheckBox):
    """Shows a curve's name and line; a click hides the curve."""

    def __init__(self, words: str, number: int, theme: Theme) -> None:
        super().__init__(words)
        self._words, self._number, self._theme = words, number, theme
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"Curve {words}")
        self.show_value(None)
        self.toggled.connect(self.update)
        theme.changed.connect(self.update)

    def show_value(self, value: float | None) -> None:
        """Its last value is in the tooltip."""
        last = "" if value is None else f", now {value:.3g}"
        self.setToolTip(f"Show or hide the curve “{self._words}”{last}")
        self.setAccessibleDescription(last.removeprefix(", "))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width() + _SWATCH.width() + 6, hint.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setOpacity(1.0 if self.isChecked() else 0.35)
        painter.setPen(curve_pen(self._number, self._theme.tokens))
        middle = self.height() / 2
        painter.drawLine(QPointF(self.width() - _SWATCH.width(), middle), QPointF(self.width() - 2, middle))
        painter.end()
