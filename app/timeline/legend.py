"""What the timeline's colours and shapes mean: a row of those in use, and a popup with all of them."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from app.theme import Theme
from app.timeline.content import STATUS_WORDS, StripContent
from app.timeline.curves import flicker_pen, score_pen
from app.timeline.states_painter import FLAG, paint_hatching, paint_state
from app.tokens import Tokens
from app.widgets.labels import label
from core.review import FrameStatus

Key = FrameStatus | str
"""A frame state, or one of the marks that are none."""
MARK_WORDS: dict[Key, str] = {
    **STATUS_WORDS,
    "held out": "Held out",
    "score": "Confidence",
    "flicker": "Flicker",
    "cached": "In memory",
    "range": "Selected range",
}
_HELP: dict[Key, str] = {
    FrameStatus.NO_PREDICTION: "The network has not seen it yet",
    FrameStatus.PREDICTED: "The mask is the network's",
    FrameStatus.PROPAGATED: "Its corrections came from other frames",
    FrameStatus.CORRECTED: "Corrected by hand, not accepted yet",
    FrameStatus.ACCEPTED: "Its mask is ground truth",
    FrameStatus.NEEDS_WORK: "Marked to be looked at again",
    "held out": "The latest finetuning judges its result by it",
    "score": "The IoU expected of the mask, or the mean score of an uncalibrated model; a click on a dip goes there",
    "flicker": "How much the mask changes beyond the motion",
    "cached": "Decoded frames, shown without a wait",
    "range": "Drag on the ruler, or with Shift anywhere",
}
_BETWEEN, _GAP = 15, 5
"""Pixels between two entries of the row, and between mark and words."""
_MARK = QSize(16, 9)


def marks_in_use(content: StripContent) -> list[Key]:
    """The marks that the strip shows now, in the legend's order."""
    present = set(content.statuses.tolist())
    keys: list[Key] = [status for status in FrameStatus if status in present]
    if content.held_out:
        keys.append("held out")
    for key, values in (("score", content.scores), ("flicker", content.flicker)):
        if (values == values).any():  # not NaN
            keys.append(key)
    return keys


def paint_mark(painter: QPainter, key: Key, box: QRectF, tokens: Tokens) -> None:
    """One mark as the strip draws it."""
    if isinstance(key, FrameStatus):
        paint_state(painter, key, box, tokens)
    elif key == "held out":
        paint_hatching(painter, box, tokens)
    elif key in ("score", "flicker"):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(score_pen(tokens) if key == "score" else flicker_pen(tokens))
        painter.drawLine(box.bottomLeft(), box.topRight())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    elif key == "cached":
        painter.fillRect(QRectF(box.left(), box.center().y() - 1, box.width(), 3), QColor(tokens.muted))
    else:
        shade = QColor(tokens.accent)
        shade.setAlpha(44)
        painter.fillRect(box, shade)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawLine(box.topLeft(), box.bottomLeft())
        painter.drawLine(box.topRight(), box.bottomRight())


class LegendRow(QWidget):
    """Names the marks in use on one line."""

    changed = Signal()
    """It needs another width."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.keys: list[Key] = []
        self.setAccessibleName("Legend of the timeline")
        theme.changed.connect(self._repaint)

    def show_keys(self, keys: list[Key]) -> None:
        """Name these marks."""
        if keys != self.keys:
            self.keys = keys
            self.setAccessibleDescription(", ".join(MARK_WORDS[key] for key in keys))
            self.updateGeometry()
            self.update()
            self.changed.emit()

    def sizeHint(self) -> QSize:
        return QSize(max(sum(self._width(key) for key in self.keys) - _BETWEEN + 2, 0), 20)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def _width(self, key: Key) -> int:
        return self.fontMetrics().horizontalAdvance(MARK_WORDS[key]) + _MARK.width() + _GAP + _BETWEEN

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        x, middle = 0.0, self.height() / 2
        for key in self.keys:
            box = QRectF(x, middle - _MARK.height() / 2, _MARK.width(), _MARK.height())
            paint_mark(painter, key, box, self._theme.tokens)
            painter.setPen(QColor(self._theme.tokens.muted))
            place = QRectF(x + _MARK.width() + _GAP, 0, self._width(key), self.height())
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), MARK_WORDS[key])
            x += self._width(key)
        painter.end()


class LegendPopup(QFrame):
    """All marks with a sentence each. Escape or a click beside it closes it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._place = QPoint()
        self.setObjectName("card")
        self.setAccessibleName("Legend of the timeline")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout(self)
        grid.setContentsMargins(14, 12, 16, 12)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for row, (key, words) in enumerate(MARK_WORDS.items()):
            grid.addWidget(_Swatch(key, theme), row, 0)
            grid.addWidget(QLabel(words), row, 1)
            grid.addWidget(label(_HELP[key], "quiet"), row, 2)

    def show_above(self, place: QPoint) -> None:
        """Show it with its lower right corner at a place, or as near to it as the screen allows."""
        self._place = place
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        """Sizes are known once the style sheet has been applied."""
        size, room = self.sizeHint(), self.screen().availableGeometry()
        corner = self._place - QPoint(size.width(), size.height())
        x = max(min(corner.x(), room.right() + 1 - size.width()), room.left())
        y = max(min(corner.y(), room.bottom() + 1 - size.height()), room.top())
        self.setGeometry(QRect(QPoint(x, y), size))


class _Swatch(QWidget):
    def __init__(self, key: Key, theme: Theme) -> None:
        super().__init__()
        self._key, self._theme = key, theme
        self.setFixedSize(30, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(1, FLAG + 1, self.width() - 2, self.height() - FLAG - 3)
        paint_mark(painter, self._key, box, self._theme.tokens)
        painter.end()
