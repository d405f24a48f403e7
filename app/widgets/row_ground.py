"""The ground of a row in a painted list: chosen, under the mouse, marked, with the keyboard. The words are others'."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.tokens import Tokens

_ROUND, _STRIPE = 5.0, 3.0


def paint_row_ground(
    painter: QPainter, option: QStyleOptionViewItem, tokens: Tokens, marked: bool = False
) -> None:
    """marked: this row stands out, by a stripe at its left."""
    state = QStyle.StateFlag
    box = QRectF(option.rect).adjusted(2, 1, -2, -1)
    painter.setPen(Qt.PenStyle.NoPen)
    if marked or option.state & (state.State_Selected | state.State_MouseOver):
        painter.setBrush(QColor(tokens.pressed if option.state & state.State_Selected else tokens.raised))
        painter.drawRoundedRect(box, _ROUND, _ROUND)
    if marked:
        painter.setBrush(QColor(tokens.accent))
        stripe = QRectF(box.left(), box.top() + 4, _STRIPE, box.height() - 8)
        painter.drawRoundedRect(stripe, _STRIPE / 2, _STRIPE / 2)
    if option.state & state.State_HasFocus:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(tokens.accent))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), _ROUND, _ROUND)
