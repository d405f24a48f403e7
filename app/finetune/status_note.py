"""The finetuning that runs, in few words in the status bar; a click brings its dock to the front."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QToolButton

from app.docks import Docks
from app.finetune.finetuning import Finetuning
from app.finetune.records import Phase
from app.jobs.job_strip import time_left


class StatusNote(QToolButton):
    """Hidden while nothing runs; the writing of the frames before it is a job like others."""

    def __init__(self, finetuning: Finetuning, action: QAction, docks: Docks, dock: QDockWidget) -> None:
        super().__init__()
        self._finetuning, self._action = finetuning, action
        self._docks, self._dock = docks, dock
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setStyleSheet("padding: 1px 6px;")
        self.clicked.connect(self._show_dock)
        finetuning.changed.connect(self._show_run)
        finetuning.progressed.connect(self._show_run)
        self.hide()

    @Slot()
    def _show_run(self) -> None:
        run, record = self._finetuning, self._finetuning.record
        self.setVisible(run.phase is Phase.RUNNING)
        if run.phase is not Phase.RUNNING:
            return
        words = "Finetuning"
        if record.paused:
            words += ", paused"
        elif record.total:
            words += f": {record.brief} {100 * record.done // record.total} %"
        if words != self.text():
            self.setText(words)
        left = time_left(record.seconds_left)
        key = self._action.shortcut().toString()
        tip = [f"{record.doing} {left}".strip(), f"Shows the finetuning ({key})" if key else ""]
        self.setToolTip("\n".join(filter(None, tip)))
        self.setAccessibleDescription(tip[0])

    @Slot()
    def _show_dock(self) -> None:
        self._docks.show(self._dock)
