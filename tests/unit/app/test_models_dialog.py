"""The dialog of models in a real window with a real registry: import, compare, default, roll back, delete, damage."""

from collections.abc import Callable
from pathlib import Path

import pytest
from finetune_material import WAIT, small_model
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.models.model_sheet import DIFFERS
from app.models.models_dialog import ModelsDialog

Make = Callable[..., MainWindow]


@pytest.fixture
def window(make_window: Make) -> MainWindow:
    from core.registry import default_model

    return make_window(default_model())


def open_dialog(qtbot: QtBot, window: MainWindow) -> ModelsDialog:
    window.commands.models.trigger()
    dialog = window.finetune.models.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: bool(dialog.sheet.texts), timeout=WAIT)
    return dialog


def import_model(qtbot: QtBot, window: MainWindow, file: Path) -> str:
    """Returns: its id."""
    dialog = window.finetune.models.dialog
    assert dialog is not None
    window.finetune.models.import_file(str(file))
    qtbot.waitUntil(lambda: [e.record.name for e in dialog.list.chosen] == [file.stem], timeout=WAIT)
    qtbot.waitUntil(lambda: dialog.sheet.texts.get("Name") == (file.stem,), timeout=WAIT)
    return dialog.list.chosen[0].record.id


def test_import_default_roll_back_and_delete(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, window)
    assert [entry.words for entry in dialog.list.model_.entries] == ["default  ·  bundled  ·  cagdde-lite"]
    assert not dialog.delete.isEnabled()
    assert "J 0." in dialog.sheet.texts["Measures"][0]
    assert "DIS, t → t+1" in dialog.sheet.texts["Flow"]
    bundled = window.inference.model
    model = import_model(qtbot, window, small_model(tmp_path))
    assert "input side 64" in dialog.sheet.texts["Architecture"][0]
    qtbot.mouseClick(dialog.default, Qt.MouseButton.LeftButton)
    assert not dialog.back.hasFocus()  # a second press must not take the first one back
    qtbot.waitUntil(lambda: window.inference.model != bundled, timeout=WAIT)
    qtbot.waitUntil(lambda: "default" in dialog.list.chosen[0].words, timeout=WAIT)
    assert not dialog.delete.isEnabled()
    qtbot.mouseClick(dialog.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.inference.model == bundled, timeout=WAIT)
    qtbot.waitUntil(dialog.delete.isEnabled, timeout=WAIT)
    qtbot.mouseClick(dialog.delete, Qt.MouseButton.LeftButton)
    assert dialog.prompt.isVisible()
    qtbot.keyClick(dialog.prompt.button("keep"), Qt.Key.Key_Escape)
    assert dialog.isVisible()  # Escape answers the question alone
    assert not dialog.prompt.isVisible()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Delete)
    assert len(dialog.list.model_.entries) == 2  # it asks first
    qtbot.mouseClick(dialog.prompt.button("delete"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(dialog.list.model_.entries) == 1, timeout=WAIT)
    assert not any(entry.record.id == model for entry in dialog.list.model_.entries)


def test_roll_back_without_an_earlier_default_says_so(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_dialog(qtbot, window)
    qtbot.mouseClick(dialog.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.trouble.isVisible, timeout=WAIT)
    assert "no earlier default" in dialog.trouble.words.text()


def test_damaged_and_foreign_files_are_explained(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    import torch

    dialog = open_dialog(qtbot, window)
    (tmp_path / "torn.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{")
    torch.save({"lstm.weight": torch.zeros(3)}, tmp_path / "foreign.pth")
    for name in ("torn.safetensors", "foreign.pth"):
        window.finetune.models.import_file(str(tmp_path / name))
        qtbot.waitUntil(lambda n=name: n in dialog.trouble.words.text(), timeout=WAIT)
        assert dialog.trouble.words.text().endswith(".")
    assert "another architecture" in dialog.trouble.words.text()
    assert len(dialog.list.model_.entries) == 1


def test_a_model_that_is_damaged_on_disk_is_listed_with_its_trouble(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    dialog = open_dialog(qtbot, window)
    import_model(qtbot, window, small_model(tmp_path))
    weights = dialog.list.chosen[0].record.path
    weights.write_bytes(weights.read_bytes()[:1000])
    window.finetune.models.refresh()
    qtbot.waitUntil(lambda: "damaged" in dialog.list.model_.entries[1].words, timeout=WAIT)
    qtbot.waitUntil(lambda: "Trouble" in dialog.sheet.texts, timeout=WAIT)
    assert "1000 of" in dialog.sheet.texts["Trouble"][0]
    assert not dialog.default.isEnabled()
    assert dialog.delete.isEnabled()


def test_two_models_stand_side_by_side(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = open_dialog(qtbot, window)
    model = import_model(qtbot, window, small_model(tmp_path))
    dialog.list.choose("bundled", model)
    qtbot.waitUntil(lambda: "Weights" in dialog.sheet.texts, timeout=WAIT)
    first, second = dialog.sheet.texts["Origin"]
    assert (first, second) == ("bundled; the default", "imported")
    signs = [label.text() for label in dialog.sheet.findChildren(type(dialog.now)) if label.text() == DIFFERS]
    assert len(signs) == sum(a != b for a, b in [t for t in dialog.sheet.texts.values() if len(t) == 2])
    assert "cannot be compared" in dialog.sheet.texts["Weights"][0]  # another input side
    assert not dialog.default.isEnabled()


def test_every_control_is_named_and_reached_by_key(qtbot: QtBot, window: MainWindow) -> None:
    dialog = open_dialog(qtbot, window)
    for button in dialog.findChildren(QPushButton):
        assert button.text()
        assert button.toolTip() or button.text() in ("&Close", "Close")
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert dialog.list.accessibleName() == "Models"
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.finetune.models.dialog is None)
