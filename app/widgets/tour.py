"""The short tour at the first start: a card that names the panes one by one. It blocks nothing."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.theme import Theme
from app.widgets.highlight import Highlight
from app.widgets.labels import label
from app.widgets.text_keys import TAKES_ENTER

_CARD_WIDTH = 320


@dataclass(frozen=True, slots=True)
class Stop:
    """One step: the widget that it is about, and what to say of it."""

    target: QWidget
    title: str
    words: str


class Tour(QObject):
    """Shows the stops over `window`, which is their common ancestor."""

    ended = Signal()

    def __init__(self, window: QWidget, stops: list[Stop], theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._stops = [stop for stop in stops if stop.target.isVisible()]
        self._place = 0
        self._frame = Highlight(window, theme)
        self._card = TourCard(window)
        self._card.next_wanted.connect(self.next)
        self._card.end_wanted.connect(self.end)
        for widget in (window, *(stop.target for stop in self._stops)):
            widget.installEventFilter(self)
        self._show()

    @property
    def card(self) -> "TourCard":
        return self._card

    @Slot()
    def next(self) -> None:
        """The next stop, or the end."""
        self._place += 1
        while self._place < len(self._stops) and not self._stops[self._place].target.isVisible():
            self._place += 1
        if self._place < len(self._stops):
            self._show()
        else:
            self.end()

    @Slot()
    def end(self) -> None:
        """Take everything away."""
        for widget in (self._window, *(stop.target for stop in self._stops)):
            widget.removeEventFilter(self)
        self._frame.deleteLater()
        self._card.deleteLater()
        self.ended.emit()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._arrange()
        elif event.type() == QEvent.Type.Hide and watched is self._stops[self._place].target:
            self.next()  # there is nothing left to speak of
        return False

    def _show(self) -> None:
        stop = self._stops[self._place]
        last = self._place == len(self._stops) - 1
        self._card.say(f"{self._place + 1} of {len(self._stops)}", stop.title, stop.words, last)
        self._arrange()
        self._frame.show()
        self._card.show()
        self._card.setFocus()
        self._card.raise_()

    def _arrange(self) -> None:
        target = self._stops[self._place].target
        place = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size())
        self._frame.setGeometry(place.adjusted(-3, -3, 3, 3))
        self._frame.raise_()
        self._card.adjustSize()
        self._card.move(self._corner(place))
        self._card.raise_()

    def _corner(self, place: QRect) -> QPoint:
        """Beside the target where there is room, else over its middle; always inside the window."""
        card, room = self._card.size(), self._window.rect().adjusted(10, 40, -10, -40)
        x = place.center().x() - card.width() // 2
        y = place.center().y() - card.height() // 2
        if place.right() + 12 + card.width() <= room.right():
            x = place.right() + 12
        elif place.left() - 12 - card.width() >= room.left():
            x = place.left() - 12 - card.width()
        elif place.top() - 12 - card.height() >= room.top():
            y = place.top() - 12 - card.height()
        x = min(max(x, room.left()), max(room.right() - card.width(), room.left()))
        y = min(max(y, room.top()), max(room.bottom() - card.height(), room.top()))
        return QPoint(x, y)


class TourCard(QFrame):
    """Title, sentence, and the buttons Next and End. Enter goes on, Esc ends."""

    next_wanted = Signal()
    end_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("card")
        self.setFixedWidth(_CARD_WIDTH)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoFillBackground(True)
        self.setProperty(TAKES_ENTER, True)
        self._count = label(kind="quiet")
        self._title = label(kind="headline")
        self._words = label(wrap=True)
        self._next = QPushButton("Next")
        self._next.setProperty("primary", True)
        self._next.clicked.connect(self.next_wanted)
        self._end = QPushButton("End tour")
        self._end.clicked.connect(self.end_wanted)
        top, bottom = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._count)
        bottom.addStretch(1)
        bottom.addWidget(self._end)
        bottom.addWidget(self._next)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._words)
        column.addLayout(bottom)

    @property
    def title(self) -> str:
        return self._title.text()

    def say(self, count: str, title: str, words: str, last: bool) -> None:
        self._count.setText(count)
        self._title.setText(title)
        self._words.setText(words)
        self._next.setText("Done" if last else "Next")
        self._end.setVisible(not last)
        self.setAccessibleName(f"Tour, {count}: {title}. {words}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.end_wanted if self._end.hasFocus() else self.next_wanted).emit()
        else:
            super().keyPressEvent(event)
