"""The running job in one line of the status bar: name, progress, time left, cancel, and how many wait behind it."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QToolButton, QWidget
from superqt.elidable import QElidingLabel

from app.session.task_queue import Task, TaskQueue

_LONGEST_NAME_PX, _LEAST_NAME_PX = 190, 56


class JobStrip(QWidget):
    """Hidden while nothing with a name runs."""

    def __init__(self, jobs: TaskQueue) -> None:
        super().__init__()
        self._jobs = jobs
        self.name = QElidingLabel()
        self.name.setElideMode(Qt.TextElideMode.ElideRight)
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedWidth(80)
        self.left = QLabel()
        self.cancel = QPushButton("Cancel")
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.cancel.setStyleSheet("padding: 1px 8px;")
        self.cancel.clicked.connect(self._cancel_shown)
        self.others = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.others.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.others.setStyleSheet("padding: 1px 6px;")
        self._menu = QMenu(self.others)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._menu.triggered.connect(self._cancel_chosen)
        self.others.setMenu(self._menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (self.name, self.bar, self.left, self.cancel, self.others):
            row.addWidget(widget)
        for signal in (jobs.submitted, jobs.started, jobs.progressed, jobs.finished):
            signal.connect(self._show_jobs)
        self._show_jobs()

    @property
    def tasks(self) -> list[Task]:
        """What is shown here, the running one first."""
        return [task for task in self._jobs.tasks if task.name]

    @Slot()
    def _show_jobs(self) -> None:
        tasks = self.tasks
        self.setVisible(bool(tasks))
        if not tasks:
            return
        task, waiting = tasks[0], tasks[1:]
        ending = task.cancelled
        self.name.setText(task.name)
        width = self.name.fontMetrics().horizontalAdvance(task.name) + 12
        self.name.setMinimumWidth(min(width, _LEAST_NAME_PX))
        self.name.setMaximumWidth(min(width, _LONGEST_NAME_PX))
        # A range of 0 to 0 is drawn as busy: how much there is to do is not known yet.
        self.bar.setRange(0, task.total)
        self.bar.setValue(task.done)
        self.bar.setAccessibleName(f"{task.name}: {_share(task)}")
        self.left.setText("" if ending else time_left(task.seconds_left))
        self.left.setVisible(bool(self.left.text()))
        self.setToolTip(
            "\n".join([f"{task.name}: {_share(task)}", *(f"{other.name}: waits" for other in waiting)])
        )
        self.cancel.setVisible(task.cancellable)
        self.cancel.setEnabled(not ending)
        self.cancel.setText("Cancelling…" if ending else "Cancel")
        self.cancel.setToolTip(f"Cancel: {task.name}")
        self.cancel.setAccessibleName(f"Cancel: {task.name}")
        self.others.setVisible(bool(waiting))
        self.others.setText(f"and {len(waiting)} more")
        self.others.setToolTip("Jobs that wait for their turn, each to be cancelled from here")

    @Slot()
    def _cancel_shown(self) -> None:
        if self.tasks:
            self.tasks[0].cancel()
            self._show_jobs()

    @Slot()
    def _fill_menu(self) -> None:
        self._menu.clear()
        for task in self.tasks[1:]:
            words = task.name.replace("&", "&&")
            action = self._menu.addAction(
                f"Being cancelled: {words}" if task.cancelled else f"Cancel: {words}"
            )
            action.setData(task.number)
            action.setEnabled(task.cancellable and not task.cancelled)

    @Slot(QAction)
    def _cancel_chosen(self, action: QAction) -> None:
        for task in self.tasks:
            if task.number == action.data():
                task.cancel()
        self._show_jobs()


def time_left(seconds: float | None) -> str:
    """ "0:12 left", "1:02:03 left"; empty where it is not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(max(round(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    return f"{clock} left"


def _share(task: Task) -> str:
    if task.cancelled:
        return "being cancelled"
    return f"{task.done} of {task.total}" if task.total else "begins"
