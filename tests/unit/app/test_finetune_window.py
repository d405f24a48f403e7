"""From corrections to a better model in a real window: a real child, a small network, promoted and rolled back."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from finetune_material import ACCEPTED, WAIT, accept_frames, show_dock, small_model, small_settings
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.finetune.records import Phase
from app.main_window import MainWindow
from app.session.records import InferenceState

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
LONG = 120_000


def test_correct_finetune_promote_and_roll_back(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path
) -> None:
    base = small_model(tmp_path)
    window = make_window(base)
    open_clip_in(window)
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.DONE, timeout=LONG)
    accept_frames(qtbot, window)
    show_dock(qtbot, window)
    dock, run = window.finetune.dock, window.finetune.finetuning
    assert dock.start.button.isEnabled()
    assert "kept for the report" in dock.start.words
    run.make_settings = small_settings
    qtbot.mouseClick(dock.start.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: run.phase is Phase.RUNNING, timeout=LONG)
    window.playback.play()
    qtbot.waitUntil(lambda: run.phase is Phase.DONE, timeout=LONG)
    window.playback.pause()
    places = run.record.terms["total"][0]
    assert places == list(range(1, run.record.iteration + 1))
    assert run.record.selection["j"][0][0] == 0

    window.finetune.report.show()
    dialog = window.finetune.report.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.wipe._before is not None, timeout=WAIT)
    assert dialog.table.rowCount() == 1
    assert "not established" in dock.result.numbers.text()
    before = window.inference.store
    qtbot.mouseClick(dialog.promote, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.inference.model != base, timeout=WAIT)
    assert window.inference.store is not before
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.DONE, timeout=LONG)
    assert window.inference.store.predicted.all()
    assert {i for i, record in window.project.frames.items() if record.has_accepted} == set(ACCEPTED)
    qtbot.waitUntil(lambda: len(dock.history.rows) == 1, timeout=WAIT)
    assert dock.history.rows[0].run.standing == "default"
    assert not dock.result.promote.isVisible()
    assert_lineage_starts_at(base)

    window.commands.roll_back.trigger()
    qtbot.waitUntil(lambda: dock.history.rows[0].run.standing == "listed", timeout=WAIT)
    assert window.inference.model.name == "cagdde-lite.safetensors"


def assert_lineage_starts_at(base: Path) -> None:
    """The next finetuning starts from the same base, not from the model that came of it."""
    from core.registry import ModelRegistry, default_model

    record = ModelRegistry().default()
    assert record.facts.origin == "finetuned"
    assert record.report is not None
    assert ModelRegistry().base_of(default_model()) == base


def test_a_killed_child_leaves_the_window_alive_and_can_go_on(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path
) -> None:
    window = make_window(small_model(tmp_path))
    open_clip_in(window)
    accept_frames(qtbot, window)
    show_dock(qtbot, window)
    run, dock = window.finetune.finetuning, window.finetune.dock
    run.make_settings = lambda preset, heads_only: small_settings(iterations=30, select_every=15)
    dock.start.button.click()
    qtbot.waitUntil(lambda: run.record.iteration >= 2, timeout=LONG)
    assert run._process is not None
    psutil.Process(run._process.pid).kill()
    qtbot.waitUntil(lambda: run.phase is Phase.BROKEN, timeout=LONG)
    assert "Resume" in dock.broken.sentence.text()
    accept_frames(qtbot, window, (8,))  # the project is whole and open
    dock.broken.resume.click()
    qtbot.waitUntil(lambda: run.phase is Phase.DONE, timeout=LONG)
    assert run.record.iteration == 30
