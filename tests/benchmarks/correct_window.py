"""The program as bench_correct.py measures it: its window on a clip, a scripted hand, clocks in its event loop.

Run by bench_correct.py as a process of its own: `correct_window.py stroke|stalls CLIP MODEL SECONDS`. The last line
of its output is what it has measured, as JSON.
"""

import json
import math
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.collector import GarbageCollector
from app.main_window import MainWindow
from app.panes.image_view import ImageView
from app.session.background import share_python_often
from app.session.records import InferenceState
from app.settings import Settings, settings_path
from app.theme import Theme

MOVES_A_SECOND = 100
STROKE_SECONDS = 1.0
BRUSH_PX = 60
BEAT_MS, LONG_GAP_SECONDS = 5, 0.04
PHASES = ("play", "scrub", "paint", "propagate and play")
Events = list[list[Any]]


class TimedView(ImageView):
    """Told as ImageView; its methods replace those of the program's picture views."""

    arrivals: list[tuple[float, int, int, int]] = []
    """When a move reached a view, the view's number, and where on the screen it was."""
    paints: list[tuple[float, float, int]] = []
    """When a view began to draw itself, when it was done, its number."""


_paint, _move = ImageView.paintEvent, ImageView.mouseMoveEvent


def _timed_paint(self: ImageView, event: QPaintEvent) -> None:
    begun = time.monotonic()
    _paint(self, event)
    TimedView.paints.append((begun, time.monotonic(), id(self)))
    QCoreApplication.postEvent(flushes, QEvent(QEvent.Type.User))


def _timed_move(self: ImageView, event: QMouseEvent) -> None:
    place = event.globalPosition()
    TimedView.arrivals.append((time.monotonic(), id(self), round(place.x()), round(place.y())))
    _move(self, event)


class Flushes(QObject):
    """Told when what was drawn last has been handed to the X server: its event comes after the window's update."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: list[float] = []

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            self.moments.append(time.monotonic())
            return True
        return super().event(event)


flushes = Flushes()


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
        assert self._process is not None and self._process.stdout is not None
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


class Beats(QObject):
    """Measures the gaps between the beats of a timer in the window's thread; looks at the stack of long ones.

    gaps: seconds by phase, with the processor time that the thread itself took meanwhile. stacks: for each long gap
    the same two, so far, the phase and the functions that the thread was in.
    """

    def __init__(self) -> None:
        super().__init__()
        self.phase = "start"
        self.gaps: dict[str, list[tuple[float, float]]] = {}
        self.stacks: list[tuple[float, float, str, str]] = []
        self._last = self._now()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, args=(threading.get_ident(),))

    def start(self) -> None:
        self._last = self._now()
        self._timer.start()
        self._watcher.start()

    def stop(self) -> None:
        self._timer.stop()
        self._over.set()
        self._watcher.join()

    def _now(self) -> tuple[float, float]:
        return time.monotonic(), time.thread_time()

    @Slot()
    def _beat(self) -> None:
        (wall, busy), now = self._last, self._now()
        self.gaps.setdefault(self.phase, []).append((now[0] - wall, now[1] - busy))
        self._last = now

    def _watch(self, thread: int) -> None:
        clock = time.pthread_getcpuclockid(thread)
        seen = 0.0
        while not self._over.wait(0.005):
            wall, busy = self._last
            gap = time.monotonic() - wall
            if gap > LONG_GAP_SECONDS and wall != seen:
                seen = wall
                words = _words(sys._current_frames().get(thread))
                self.stacks.append((gap, time.clock_gettime(clock) - busy, self.phase, words))


def _words(frame: FrameType | None) -> str:
    """The innermost functions of a stack."""
    entries = traceback.extract_stack(frame)[-4:] if frame is not None else []
    return " > ".join(f"{Path(entry.filename).name}:{entry.lineno} {entry.name}" for entry in entries)


class Measurement(QObject):
    """Opens the clip, waits until the model predicts, plays its script, closes the window."""

    def __init__(self, kind: str, clip: Path, model: Path, seconds: float, theme: Theme) -> None:
        super().__init__()
        self._kind, self._seconds = kind, seconds
        settings = Settings(tour_seen=True, brush_diameter=BRUSH_PX, propagation_frames=30)
        self.window = window = MainWindow(settings, settings_path(), theme, model)
        self._hand, self._beats = Hand(), Beats()
        self._states: Counter[str] = Counter()
        self._predicted = 0
        self.result: dict[str, Any] = {}
        self._poll = QTimer(self, interval=100)
        self._poll.timeout.connect(self._wait)
        window.resize(1500, 950)
        window.show()
        window.opening.open(clip)
        self._poll.start()

    @Slot()
    def _wait(self) -> None:
        window = self.window
        state = window.inference.state
        predicting = state in (InferenceState.RUNNING, InferenceState.DONE)
        if predicting and window.editing.available and window.inference.store.get(0) is not None:
            self._poll.timeout.disconnect()
            self._poll.timeout.connect(self._count_state)
            window.commands.loop.setChecked(True)
            QTimer.singleShot(500, self._begin)

    @Slot()
    def _count_state(self) -> None:
        self._states[self.window.inference.state.name] += 1

    @Slot()
    def _begin(self) -> None:
        TimedView.arrivals.clear()
        TimedView.paints.clear()
        flushes.moments.clear()
        self._states.clear()
        self._predicted = int(self.window.inference.store.predicted.sum())
        self.window.commands.brush.trigger()
        if self._kind == "stroke":
            seconds = self._play_strokes()
        else:
            seconds = self._play_all()
        QTimer.singleShot(round((seconds + 1) * 1000), self._end)

    def _play_strokes(self) -> float:
        """In the RGB pane, then in the saliency pane."""
        events: Events = []
        for number, view in enumerate(self.window.pane_set.pictures()):
            begin = 0.5 + number * (self._seconds / 2 + 0.5)
            events += stroke_events(view, view.viewport.rectangle, begin, self._seconds / 2)
        self._hand.play(events)
        return self._seconds + 2

    def _play_all(self) -> float:
        """Play, scrub, paint, propagate, and over again."""
        phase_seconds = max(min(10.0, self._seconds / len(PHASES)), 0.5)
        count = max(round(self._seconds / phase_seconds), 1)
        view, strip = self.window.pane_set.rgb.picture, self.window.timeline.strip
        events: Events = []
        for number in range(count):
            begin, phase = 0.5 + number * phase_seconds, PHASES[number % len(PHASES)]
            QTimer.singleShot(round(begin * 1000), lambda phase=phase: self._enter(phase))
            if phase == "scrub":
                events += scrub_events(strip, begin + 0.2, phase_seconds - 0.4)
            elif phase == "paint":
                events += stroke_events(view, view.viewport.rectangle, begin + 0.2, phase_seconds - 0.4)
        self._hand.play(events)
        QTimer.singleShot(500, self._beats.start)
        return count * phase_seconds + 0.5

    def _enter(self, phase: str) -> None:
        window = self.window
        self._beats.phase = phase
        window.playback.pause()
        if phase == "propagate and play":
            window.commands.propagate_forward.trigger()
            QTimer.singleShot(1000, window.playback.play)
        elif phase == "play":
            window.playback.play()

    @Slot()
    def _end(self) -> None:
        sent = self._hand.sent()
        window = self.window
        if self._kind == "stroke":
            for name, view in zip(("RGB", "saliency"), window.pane_set.pictures(), strict=True):
                self.result[name] = latencies(sent, id(view))
        else:
            self._beats.stop()
            self.result["gaps"] = self._beats.gaps
            self.result["stacks"] = self._beats.stacks
        self.result["states"] = self._states
        self.result["predicted"] = int(window.inference.store.predicted.sum()) - self._predicted
        self.result["touched"] = len(window.project.frames)
        window.close()


def latencies(sent: Events, view: int) -> dict[str, list[float]]:
    """Seconds for every move that was sent while the button was down and reached this view, or was overtaken there.

    Returns:
        "sent": from sending to the end of the paintEvent that shows it; "arrived": from its arrival in the window;
        "screen": from sending to when the drawn picture was handed to the X server.
    """
    arrivals = [entry for entry in TimedView.arrivals if entry[1] == view]
    paints = [entry for entry in TimedView.paints if entry[2] == view]
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
        while flush < len(flushes.moments) and flushes.moments[flush] < done:
            flush += 1
        if flush >= len(flushes.moments):
            break
        result["arrived"].append(done - moment)
        result["sent"] += [done - start for start in waiting]
        result["screen"] += [flushes.moments[flush] - start for start in waiting]
        waiting.clear()
    return result


def main(kind: str, clip: str, model: str, seconds: str) -> int:
    """Measure and print."""
    ImageView.paintEvent, ImageView.mouseMoveEvent = _timed_paint, _timed_move
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    collector = GarbageCollector(application)
    share_python_often()
    measurement = Measurement(kind, Path(clip), Path(model), float(seconds), Theme(application, "dark"))
    measurement.window.inference.state_changed.connect(collector.settle)
    measurement.window.stopped.connect(application.quit)
    code = application.exec()
    print(json.dumps(measurement.result))
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
