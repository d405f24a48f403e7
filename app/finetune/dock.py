"""The finetune dock: one page for each state of a run, the earlier runs under it. It computes nothing."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QDockWidget, QFrame, QMainWindow, QScrollArea, QVBoxLayout, QWidget

from app.finetune.end_pages import BrokenPage, ResultPage
from app.finetune.finetuning import Finetuning
from app.finetune.promotion import Promotion
from app.finetune.records import Phase
from app.finetune.run_history import RunHistory
from app.finetune.run_page import RunPage
from app.finetune.start_page import StartPage
from app.theme import Theme

_WIDTH = 300


class FinetuneDock(QDockWidget):
    """Follows a finetuning; what a person asks for goes to it, the report to `report_wanted`."""

    report_wanted = Signal()
    summary_wanted = Signal()
    """The page before the start is to be seen: what it shows may be old."""

    def __init__(
        self,
        window: QMainWindow,
        finetuning: Finetuning,
        promotion: Promotion,
        roll_back: QAction,
        theme: Theme,
    ) -> None:
        super().__init__("Finetune", window)
        self.setObjectName("finetune")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self._finetuning, self._promotion = finetuning, promotion
        self.start = StartPage(theme)
        self.run = RunPage(finetuning, theme)
        self.broken = BrokenPage()
        self.result = ResultPage()
        self.history = RunHistory(roll_back)
        self._pages = {
            Phase.IDLE: self.start,
            Phase.PREPARING: self.run,
            Phase.RUNNING: self.run,
            Phase.BROKEN: self.broken,
            Phase.DONE: self.result,
        }
        self._lay_out()
        self._connect()
        self._show_phase()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH + 20, 480)

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(12)
        for page in (self.start, self.run, self.broken, self.result):
            column.addWidget(page)
        line = QFrame()
        line.setObjectName("divider")
        line.setFixedHeight(1)
        line.hide()
        self._line = line
        column.addWidget(line)
        column.addWidget(self.history)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(content)
        scroll.setMinimumWidth(_WIDTH)
        self.setWidget(scroll)

    def _connect(self) -> None:
        run = self._finetuning
        self.run.pause_wanted.connect(run.toggle_pause)
        self.run.stop_wanted.connect(run.stop_early)
        self.run.cancel_wanted.connect(run.cancel)
        self.broken.resume_wanted.connect(self._resume)
        self.broken.discard_wanted.connect(run.remove_broken)
        self.result.report_wanted.connect(self.report_wanted)
        self.result.promote_wanted.connect(self._promotion.promote)
        self.result.discard_wanted.connect(self._promotion.discard)
        self.result.new_wanted.connect(run.forget)
        self.history.default_wanted.connect(self._promotion.make_default)
        run.changed.connect(self._show_phase)
        self._promotion.history_changed.connect(self._show_history)

    @Slot()
    def _resume(self) -> None:
        broken = self._finetuning.broken
        if broken is not None:
            self._finetuning.resume(broken.folder)

    @Slot()
    def _show_phase(self) -> None:
        run = self._finetuning
        if run.broken is not None:
            self.broken.show_run(run.broken)
        if run.finished is not None:
            self.result.show_result(run.finished)
        page = self._pages[run.phase]
        entered = page.isHidden()
        for other in self._pages.values():
            other.setVisible(other is page)
        if page is self.start and entered:
            self.summary_wanted.emit()

    @Slot()
    def _show_history(self) -> None:
        self.history.show_runs(self._promotion.history)
        self._line.setVisible(bool(self._promotion.history))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._finetuning.phase is Phase.IDLE:
            self.summary_wanted.emit()
