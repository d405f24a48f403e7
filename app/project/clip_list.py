"""The list of clips: name, progress in words and as a thin bar, and where a clip's file is gone. No files here."""

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
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.icons import icon
from app.project.clip_facts import ClipFacts
from app.theme import Theme
from app.widgets.key_list import KeyList
from app.widgets.row_ground import paint_row_ground

_EDGE = 8
_GAP = 3
_BAR = 4
_SIGN = 16
_GROUND = 0.35
"""How strongly the rest of the bar is seen, on a chosen row as well."""
Index = QModelIndex | QPersistentModelIndex


class ClipModel(QAbstractListModel):
    """The facts of the clips as rows. shown: the id of the clip in the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.clips: tuple[ClipFacts, ...] = ()
        self.shown: int | None = None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self.clips)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        clip = self.clips[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return clip.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return clip.description
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = [clip.name, clip.progress, clip.marker, "shown now" if clip.id == self.shown else ""]
            return ", ".join(filter(None, words))
        return clip if role == Qt.ItemDataRole.UserRole else None

    def show_clips(self, clips: tuple[ClipFacts, ...], shown: int | None) -> None:
        """Other facts; rows of the same clips stay the same rows, so that selection and scrolling stay."""
        same = [clip.id for clip in clips] == [clip.id for clip in self.clips]
        if not same:
            self.beginResetModel()
        self.clips, self.shown = clips, shown
        if not same:
            self.endResetModel()
        elif clips:
            self.dataChanged.emit(self.index(0), self.index(len(clips) - 1))

    def row_of(self, clip: int | None) -> int:
        """-1 where it is not listed."""
        return next((row for row, facts in enumerate(self.clips) if facts.id == clip), -1)


class ClipDelegate(QStyledItemDelegate):
    """Paints one clip."""

    def __init__(self, view: QListView, theme: Theme) -> None:
        super().__init__(view)
        self._view, self._theme = view, theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line = QFontMetrics(self._view.font()).height()
        return QSize(120, 2 * _EDGE + 2 * line + 2 * _GAP + _BAR)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        clip, model = index.data(Qt.ItemDataRole.UserRole), index.model()
        assert isinstance(clip, ClipFacts)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = isinstance(model, ClipModel) and clip.id == model.shown
        paint_row_ground(painter, option, self._theme.tokens, shown)
        self._paint_words(painter, option.rect.adjusted(_EDGE + 4, _EDGE, -_EDGE, -_EDGE), clip, shown)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRect, clip: ClipFacts, shown: bool) -> None:
        tokens = self._theme.tokens
        font = self._view.font()
        font.setBold(shown)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        metrics = QFontMetrics(font)
        line = QRect(room.left(), room.top(), room.width(), metrics.height())
        self._write(painter, line, clip.name, Qt.TextElideMode.ElideMiddle)
        font.setBold(False)
        painter.setFont(font)
        second = line.translated(0, line.height() + _GAP)
        if clip.marker:
            sign = icon("warning", tokens, tokens.warning)
            sign.paint(painter, QRect(second.left(), second.center().y() - _SIGN // 2, _SIGN, _SIGN))
            second.setLeft(second.left() + _SIGN + 4)
        choices = [clip.progress, clip.short_progress]
        if clip.marker:
            choices = [f"{clip.marker}  ·  {words}" for words in choices] + [clip.marker]
        fitting = [words for words in choices if metrics.horizontalAdvance(words) <= second.width()]
        words = fitting[0] if fitting else choices[-1]
        painter.setPen(QColor(tokens.warning if clip.marker else tokens.muted))
        self._write(painter, second, words, Qt.TextElideMode.ElideRight)
        bar = QRectF(room.left(), second.bottom() + 1 + _GAP, room.width(), _BAR)
        self._paint_bar(painter, bar, clip)

    @staticmethod
    def _write(painter: QPainter, room: QRect, words: str, mode: Qt.TextElideMode) -> None:
        text = painter.fontMetrics().elidedText(words, mode, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _paint_bar(self, painter: QPainter, bar: QRectF, clip: ClipFacts) -> None:
        tokens = self._theme.tokens
        colours = {
            "accepted": tokens.accepted,
            "corrected": tokens.corrected,
            "propagated": tokens.propagated,
            "needs_work": tokens.needs_work,
        }
        painter.setPen(Qt.PenStyle.NoPen)
        ground = QColor(tokens.control)
        ground.setAlphaF(_GROUND)
        painter.setBrush(ground)
        painter.drawRoundedRect(bar, 2, 2)
        left = bar.left()
        for state, count in clip.counts:
            width = max(bar.width() * count / max(clip.frames, 1), 2.0)
            painter.setBrush(QColor(colours[state]))
            painter.drawRect(QRectF(left, bar.top(), min(width, bar.right() - left), bar.height()))
            left += width


class ClipList(KeyList):
    """Enter, or a click, opens a clip; Delete asks to remove it."""

    wanted = Signal(int)
    """The number of a clip that is to be shown."""
    removal_wanted = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__("Clips", theme, (Qt.Key.Key_Delete,))
        self.model_ = ClipModel(self)
        self.setModel(self.model_)
        self.setItemDelegate(ClipDelegate(self, theme))
        self.setUniformItemSizes(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.clicked.connect(self._clicked)

    def show_clips(self, clips: tuple[ClipFacts, ...], shown: int | None) -> None:
        """See ClipModel.show_clips. The clip in the window becomes the current row when it is another one."""
        changed = shown != self.model_.shown or not self.currentIndex().isValid()
        self.model_.show_clips(clips, shown)
        row = self.model_.row_of(shown)
        if row >= 0 and (changed or not self.currentIndex().isValid()):
            self.setCurrentIndex(self.model_.index(row))

    @property
    def chosen(self) -> ClipFacts | None:
        """The current row."""
        clip = self.currentIndex().data(Qt.ItemDataRole.UserRole)
        return clip if isinstance(clip, ClipFacts) else None

    @Slot(QModelIndex)
    def _clicked(self, index: QModelIndex) -> None:
        clip = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(clip, ClipFacts):
            self.wanted.emit(clip.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        clip = self.chosen
        if clip is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.wanted.emit(clip.id)
        elif clip is not None and event.key() == Qt.Key.Key_Delete:
            self.removal_wanted.emit(clip.id)
        else:
            super().keyPressEvent(event)
