"""The pages of the dock when a run has ended: broken off, or with a result to decide on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.finetune.records import BrokenRun, FinishedRun
from app.widgets.labels import label
from core.words import counted


class BrokenPage(QWidget):
    """A run that did not come to its end: why, and what can be done."""

    resume_wanted = Signal()
    discard_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sentence = _selectable()
        self.resume = _button(
            "Resume", "Goes on where it was, with the same frames", self.resume_wanted, True
        )
        self.discard = _button("Discard", "Removes what it has written; the model stays", self.discard_wanted)
        column = _column(self, "Not finished")
        column.addWidget(self.sentence)
        column.addLayout(_pairs(self.resume, self.discard))

    def show_run(self, broken: BrokenRun) -> None:
        self.sentence.setText(broken.sentence)
        self.resume.setVisible(broken.resumable)


class ResultPage(QWidget):
    """A result in few words; the whole of it is in the report."""

    report_wanted = Signal()
    promote_wanted = Signal()
    discard_wanted = Signal()
    new_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.headline = label(kind="headline", wrap=True)
        self.reason = _selectable()
        self.numbers = label(wrap=True)
        self.decision = label(kind="quiet", wrap=True)
        self.report = _button(
            "Report…", "Before and after, clip by clip and frame by frame", self.report_wanted
        )
        self.promote = _button(
            "Promote", "Makes the new model the default; frames not accepted are predicted anew",
            self.promote_wanted, True,
        )  # fmt: skip
        self.discard = _button("Discard", "Removes the new model; the old one stays", self.discard_wanted)
        self.new = _button("New finetuning", "Back to the accepted frames", self.new_wanted)
        column = _column(self, "")
        column.insertWidget(0, self.headline)
        for widget in (self.reason, self.numbers, self.decision):
            column.addWidget(widget)
        column.addLayout(_pairs(self.promote, self.discard))
        column.addWidget(self.report)
        column.addWidget(self.new)

    def show_result(self, finished: FinishedRun) -> None:
        result = finished.report.result
        open_ = finished.may_be_promoted
        self.headline.setText("The old model is kept" if result.kept_old else "A new model")
        self.reason.setText(result.reason)
        self.numbers.setText(numbers_in_words(finished))
        self.numbers.setVisible(bool(self.numbers.text()))
        self.decision.setText(
            f"It was {finished.decision}." if finished.decision and not result.kept_old else ""
        )
        self.decision.setVisible(bool(self.decision.text()))
        self.promote.setVisible(open_)
        self.discard.setVisible(open_)
        self.new.setVisible(not open_)


def numbers_in_words(finished: FinishedRun) -> str:
    """The gain on the frames kept for the report, and whether it is established."""
    result = finished.report.result
    if result.overall is None or result.interval is None:
        return "No frames were kept for the report: the gain is not measured."
    if result.kept_old:
        return f"On the frames kept for the report its J is {result.overall.before.j:.3f}."
    before, after, interval = result.overall.before.j, result.overall.after.j, result.interval
    return (
        f"On the frames kept for the report J goes from {before:.3f} to {after:.3f}; mean gain "
        f"{interval.mean:+.3f}, 95 % interval {interval.low:+.3f} to {interval.high:+.3f} over "
        f"{counted(interval.units, interval.unit.removesuffix('s'))}: {interval.words}."
    )


def _selectable() -> QLabel:
    result = label(wrap=True)
    result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return result


def _column(page: QWidget, title: str) -> QVBoxLayout:
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    if title:
        column.addWidget(label(title, "headline"))
    return column


def _pairs(*buttons: QPushButton) -> QGridLayout:
    grid = QGridLayout()
    grid.setSpacing(6)
    for number, button in enumerate(buttons):
        grid.addWidget(button, number // 2, number % 2)
    grid.setColumnStretch(0, 1)
    grid.setColumnStretch(1, 1)
    return grid


def _button(words: str, tip: str, wanted: object, primary: bool = False) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(tip)
    button.setAccessibleDescription(tip)
    button.setProperty("primary", primary)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(wanted)
    return button
