"""The page of the dock while a finetuning runs: what it does, how far, its curves, and how to end it."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.finetune.curves import CurvePlot
from app.finetune.finetuning import Finetuning
from app.finetune.records import Phase
from app.finetune.run_record import CHOICE_WORDS, TERM_WORDS
from app.jobs.job_strip import time_left
from app.theme import Theme
from app.widgets.labels import label

_REFRESH_MS = 250
_TIPS = {
    "pause": "Stops for now and goes on from the same place; nothing is lost",
    "stop": "Ends the training now, keeps the best weights so far and compares them with the old model",
    "cancel": "Ends the finetuning and discards everything of it; the model stays as it is",
}
_NOTHING_YET = "The training has not begun: there is nothing to keep yet. Cancel ends the finetuning"


class RunPage(QWidget):
    """Follows a finetuning, at most four times a second."""

    pause_wanted = Signal()
    stop_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, finetuning: Finetuning, theme: Theme) -> None:
        super().__init__()
        self._finetuning = finetuning
        self.doing = label(kind="headline", wrap=True)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setAccessibleName("Progress of the finetuning")
        self.facts = {name: label() for name in ("Iteration", "Time left", "Rate", "Memory", "Runs on")}
        self.notes = label(kind="quiet", wrap=True)
        self.objective = CurvePlot("Objective, each term", TERM_WORDS, theme)
        self.selection = CurvePlot("On the frames held out for choosing", CHOICE_WORDS, theme)
        self.pause = _button("Pause", _TIPS["pause"], self.pause_wanted)
        self.stop = _button("Stop early", _TIPS["stop"], self.stop_wanted)
        self.cancel = _button("Cancel", _TIPS["cancel"], self.cancel_wanted)
        self.objective.hide()
        self.selection.hide()
        self._lay_out()
        self._soon = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._soon.timeout.connect(self._show_record)
        finetuning.progressed.connect(self._plan)
        finetuning.changed.connect(self.show_state)
        self.show_state()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        for row, (name, value) in enumerate(self.facts.items()):
            grid.addWidget(label(name, "quiet"), row, 0)
            grid.addWidget(value, row, 1)
        buttons = QGridLayout()
        buttons.setSpacing(6)
        for place, button in enumerate((self.pause, self.stop, self.cancel)):
            buttons.addWidget(button, 0, place)
            buttons.setColumnStretch(place, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.doing)
        column.addWidget(self.bar)
        column.addLayout(buttons)
        column.addLayout(grid)
        column.addWidget(self.notes)
        column.addWidget(self.objective)
        column.addWidget(self.selection)

    @Slot()
    def _plan(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def show_state(self) -> None:
        """Which buttons there are, and what they say."""
        run = self._finetuning
        running = run.phase is Phase.RUNNING
        waiting = run.record.paused or run.asked == "pause"
        self.pause.setText("Resume" if waiting else "Pause")
        self.pause.setToolTip("Goes on from the same place" if waiting else _TIPS["pause"])
        self.pause.setEnabled(running and run.asked not in ("stop", "cancel"))
        self.cancel.setEnabled(run.asked != "cancel")
        if run.busy:
            self._show_record()

    @Slot()
    def _show_record(self) -> None:
        run, record = self._finetuning, self._finetuning.record
        words = {"pause": "Pausing…", "stop": "Stopping early…", "cancel": "Cancelling…"}.get(run.asked)
        self.doing.setText(words or ("Paused" if record.paused else record.doing))
        self.bar.setRange(0, record.total)
        self.bar.setValue(record.done)
        self.bar.setAccessibleDescription(f"{record.done} of {record.total}" if record.total else "begins")
        trained = bool(record.terms)
        self.stop.setEnabled(run.phase is Phase.RUNNING and not run.asked and trained)
        self.stop.setToolTip(_TIPS["stop"] if trained else _NOTHING_YET)
        left = "" if record.paused else time_left(record.seconds_left).removesuffix(" left")
        values = {
            "Iteration": f"{record.iteration} of {record.iterations}" if record.iterations else "",
            "Time left": left,
            "Rate": f"{record.rate:.2g}" if record.rate is not None else "",
            "Memory": f"{record.memory_mib:.0f} MiB" if record.memory_mib is not None else "",
            "Runs on": record.device,
        }
        for name, value in values.items():
            self.facts[name].setText(value or "–")
        self.notes.setText("\n".join(record.notes))
        self.notes.setVisible(bool(record.notes))
        if run.phase is Phase.RUNNING and self.isVisible():
            for plot, series in ((self.objective, record.terms), (self.selection, record.selection)):
                plot.setVisible(bool(series))
                if series:
                    plot.show_series(series, record.iterations)


def _button(words: str, tip: str, wanted: object) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(wanted)
    return button
