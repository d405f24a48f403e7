"""The table of a report: every clip before and after, worst regressions first, and all frames together."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.theme import Theme

if TYPE_CHECKING:
    from core.finetune.outcome import ClipOutcome, FinetuneResult

COLUMNS = (
    ("J", "j", 1),
    ("Boundary F", "boundary_f", 1),
    ("Max F", "max_f", 1),
    ("S", "s_measure", 1),
    ("MAE", "mae", -1),
    ("Flicker", "flicker", -1),
)
"""Title, measure, and whether more (1) or less (-1) of it is better."""
_SMALL = 0.0005
"""A change below this is none at the digits that are shown."""
_MOST_ROWS = 6


class ReportTable(QTableWidget):
    """Changes for the better and the worse have a sign as well as a colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(0, len(COLUMNS) + 1)
        self._theme = theme
        self._changes: dict[tuple[int, int], int] = {}
        self.setAccessibleName("Clips before and after")
        self.setHorizontalHeaderLabels(["Clip", *(title for title, _, _ in COLUMNS)])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(84)
        theme.changed.connect(self._show_theme)

    def show_result(self, result: "FinetuneResult") -> None:
        rows: list[tuple[str, ClipOutcome]] = [(clip.clip, clip) for clip in result.clips]
        if result.overall is not None and len(rows) != 1:
            rows.append(("All frames", result.overall))
        self.setRowCount(len(rows))
        for row, (name, outcome) in enumerate(rows):
            frames = outcome.after.frames
            item = QTableWidgetItem(name)
            item.setToolTip(f"{name}: {frames} frame{'' if frames == 1 else 's'}")
            self.setItem(row, 0, item)
            for column, (title, measure, better) in enumerate(COLUMNS, start=1):
                self._show_measure(row, column, title, outcome, measure, better)
        self.resizeRowsToContents()
        shown = min(len(rows), _MOST_ROWS)
        height = (
            sum(self.rowHeight(row) for row in range(shown)) + self.horizontalHeader().sizeHint().height()
        )
        self.setFixedHeight(height + 16)
        self._show_theme()

    def _show_measure(
        self, row: int, column: int, title: str, outcome: "ClipOutcome", measure: str, better: int
    ) -> None:
        before, after = getattr(outcome.before, measure), getattr(outcome.after, measure)
        if before is None or after is None:
            item = QTableWidgetItem("–")
            item.setToolTip(f"{title}: no frame before it was readable")
        else:
            change = better * (after - before)
            way = 0 if abs(change) < _SMALL else 1 if change > 0 else -1
            sign, words = {0: ("", "the same"), 1: (" ▲", "better"), -1: (" ▼", "worse")}[way]
            item = QTableWidgetItem(f"{_short(before)} → {_short(after)}{sign}")
            item.setToolTip(f"{title}: {after - before:+.4f}, {words}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title} {before:.3f} to {after:.3f}, {words}")
            self._changes[row, column] = way
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setItem(row, column, item)

    @Slot()
    def _show_theme(self) -> None:
        tokens = self._theme.tokens
        colours = {0: tokens.text, 1: tokens.good, -1: tokens.danger}
        for (row, column), way in self._changes.items():
            item = self.item(row, column)
            if item is not None:
                item.setForeground(QColor(colours[way]))


def _short(value: float) -> str:
    """ ".812", "1.000"."""
    return f"{value:.3f}".removeprefix("0")
