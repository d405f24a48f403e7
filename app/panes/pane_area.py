"""Lays the open panes out: grid, one large with the others in a strip, or one alone. The gaps can be dragged."""

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.panes.pane_frame import PaneFrame
from app.widgets.labels import label

GAP = 6
_SPLITS = {"grid": (0.5, 0.5), "strip": (0.7, 0.5), "alone": (0.5, 0.5)}


class PaneArea(QWidget):
    """Holds all panes, shows the open ones. Its owner tells it the layout and keeps the divider positions."""

    splits_changed = Signal(str, float, float)

    def __init__(self, panes: dict[str, PaneFrame], all_panes: QAction) -> None:
        super().__init__()
        self.panes = panes
        self._layout, self._main = "grid", next(iter(panes))
        self._open: list[str] = list(panes)
        self._splits = dict(_SPLITS)
        self._dragging: tuple[bool, bool] | None = None
        self._empty = no_panes(all_panes, self)
        for pane in panes.values():
            pane.setParent(self)
        self.setMouseTracking(True)

    @property
    def shown(self) -> list[str]:
        """Keys of the panes on screen, the large one first."""
        if self._layout == "grid":
            return list(self._open)
        main = self._main if self._main in self._open else next(iter(self._open), "")
        if self._layout == "alone":
            return [main] if main else []
        return [main, *(key for key in self._open if key != main)] if main else []

    def arrange(
        self, layout: str, main: str, hidden: list[str], splits: dict[str, tuple[float, float]]
    ) -> None:
        """Show the panes that are not hidden in this layout, `main` as the large or lone one."""
        self._layout, self._main = layout, main
        self._open = [key for key in self.panes if key not in hidden]
        self._splits = _SPLITS | {key: tuple(value) for key, value in splits.items() if key in _SPLITS}
        self._place()

    def _place(self) -> None:
        shown = self.shown
        rectangles = self._rectangles(len(shown))
        for key, pane in self.panes.items():
            if key in shown:
                pane.setGeometry(rectangles[shown.index(key)])
                pane.set_alone(self._layout == "alone")
            pane.setVisible(key in shown)
        self._empty.setGeometry(self.rect())
        self._empty.setVisible(not shown)

    def _rectangles(self, count: int) -> list[QRect]:
        whole = self.rect().adjusted(GAP, GAP, -GAP, 0)
        if count <= 1:
            return [whole] * count
        if self._layout == "strip":
            left, right = _cut(whole, self._columns(), across=True)
            return [left, *_slices(right, count - 1)]
        left, right = _cut(whole, self._columns(), across=True)
        if count == 2:
            return [left, right]
        rows = self._splits["grid"][1]
        if count == 3:
            return [left, *_cut(right, rows, across=False)]
        (a, c), (b, d) = _cut(left, rows, across=False), _cut(right, rows, across=False)
        return [a, b, c, d]

    def _columns(self) -> float:
        return self._splits[self._layout][0]

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    # Dragging the gaps

    def _gap_at(self, x: float, y: float) -> tuple[bool, bool]:
        """Whether a place is on the upright and on the level gap."""
        if len(self.shown) < 2:
            return False, False
        column = abs(x - (GAP + self._columns() * (self.width() - 2 * GAP))) <= GAP
        rows = self._layout == "grid" and len(self.shown) > 2
        row = rows and abs(y - (GAP + self._splits["grid"][1] * (self.height() - GAP))) <= GAP
        return column, row

    def mousePressEvent(self, event: QMouseEvent) -> None:
        on_gap = self._gap_at(event.position().x(), event.position().y())
        self._dragging = on_gap if any(on_gap) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x, y = event.position().x(), event.position().y()
        if self._dragging is None:
            self.setCursor(_CURSORS[self._gap_at(x, y)])
            return
        column, row = self._splits[self._layout]
        if self._dragging[0]:
            column = min(max((x - GAP) / max(self.width() - 2 * GAP, 1), 0.2), 0.8)
        if self._dragging[1]:
            row = min(max((y - GAP) / max(self.height() - GAP, 1), 0.2), 0.8)
        self._set_splits(column, row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._set_splits(*_SPLITS[self._layout])

    def leaveEvent(self, event: QEvent) -> None:
        self.unsetCursor()

    def _set_splits(self, column: float, row: float) -> None:
        self._splits[self._layout] = (column, row)
        self._place()
        self.splits_changed.emit(self._layout, column, row)


_CURSORS = {
    (False, False): Qt.CursorShape.ArrowCursor,
    (True, False): Qt.CursorShape.SplitHCursor,
    (False, True): Qt.CursorShape.SplitVCursor,
    (True, True): Qt.CursorShape.SizeAllCursor,
}


def no_panes(all_panes: QAction, parent: QWidget) -> QWidget:
    """What stands there when every pane is closed."""
    words = label("All panes are closed", "quiet")
    button = QPushButton(all_panes.text().replace("&", ""))
    button.setToolTip(all_panes.toolTip())
    button.clicked.connect(all_panes.trigger)
    page = QWidget(parent)
    column = QVBoxLayout(page)
    column.setSpacing(10)
    column.addStretch(1)
    for widget in (words, button):
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch(1)
    page.hide()
    return page


def _cut(whole: QRect, share: float, across: bool) -> tuple[QRect, QRect]:
    """Two parts with a gap between them, left and right or upper and lower."""
    if across:
        first = round(whole.width() * share - GAP / 2)
        rest = whole.width() - first - GAP
        return (
            QRect(whole.left(), whole.top(), first, whole.height()),
            QRect(whole.left() + first + GAP, whole.top(), rest, whole.height()),
        )
    first = round(whole.height() * share - GAP / 2)
    rest = whole.height() - first - GAP
    return (
        QRect(whole.left(), whole.top(), whole.width(), first),
        QRect(whole.left(), whole.top() + first + GAP, whole.width(), rest),
    )


def _slices(whole: QRect, count: int) -> list[QRect]:
    """`count` equal parts one above the other."""
    height = (whole.height() - GAP * (count - 1)) / count
    return [
        QRect(whole.left(), round(whole.top() + place * (height + GAP)), whole.width(), round(height))
        for place in range(count)
    ]
