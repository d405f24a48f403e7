"""Opens the report of a finished run, reads its pictures in a queue, and shows its page in the browser."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QWidget

from app.finetune import decisions
from app.finetune.finetuning import Finetuning
from app.finetune.promotion import Promotion
from app.finetune.records import FinishedRun, Phase
from app.finetune.report_dialog import ReportDialog
from app.images import image_from_rgb
from app.session.records import Failure
from app.session.task_queue import TaskQueue
from app.theme import Theme

if TYPE_CHECKING:
    from pathlib import Path

    from core.finetune.outcome import FrameOutcome


class ReportControl(QObject):
    """At most one report is open."""

    failed = Signal(object)

    def __init__(
        self, finetuning: Finetuning, promotion: Promotion, queue: TaskQueue, theme: Theme, window: QWidget
    ) -> None:
        super().__init__(window)
        self._finetuning, self._promotion, self._queue = finetuning, promotion, queue
        self._theme, self._window = theme, window
        self.dialog: ReportDialog | None = None
        finetuning.changed.connect(self._follow)

    @Slot()
    def show(self) -> None:
        """Open the report of the finished run, or bring it to the front."""
        finished = self._finetuning.finished
        if finished is None:
            return
        if self.dialog is None:
            self.dialog = self._made(finished)
            self.dialog.show()
            self.dialog.show_first()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def _made(self, finished: FinishedRun) -> ReportDialog:
        dialog = ReportDialog(finished, self._theme, self._window)
        dialog.frame_wanted.connect(self._read_pictures)
        dialog.promote_wanted.connect(self._promotion.promote)
        dialog.discard_wanted.connect(self._promotion.discard)
        dialog.page_wanted.connect(self._open_page)
        dialog.finished.connect(self._closed)
        return dialog

    @Slot()
    def _closed(self) -> None:
        self.dialog = None

    @Slot()
    def _follow(self) -> None:
        """A decision may be made in the dock as well; another run closes the report of the one before."""
        finished = self._finetuning.finished
        if self.dialog is None:
            return
        same = finished is not None and finished.folder == self.dialog.finished_run.folder
        if self._finetuning.phase is Phase.DONE and same and finished is not None:
            self.dialog.show_decision(finished)
        else:
            self.dialog.close()

    @Slot(object)
    def _read_pictures(self, frame: "FrameOutcome") -> None:
        assert self.dialog is not None
        folder = self.dialog.finished_run.folder

        def done(pictures: tuple[QImage, QImage]) -> None:
            if self.dialog is not None:
                self.dialog.show_pictures(frame, *pictures)

        self._queue.submit(lambda _: _pictures(folder, frame), done, self._no_pictures)

    def _no_pictures(self, failure: Failure) -> None:
        if self.dialog is not None:
            self.dialog.show_trouble(failure.sentence)

    @Slot()
    def _open_page(self) -> None:
        assert self.dialog is not None
        folder = self.dialog.finished_run.folder
        self._queue.submit(lambda _: decisions.page_of(folder), _browse, self.failed.emit)


def _browse(page: "Path") -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))


def _pictures(folder: "Path", frame: "FrameOutcome") -> tuple[QImage, QImage]:
    from core.finetune.report import wipe_pictures

    found = wipe_pictures(folder, frame)
    return image_from_rgb(found.before), image_from_rgb(found.after)
