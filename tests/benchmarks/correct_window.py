"""The program as bench_correct.py measures it: its window on a clip, a scripted hand, clocks in its event loop.

Run by bench_correct.py as a process of its own: `correct_window.py stroke|stalls CLIP MODEL SECONDS`. The last line
of its output is what it has measured, as JSON.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from beats import Beats
from hand_script import Events, Hand, scrub_events, stroke_events
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication
from stroke_clock import StrokeClock

from app.collector import GarbageCollector
from app.main_window import MainWindow
from app.session.background import share_python_often
from app.session.records import InferenceState
from app.settings import Settings, settings_path
from app.theme import Theme

BRUSH_PX = 60
PHASES = ("play", "scrub", "paint", "propagate and play")


class Measurement(QObject):
    """Opens the clip, waits until the model predicts, plays its script, closes the window."""

    def __init__(self, kind: str, clip: Path, model: Path, seconds: float, theme: Theme) -> None:
        super().__init__()
        self._clock = StrokeClock()
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
        self._clock.restart()
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
                self.result[name] = self._clock.latencies(sent, view)
        else:
            self._beats.stop()
            self.result["gaps"] = self._beats.gaps
            self.result["stacks"] = self._beats.stacks
        self.result["states"] = self._states
        self.result["predicted"] = int(window.inference.store.predicted.sum()) - self._predicted
        self.result["touched"] = len(window.project.frames)
        window.close()


def main(kind: str, clip: str, model: str, seconds: str) -> int:
    """Measure and print."""
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
