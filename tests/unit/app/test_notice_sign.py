"""What should be known of the prediction stays in the status bar as long as it holds, and is told once."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from finetune_material import WAIT, small_model
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.session.records import InferenceState

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]


def trained_with_raft(folder: Path) -> Path:
    """A small model that says it was trained with another flow than the one that runs."""
    from core.network import load_checkpoint, save_checkpoint

    model, metadata = load_checkpoint(small_model(folder))
    flow = {**metadata.flow, "method": "raft-large"}
    save_checkpoint(folder / "raft.safetensors", model, replace(metadata, flow=flow))
    return folder / "raft.safetensors"


def test_another_flow_than_the_trained_one_is_said_while_it_holds(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, tmp_path: Path
) -> None:
    window = make_window(trained_with_raft(tmp_path))
    told: list[str] = []
    window.inference.noticed.connect(lambda failure: told.append(failure.sentence))
    sign = window.status.notices
    assert not sign.isVisible()
    open_clip_in(window)
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.DONE, timeout=WAIT)
    qtbot.waitUntil(sign.isVisible, timeout=WAIT)
    assert "raft-large" in sign.toolTip()
    assert sign.toolTip() in sign.accessibleName()
    window.banner.dismiss()
    qtbot.mouseClick(sign, Qt.MouseButton.LeftButton)
    assert window.banner.sentence == sign.sentences
    window.inference.set_settings(replace(window.inference.settings, flow="white"))
    assert not sign.isVisible()  # until it is known again
    window.inference.set_model(small_model(tmp_path))
    qtbot.waitUntil(lambda: window.inference.state is InferenceState.DONE, timeout=WAIT)
    assert sum("raft-large" in sentence for sentence in told) <= 2
    assert "raft-large" not in sign.toolTip()
    window.commands.close_clip.trigger()
    assert not sign.isVisible()
