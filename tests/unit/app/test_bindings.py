"""What the window relies on in PySide6 itself, so that a broken release is found by its name."""

import sys

from PySide6.QtCore import QObject, QPointF, QRectF, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

CALLS = 300


class Receiver(QObject):
    """Takes a message."""

    sent = Signal(object)

    @Slot(object)
    def take(self, message: object) -> None:
        pass


def test_calls_do_not_use_up_none(qapp: QApplication) -> None:
    """PySide6 6.12.0 takes a reference to None with every call of QPainter: Python 3.11 ends after some thousands."""
    painter = QPainter(pixmap := QPixmap(20, 20))
    image = QImage(4, 4, QImage.Format.Format_RGB32)
    receiver = Receiver()
    receiver.sent.connect(receiver.take)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        painter.setPen(QColor("red"))
        painter.fillRect(QRectF(0, 0, 5, 5), QColor("red"))
        painter.drawImage(QRectF(0, 0, 5, 5), image)
        painter.drawLine(QPointF(0, 0), QPointF(1, 1))
        receiver.sent.emit(1)
    lost = before - sys.getrefcount(None)
    painter.end()
    assert pixmap.width() == 20
    assert lost < CALLS / 2
