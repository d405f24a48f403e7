"""The finetune dock with a child that says what a test wants: what it shows, its three ways to end, every ending."""

from collections.abc import Callable
from pathlib import Path

import pytest
from finetune_material import WAIT, accept_frames, fake_child, show_dock, small_model, small_settings
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.finetune.records import Phase
from app.main_window import MainWindow

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]
Heard = Callable[[], list[str]]
Running = Callable[[str], tuple[MainWindow, Heard]]
STEPS = """
emit("started", device="cpu", threads=2, iterations=80)
emit("selection", iteration=0, j=0.6, max_f=0.7)
for number in range(1, 11):
    step(number)
"""
OBEDIENT = (
    STEPS
    + """
while (word := heard()) not in ("stop", "cancel", ""):
    emit({"pause": "paused", "resume": "resumed"}[word])
emit("finished", outcome="cancelled", reason="cancelled")
"""
)
_GO_ON = """
heard()
emit("paused")
emit("resumed")
step(1)
heard()
"""


@pytest.fixture
def running(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Running:
    """A window whose finetuning runs a child of these lines."""

    def run(body: str) -> tuple[MainWindow, Heard]:
        words = fake_child(monkeypatch, tmp_path, body)
        window = make_window(small_model(tmp_path))
        open_clip_in(window)
        accept_frames(qtbot, window)
        show_dock(qtbot, window)
        window.finetune.finetuning.make_settings = small_settings
        qtbot.waitUntil(window.finetune.dock.start.button.isEnabled, timeout=WAIT)
        window.finetune.dock.start.button.click()
        early = (Phase.IDLE, Phase.PREPARING)
        qtbot.waitUntil(lambda: window.finetune.finetuning.phase not in early, timeout=WAIT)
        return window, words

    return run


def test_too_few_frames_say_how_many_more(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    show_dock_of_nothing = window.commands.finetune
    show_dock_of_nothing.trigger()
    page = window.finetune.dock.start
    assert "No clip is open" in page.words
    assert not page.button.isEnabled()
    open_clip_in(window)
    accept_frames(qtbot, window, (0, 30, 39))
    qtbot.waitUntil(lambda: "accept 1 more" in page.refusal.words.text(), timeout=WAIT)
    assert page.refusal.isVisible()
    assert not page.button.isEnabled()
    assert page.summary is not None
    assert [clip.accepted for clip in page.summary.clips] == [3]
    accept_frames(qtbot, window, (2, 4))
    qtbot.waitUntil(page.button.isEnabled, timeout=WAIT)
    assert not page.refusal.isVisible()
    assert "5 accepted frames" in page.words


def test_curves_numbers_and_pause(qtbot: QtBot, running: Running) -> None:
    window, heard = running(OBEDIENT)
    run, page = window.finetune.finetuning, window.finetune.dock.run
    qtbot.waitUntil(lambda: run.record.iteration == 10, timeout=WAIT)
    qtbot.waitUntil(lambda: page.facts["Iteration"].text() == "10 of 80", timeout=WAIT)
    assert page.facts["Memory"].text() == "812 MiB"
    assert page.facts["Time left"].text() == "1:05"
    assert page.objective.shown() == ["total", "bce", "ssim", "iou", "side", "confidence"]
    page.objective.switches["side"].click()
    assert "side" not in page.objective.shown()
    assert page.selection.shown() == ["j", "max_f"]
    plot = page.objective._plot
    assert plot is not None
    left, right = plot.viewRange()[0]
    assert left <= 0
    assert right >= 80  # the whole run, from the beginning
    assert page.objective.childAt(plot.geometry().center()) is None  # the wheel over it scrolls the dock
    qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: run.record.paused, timeout=WAIT)
    assert page.pause.text() == "Resume"
    window.session.go(7)  # the window goes on
    qtbot.waitUntil(lambda: window.session.frame is not None and window.session.frame.index == 7)
    qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not run.record.paused, timeout=WAIT)
    assert heard() == ["pause", "resume"]
    qtbot.waitUntil(lambda: window.timeline.strip.content.held_out == (22, 39), timeout=WAIT)
    assert "held out" in window.timeline.strip.content.describe(22)


def test_before_the_first_step_there_is_nothing_to_stop_early(qtbot: QtBot, running: Running) -> None:
    window, _ = running('emit("started", device="cpu", threads=2, iterations=80)\n' + _GO_ON)
    run, page = window.finetune.finetuning, window.finetune.dock.run
    qtbot.waitUntil(lambda: run.record.device != "", timeout=WAIT)
    assert not page.stop.isEnabled()
    assert "nothing to keep" in page.stop.toolTip()
    assert window.finetune.note.text() == "Finetuning"
    qtbot.mouseClick(page.pause, Qt.MouseButton.LeftButton)  # the child goes on to its first step
    qtbot.waitUntil(page.stop.isEnabled, timeout=WAIT)
    qtbot.waitUntil(lambda: window.finetune.note.text() == "Finetuning: training 1 %", timeout=WAIT)


def test_cancel_discards_everything_and_stop_does_not(qtbot: QtBot, running: Running) -> None:
    window, heard = running(OBEDIENT)
    run, page = window.finetune.finetuning, window.finetune.dock.run
    qtbot.waitUntil(lambda: run.record.iteration == 10, timeout=WAIT)
    folder = run.folder
    assert folder is not None
    assert len({page.pause.toolTip(), page.stop.toolTip(), page.cancel.toolTip()}) == 3
    qtbot.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: run.phase is Phase.IDLE, timeout=WAIT)
    qtbot.waitUntil(lambda: not folder.exists(), timeout=WAIT)
    assert heard() == ["cancel"]
    assert window.banner.sentence == "The finetuning was cancelled; the model is as it was."
    assert window.finetune.dock.start.isVisible()
    qtbot.waitUntil(lambda: window.timeline.strip.content.held_out == (), timeout=WAIT)


@pytest.mark.parametrize(
    ("last_words", "sentence", "resumable"),
    [
        ('emit("failed", reason="The disk is full; free some space.")', "The disk is full", True),
        ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL", True),
        ("sys.exit(3)", "exit code 3", True),
    ],
)
def test_every_ending_is_a_sentence_and_can_be_resumed(
    qtbot: QtBot, running: Running, last_words: str, sentence: str, resumable: bool
) -> None:
    window, _ = running(STEPS + last_words)
    run, page = window.finetune.finetuning, window.finetune.dock.broken
    qtbot.waitUntil(lambda: run.phase is Phase.BROKEN, timeout=WAIT)
    assert sentence in page.sentence.text()
    assert "Resume begins again with the same frames." in page.sentence.text()
    assert page.resume.isVisible() is resumable
    assert sentence in window.banner.sentence
    folder = run.folder
    assert folder is not None
    page.discard.click()
    qtbot.waitUntil(lambda: not folder.exists(), timeout=WAIT)
    assert window.finetune.dock.start.isVisible()


def test_a_job_that_was_left_is_offered_at_the_next_start(
    qtbot: QtBot, running: Running, make_window: Make, open_clip_in: Open
) -> None:
    first, _ = running(OBEDIENT)
    qtbot.waitUntil(lambda: first.finetune.finetuning.record.iteration == 10, timeout=WAIT)
    process = first.finetune.finetuning._process
    assert process is not None
    first.close()
    assert process.wait(20) is not None
    qtbot.waitUntil(lambda: not first.park.names, timeout=WAIT)
    second = make_window()
    open_clip_in(second)
    run = second.finetune.finetuning
    qtbot.waitUntil(lambda: run.phase is Phase.BROKEN, timeout=WAIT)
    assert "was not finished" in second.banner.sentence
    assert run.folder is not None
    told = '{"event": "oom", "time": 0.0, "accumulate": 2}\n'
    (run.folder / "events.jsonl").write_text(told)  # as the real child keeps them
    second.finetune.dock.show()
    second.finetune.dock.broken.resume.click()
    qtbot.waitUntil(lambda: run.phase is Phase.RUNNING, timeout=WAIT)
    qtbot.waitUntil(lambda: run.record.iteration == 10, timeout=WAIT)
    assert run.record.notes == ["Memory ran out: each step runs in 2 parts now."]


def test_every_control_has_a_name_and_fits_the_dock(qtbot: QtBot, running: Running) -> None:
    window, _ = running(OBEDIENT)
    dock = window.finetune.dock
    qtbot.waitUntil(lambda: dock.run.facts["Iteration"].text() == "10 of 80", timeout=WAIT)
    area = dock.widget()
    assert area is not None
    for page in (dock.start, dock.run, dock.broken, dock.result):
        assert page.minimumSizeHint().width() <= area.minimumWidth() - 30
        for button in page.findChildren(QAbstractButton):
            assert button.accessibleName() or button.text()
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_cancel_while_the_frames_are_written_leaves_nothing(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path
) -> None:
    from core.finetune.history import runs_folder

    window = make_window(small_model(tmp_path))
    open_clip_in(window)
    accept_frames(qtbot, window)
    show_dock(qtbot, window)
    run, dock = window.finetune.finetuning, window.finetune.dock
    run.make_settings = small_settings
    qtbot.waitUntil(dock.start.button.isEnabled, timeout=WAIT)
    dock.start.button.click()
    qtbot.waitUntil(lambda: run.phase is Phase.PREPARING, timeout=WAIT)
    assert not dock.run.stop.isEnabled()
    dock.run.cancel.click()
    qtbot.waitUntil(lambda: run.phase is Phase.IDLE, timeout=WAIT)
    assert "cancelled before it began" in window.banner.sentence
    qtbot.waitUntil(lambda: not list(runs_folder().glob("*")), timeout=WAIT)
