"""The earlier finetunings of a project, one under the other: when, what came of it, its numbers, its model."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QVBoxLayout, QWidget
from superqt.elidable import QElidingLabel

from app.finetune.records import PastRun
from app.widgets.action_button import ActionButton
from app.widgets.labels import label

MOST_RUNS = 30


class RunHistory(QWidget):
    """Newest first; hidden while there are none."""

    default_wanted = Signal(str)
    """Id of a model."""

    def __init__(self, roll_back: QAction) -> None:
        super().__init__()
        self.rows: list[RunRow] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self._back = ActionButton("Roll back", roll_back)
        head = QGridLayout()
        head.setColumnStretch(0, 1)
        head.addWidget(label("Earlier runs", "headline"), 0, 0)
        head.addWidget(self._back, 0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(self._rows)
        self.hide()

    def show_runs(self, runs: tuple[PastRun, ...]) -> None:
        for row in self.rows:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [RunRow(run) for run in runs[:MOST_RUNS]]
        for row in self.rows:
            row.default_wanted.connect(self.default_wanted)
            self._rows.addWidget(row)
        self._back.setVisible(any(run.standing == "default" for run in runs))
        self.setVisible(bool(runs))


class RunRow(QFrame):
    """One run."""

    default_wanted = Signal(str)

    def __init__(self, run: PastRun) -> None:
        super().__init__()
        self.run = run
        self.setObjectName("runRow")
        made = datetime.fromtimestamp(run.made_at)
        self.decision = label(_STANDING.get(run.standing, run.decision))
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 6, 8, 6)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(label(f"{made:%Y-%m-%d %H:%M}", "headline"), 0, 0)
        grid.addWidget(self.decision, 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(label(f"{run.numbers}  ·  {run.frames}", "quiet", wrap=True), 1, 0, 1, 2)
        base = QElidingLabel(f"from {run.base}")
        base.setObjectName("quiet")
        base.setElideMode(Qt.TextElideMode.ElideMiddle)
        base.setToolTip(f"It started from the model {run.base}")
        grid.addWidget(base, 2, 0)
        if run.standing == "listed":
            self.button = QPushButton("Make default")
            self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self.button.setToolTip("Predict with this model from now on")
            self.button.setAccessibleName(f"Make the model of {made:%Y-%m-%d %H:%M} the default")
            self.button.clicked.connect(self._ask)
            grid.addWidget(self.button, 2, 1)
        self.setToolTip(run.reason)
        self.setAccessibleName(f"{made:%Y-%m-%d %H:%M}, {self.decision.text()}, {run.numbers}")

    @Slot()
    def _ask(self) -> None:
        self.default_wanted.emit(self.run.model)


_STANDING = {"default": "✓ the default", "listed": "promoted", "deleted": "promoted, deleted since"}
