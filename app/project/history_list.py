"""The steps of one frame as a list: the present marked, undone ones paler below. Undoing them is history_dock's."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPolygonF
from PySide6.QtWidgets import (
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.theme import Theme
from app.widgets.key_list import KeyList
from app.widgets.row_ground import paint_row_ground

if TYPE_CHECKING:
    from core.project import HistoryEntry

BEGINNING = "Before any correction"
_EDGE = 4
_MARK = 18
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Step:
    """One row. time: in words, empty for the beginning. others: how many other frames the step changed too."""

    name: str
    time: str = ""
    full_time: str = ""
    others: int = 0
    undone: bool = False

    @property
    def others_words(self) -> str:
        if not self.others:
            return ""
        return f"also {self.others} other {'frame' if self.others == 1 else 'frames'}"


def steps_of(entries: "list[HistoryEntry]", today: date | None = None) -> tuple[Step, ...]:
    """The rows for a frame's history: the beginning, then its steps, oldest first."""
    today = today or datetime.now().date()
    rows = [Step(BEGINNING)]
    for entry in entries:
        made = datetime.fromtimestamp(entry.made_at)
        time = f"{made:%H:%M:%S}" if made.date() == today else f"{made:%Y-%m-%d}"
        full = f"{made:%Y-%m-%d %H:%M:%S}" if entry.made_at else ""
        rows.append(Step(entry.name, time if entry.made_at else "", full, entry.frames - 1, entry.undone))
    return tuple(rows)


class HistoryModel(QAbstractListModel):
    """The steps as rows. present: the row that the frame is at."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.steps: tuple[Step, ...] = ()

    @property
    def present(self) -> int:
        return sum(not step.undone for step in self.steps) - 1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self.steps)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        step = self.steps[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return step.name
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            where = "undone" if step.undone else "the frame is here" if index.row() == self.present else ""
            join = "\n" if role == Qt.ItemDataRole.ToolTipRole else ", "
            return join.join(filter(None, (step.name, step.full_time, step.others_words, where)))
        return step if role == Qt.ItemDataRole.UserRole else None

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        if steps != self.steps:
            self.beginResetModel()
            self.steps = steps
            self.endResetModel()


class HistoryDelegate(QStyledItemDelegate):
    """Paints one step."""

    def __init__(self, view: QListView, theme: Theme) -> None:
        super().__init__(view)
        self._view, self._theme = view, theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        step = index.data(Qt.ItemDataRole.UserRole)
        lines = 2 if isinstance(step, Step) and step.others else 1
        return QSize(120, 2 * _EDGE + lines * QFontMetrics(self._view.font()).height() + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        step, model = index.data(Qt.ItemDataRole.UserRole), index.model()
        assert isinstance(step, Step)
        present = isinstance(model, HistoryModel) and index.row() == model.present
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, option, self._theme.tokens)
        room = option.rect.adjusted(_EDGE + 2, _EDGE, -_EDGE - 4, -_EDGE)
        font = self._view.font()
        font.setBold(present)
        font.setItalic(step.undone)
        painter.setFont(font)
        line = QRect(room.left() + _MARK, room.top(), room.width() - _MARK, painter.fontMetrics().height())
        if present:
            self._paint_mark(painter, QRectF(room.left(), line.top(), _MARK, line.height()))
        self._paint_words(painter, line, step)
        painter.restore()

    def _paint_mark(self, painter: QPainter, room: QRectF) -> None:
        """A triangle that points at the step the frame is at."""
        middle, left = room.center().y(), room.left() + 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.accent))
        corners = ((left, middle - 5), (left + 8, middle), (left, middle + 5))
        painter.drawPolygon(QPolygonF.fromList([QRectF(x, y, 0, 0).topLeft() for x, y in corners]))

    def _paint_words(self, painter: QPainter, line: QRect, step: Step) -> None:
        tokens = self._theme.tokens
        metrics = painter.fontMetrics()
        align = Qt.AlignmentFlag
        clock = metrics.horizontalAdvance(step.time) + (8 if step.time else 0)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(line, align.AlignVCenter | align.AlignRight, step.time)
        painter.setPen(QColor(tokens.muted if step.undone else tokens.text))
        left = line.adjusted(0, 0, -clock, 0)
        words = metrics.elidedText(step.name, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, align.AlignVCenter | align.AlignLeft, words)
        if step.others:
            painter.setPen(QColor(tokens.muted))
            second = line.translated(0, line.height())
            words = metrics.elidedText(step.others_words, Qt.TextElideMode.ElideRight, second.width())
            painter.drawText(second, align.AlignVCenter | align.AlignLeft, words)


class HistoryList(KeyList):
    """A click or Enter goes to a step."""

    wanted = Signal(int)
    """So many steps forward, back where negative."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Steps of this frame", theme)
        self.model_ = HistoryModel(self)
        self.setModel(self.model_)
        self.setItemDelegate(HistoryDelegate(self, theme))
        self.clicked.connect(self._clicked)

    def show_steps(self, steps: tuple[Step, ...]) -> None:
        """Other steps; the one that the frame is at becomes the current row."""
        if steps != self.model_.steps:
            self.model_.show_steps(steps)
            here = self.model_.index(self.model_.present)
            self.setCurrentIndex(here)
            self.scrollTo(here)

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        self._go(index.row())

    def _go(self, row: int) -> None:
        if row != self.model_.present:
            self.wanted.emit(row - self.model_.present)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._go(self.currentIndex().row())
        else:
            super().keyPressEvent(event)
