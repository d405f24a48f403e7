"""From moving the mouse to paint: when moves reach the picture views, and when what they change is drawn."""

import time

from hand_script import Events
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QMouseEvent, QPaintEvent

from app.panes.image_view import ImageView


class StrokeClock(QObject):
    """Make it before the window: it puts itself between Qt and the picture views' methods."""

    def __init__(self) -> None:
        super().__init__()
        self._arrivals: list[tuple[float, int, int, int]] = []
        """When a move reached a view, the view's identity, and where on the screen it was."""
        self._paints: list[tuple[float, float, int]] = []
        """When a view began to draw itself, when it was done, its identity."""
        self._flushes: list[float] = []
        """When what was drawn before had been handed to the X server."""
        paint, move = ImageView.paintEvent, ImageView.mouseMoveEvent

        def timed_paint(view: ImageView, event: QPaintEvent) -> None:
            begun = time.monotonic()
            paint(view, event)
            self._paints.append((begun, time.monotonic(), id(view)))
            # It comes after the update of the whole window that this is a part of.
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User))

        def timed_move(view: ImageView, event: QMouseEvent) -> None:
            place = event.globalPosition()
            self._arrivals.append((time.monotonic(), id(view), round(place.x()), round(place.y())))
            move(view, event)

        for name, method in {"paintEvent": timed_paint, "mouseMoveEvent": timed_move}.items():
            setattr(ImageView, name, method)

    def restart(self) -> None:
        """Forget what was measured so far."""
        for entries in (self._arrivals, self._paints, self._flushes):
            entries.clear()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            self._flushes.append(time.monotonic())
            return True
        return super().event(event)

    def latencies(self, sent: Events, view: ImageView) -> dict[str, list[float]]:
        """Seconds for every move that was sent while the button was down and reached this view, or was overtaken there.

        Returns:
            "sent": from sending to the end of the paintEvent that shows it; "arrived": from its arrival in the window;
            "screen": from sending to when the drawn picture was handed to the X server.
        """
        arrivals = [entry for entry in self._arrivals if entry[1] == id(view)]
        paints = [entry for entry in self._paints if entry[2] == id(view)]
        result: dict[str, list[float]] = {"sent": [], "arrived": [], "screen": []}
        waiting: list[float] = []
        place = paint = flush = 0
        down = False
        for event in sent:
            if event[1] != "move":
                down = event[1] == "down"
                waiting.clear()
                continue
            if not down or place >= len(arrivals):
                continue
            waiting.append(event[0])
            moment, _, x, y = arrivals[place]
            # The same place may be passed again: a move cannot arrive before it was sent, nor after the next ones.
            while moment < event[0] and place + 1 < len(arrivals):
                place += 1
                moment, _, x, y = arrivals[place]
            if (x, y) != (event[2], event[3]):
                continue  # overtaken by later ones: it shows with them
            place += 1
            while paint < len(paints) and paints[paint][0] < moment:
                paint += 1
            if paint >= len(paints):
                break
            done = paints[paint][1]
            while flush < len(self._flushes) and self._flushes[flush] < done:
                flush += 1
            if flush >= len(self._flushes):
                break
            result["arrived"].append(done - moment)
            result["sent"] += [done - start for start in waiting]
            result["screen"] += [self._flushes[flush] - start for start in waiting]
            waiting.clear()
        return result
