"""What follows a result: kept, discarded, refused, left for the next start; the project remembers each."""

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from finetune_material import WAIT, accept_frames, fake_child, show_dock, small_model, small_settings
from pytestqt.qtbot import QtBot
from test_finetune_report_dialog import finished_run

from app.finetune.records import Phase
from app.main_window import MainWindow

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]
Ended = Callable[..., MainWindow]


def write_result(folder: Path, kept_old: bool) -> None:
    from core.finetune.outcome import REPORT_NAME, RESULT_NAME, write_document

    folder.mkdir(parents=True, exist_ok=True)
    report = replace(finished_run(kept_old).report, frames=())
    write_document(folder / REPORT_NAME, report)
    write_document(folder / RESULT_NAME, report.result)


@pytest.fixture
def ended(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Ended:
    """A window whose finetuning has just ended with a result; weights: whether there are any."""

    def run(kept_old: bool = False, weights: bool = True) -> MainWindow:
        made = tmp_path / "made"
        write_result(made, kept_old)
        model = small_model(tmp_path)
        if weights:
            (made / "tuned.safetensors").write_bytes(model.read_bytes())
        reason = asdict(finished_run(kept_old).report.result)["reason"]
        body = f"""
import shutil
for path in Path({str(made)!r}).iterdir():
    shutil.copy(path, folder)
emit("finished", outcome="finished", reason={reason!r})
"""
        fake_child(monkeypatch, tmp_path, body)
        window = make_window(model)
        open_clip_in(window)
        accept_frames(qtbot, window)
        show_dock(qtbot, window)
        window.finetune.finetuning.make_settings = small_settings
        qtbot.waitUntil(window.finetune.dock.start.button.isEnabled, timeout=WAIT)
        window.finetune.dock.start.button.click()
        qtbot.waitUntil(lambda: window.finetune.finetuning.phase is Phase.DONE, timeout=WAIT)
        return window

    return run


def decisions(qtbot: QtBot, window: MainWindow) -> list[str]:
    rows = window.finetune.dock.history
    qtbot.waitUntil(lambda: len(rows.rows) == 1, timeout=WAIT)
    return [row.decision.text() for row in rows.rows]


def test_a_kept_old_model_is_remembered_and_leaves_nothing_to_decide(qtbot: QtBot, ended: Ended) -> None:
    window = ended(kept_old=True)
    page = window.finetune.dock.result
    assert page.headline.text() == "The old model is kept"
    assert not page.promote.isVisible()
    assert window.banner.sentence == "The old model is kept because the tuned one forgets."
    assert decisions(qtbot, window) == ["kept the old model"]
    page.new.click()
    assert window.finetune.dock.start.isVisible()


def test_discard_removes_the_result_and_the_project_remembers(qtbot: QtBot, ended: Ended) -> None:
    window = ended()
    run, model = window.finetune.finetuning, window.inference.model
    folder = run.folder
    assert folder is not None
    window.finetune.dock.result.discard.click()
    qtbot.waitUntil(lambda: not folder.exists(), timeout=WAIT)
    assert decisions(qtbot, window) == ["discarded"]
    assert window.inference.model == model
    assert window.finetune.dock.start.isVisible()


def test_a_promotion_that_fails_can_be_tried_again(qtbot: QtBot, ended: Ended) -> None:
    window = ended(weights=False)
    model = window.inference.model
    window.finetune.dock.result.promote.click()
    qtbot.waitUntil(lambda: "tuned.safetensors" in window.banner.sentence, timeout=WAIT)
    assert window.inference.model == model
    assert window.finetune.dock.result.promote.isVisible()


def test_a_result_that_waits_is_shown_at_the_next_start(
    qtbot: QtBot, ended: Ended, make_window: Make, open_clip_in: Open, tmp_path: Path
) -> None:
    first = ended()
    first.close()
    qtbot.waitUntil(lambda: not first.park.names, timeout=WAIT)
    second = make_window(tmp_path / "small.safetensors")
    open_clip_in(second)
    qtbot.waitUntil(lambda: second.finetune.finetuning.phase is Phase.DONE, timeout=WAIT)
    assert "waits to be promoted or discarded" in second.banner.sentence
    second.finetune.dock.show()
    second.finetune.dock.result.promote.click()
    qtbot.waitUntil(lambda: "models" in str(second.inference.model), timeout=WAIT)
    assert decisions(qtbot, second) == ["✓ the default"]


def test_a_report_that_cannot_be_read_is_told(
    qtbot: QtBot, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = ended()
    window.finetune.report.show()
    dialog = window.finetune.report.dialog
    assert dialog is not None
    assert "nothing to compare" in dialog.wipe._words
    window.finetune.dock.result.discard.click()
    qtbot.waitUntil(lambda: window.finetune.report.dialog is None, timeout=WAIT)
