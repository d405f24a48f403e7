"""What the scripted mouse does: strokes over a picture, drags over the timeline. Playing it is hand.py."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

MOVES_A_SECOND = 100
STROKE_SECONDS = 1.0
Events = list[list[Any]]
"""As hand.py reads them."""


class Hand:
    """The scripted mouse: plays events in a process of its own."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def play(self, events: Events) -> None:
        script = Path(__file__).with_name("hand.py")
        self._process = process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(events))
        process.stdin.close()

    def sent(self) -> Events:
        """The events with the moments when they were sent, once all were."""
        assert self._process is not None
        assert self._process.stdout is not None
        with self._process.stdout as file:
            events = json.load(file)
        self._process.wait()
        return events


def stroke_events(view: QWidget, rectangle: tuple[float, ...], begin: float, seconds: float) -> Events:
    """Strokes along a curve that wanders over the whole picture, a second each."""
    left, top, width, height = rectangle
    corner = view.mapToGlobal(QPoint(0, 0))
    events: Events = []
    down = False
    for number in range(int(seconds * MOVES_A_SECOND)):
        moment = number / MOVES_A_SECOND
        x = corner.x() + left + width * (0.5 + 0.42 * math.sin(2.1 * moment))
        y = corner.y() + top + height * (0.5 + 0.42 * math.sin(3.4 * moment + 1))
        events.append([begin + moment, "move", round(x), round(y)])
        lifted = moment % (STROKE_SECONDS + 0.2) > STROKE_SECONDS
        if down == lifted:
            down = not lifted
            events.append([begin + moment, "down" if down else "up"])
    if down:
        events.append([begin + seconds, "up"])
    return events


def scrub_events(strip: QWidget, begin: float, seconds: float) -> Events:
    """A drag to and fro over the timeline."""
    corner = strip.mapToGlobal(QPoint(0, 0))
    y, width = corner.y() + strip.height() - 20, strip.width() - 20
    events: Events = [[begin, "move", corner.x() + 10, y], [begin + 0.05, "down"]]
    for number in range(int((seconds - 0.3) * 60)):
        x = corner.x() + 10 + width * (0.5 - 0.5 * math.cos(number / 60 * 2.2))
        events.append([begin + 0.1 + number / 60, "move", round(x), y])
    return [*events, [begin + seconds - 0.1, "up"]]
