"""The list of models: name, and in a second line what it is. Two can be chosen, to be compared."""

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.icons import icon
from app.models.model_words import ModelEntry
from app.theme import Theme
from app.widgets.key_list import KeyList
from app.widgets.row_ground import paint_row_ground

_EDGE, _GAP, _SIGN = 7, 3, 16
Index = QModelIndex | QPersistentModelIndex


class ModelsModel(QAbstractListModel):
    """The models as rows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: tuple[ModelEntry, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.record.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (entry.record.name, entry.words, entry.record.trouble)))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.record.name}, {entry.words}"
        return entry if role == Qt.ItemDataRole.UserRole else None

    def show_entries(self, entries: tuple[ModelEntry, ...]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()


class ModelDelegate(QStyledItemDelegate):
    """Paints one model."""

    def __init__(self, view: QListView, theme: Theme) -> None:
        super().__init__(view)
        self._view, self._theme = view, theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, 2 * _EDGE + 2 * QFontMetrics(self._view.font()).height() + _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(Qt.ItemDataRole.UserRole)
        assert isinstance(entry, ModelEntry)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_row_ground(painter, option, self._theme.tokens, entry.record.is_default)
        self._paint_words(painter, option.rect.adjusted(_EDGE + 4, _EDGE, -_EDGE, -_EDGE), entry)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRect, entry: ModelEntry) -> None:
        tokens, align = self._theme.tokens, Qt.AlignmentFlag
        font = self._view.font()
        font.setBold(entry.record.is_default)
        painter.setFont(font)
        metrics = painter.fontMetrics()
        line = QRect(room.left(), room.top(), room.width(), metrics.height())
        painter.setPen(QColor(tokens.text))
        name = metrics.elidedText(entry.record.name, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, align.AlignVCenter | align.AlignLeft, name)
        font.setBold(False)
        painter.setFont(font)
        second = line.translated(0, line.height() + _GAP)
        if entry.record.trouble:
            place = QRect(second.left(), second.center().y() - _SIGN // 2, _SIGN, _SIGN)
            icon("warning", tokens, tokens.warning).paint(painter, place)
            second.setLeft(second.left() + _SIGN + 4)
        painter.setPen(QColor(tokens.warning if entry.record.trouble else tokens.muted))
        words = painter.fontMetrics().elidedText(entry.words, Qt.TextElideMode.ElideRight, second.width())
        painter.drawText(second, align.AlignVCenter | align.AlignLeft, words)


class ModelList(KeyList):
    """With Ctrl or Shift two models are chosen."""

    chosen_changed = Signal()
    deletion_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__("Models", theme, (Qt.Key.Key_Delete,))
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.model_ = ModelsModel(self)
        self.setModel(self.model_)
        self.setItemDelegate(ModelDelegate(self, theme))
        self.selectionModel().selectionChanged.connect(self.chosen_changed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.deletion_wanted.emit()
        else:
            super().keyPressEvent(event)

    @property
    def chosen(self) -> list[ModelEntry]:
        """In the order of the list."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self.model_.entries[row] for row in rows]

    def show_entries(self, entries: tuple[ModelEntry, ...]) -> None:
        """Other models; what was chosen stays so, the default is chosen where nothing was."""
        kept = {entry.record.id for entry in self.chosen}
        self.model_.show_entries(entries)
        kept &= {entry.record.id for entry in entries}
        kept = kept or {entry.record.id for entry in entries if entry.record.is_default}
        flag = self.selectionModel().SelectionFlag
        for row, entry in enumerate(entries):
            if entry.record.id in kept:
                self.selectionModel().select(self.model_.index(row), flag.Select)
                self.selectionModel().setCurrentIndex(self.model_.index(row), flag.NoUpdate)
        self.chosen_changed.emit()

    def choose(self, *ids: str) -> None:
        """Choose these models alone."""
        flag = self.selectionModel().SelectionFlag
        self.selectionModel().clearSelection()
        for row, entry in enumerate(self.model_.entries):
            if entry.record.id in ids:
                self.selectionModel().select(self.model_.index(row), flag.Select)
                self.selectionModel().setCurrentIndex(self.model_.index(row), flag.NoUpdate)
