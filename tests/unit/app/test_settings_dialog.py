"""The settings dialog with real key presses: keys are remapped, refused, kept; every choice holds at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QLabel, QMenu
from pytestqt.qtbot import QtBot

from app.catalogue import COMMANDS
from app.key_sheet import KeySheet
from app.main_window import MainWindow
from app.preferences.dialog import SettingsDialog
from app.session.decode_worker import DecodeWorker
from app.settings import Settings, load_settings
from app.starter import Starter

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]


@pytest.fixture(autouse=True)
def known_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking for devices loads torch, which takes seconds."""
    monkeypatch.setattr("core.inference.runtime.available_devices", lambda: ("cuda", "cpu"))
    monkeypatch.setattr("app.session.choice_probe.preload_runtimes", lambda: None)


def dialog_of(qtbot: QtBot, window: MainWindow) -> SettingsDialog:
    window.commands.settings.trigger()
    dialog = window.preferences.dialog
    assert dialog is not None
    qtbot.waitExposed(dialog)
    return dialog


def press_new_key(
    qtbot: QtBot,
    dialog: SettingsDialog,
    name: str,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    dialog.show_keys()
    dialog.keys.choose(name)
    qtbot.mouseClick(dialog.keys.change, Qt.MouseButton.LeftButton)
    assert dialog.keys.capture.waiting
    qtbot.keyClick(dialog.keys.capture, key, modifier)
    assert not dialog.keys.capture.waiting


def close_dialog(qtbot: QtBot, window: MainWindow, dialog: SettingsDialog) -> None:
    """Close it and wait until the window has the keyboard again."""
    dialog.close()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)


def steps_with(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> int:
    before = window.session.index
    qtbot.keyClick(window.pane_set.rgb.picture, key)
    return window.session.index - before


def test_a_remapped_key_works_and_the_old_one_does_not(
    qtbot: QtBot, make_window: Make, open_clip_in: Open
) -> None:
    window = make_window()
    open_clip_in(window)
    dialog = dialog_of(qtbot, window)
    press_new_key(qtbot, dialog, "forward", Qt.Key.Key_J)
    assert window.commands.forward.toolTip() == "One frame forward (J)"
    close_dialog(qtbot, window, dialog)
    assert steps_with(qtbot, window, Qt.Key.Key_J) == 1
    assert steps_with(qtbot, window, Qt.Key.Key_D) == 0
    assert steps_with(qtbot, window, Qt.Key.Key_Right) == 0


def test_a_key_of_another_command_is_refused_until_it_is_freed(qtbot: QtBot, make_window: Make) -> None:
    window = make_window()
    dialog = dialog_of(qtbot, window)
    press_new_key(qtbot, dialog, "brush", Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert dialog.keys.sentence == (
        "Ctrl+F belongs to Propagate forward: choose another key or free that one first."
    )
    assert window.commands.brush.shortcut().toString() == "B"
    qtbot.mouseClick(dialog.keys.free, Qt.MouseButton.LeftButton)
    assert window.commands.brush.shortcut().toString() == "Ctrl+F"
    assert window.commands.propagate_forward.shortcuts() == []
    assert dialog.keys.sentence == "Propagate forward has no key now."
    assert not dialog.keys.free.isVisible()


def test_further_keys_no_key_and_the_default(qtbot: QtBot, make_window: Make) -> None:
    window = make_window()
    keys = dialog_of(qtbot, window).keys
    dialog_of(qtbot, window).show_keys()
    keys.choose("wand")
    qtbot.mouseClick(keys.add, Qt.MouseButton.LeftButton)
    qtbot.keyClick(keys.capture, Qt.Key.Key_Q, Qt.KeyboardModifier.ShiftModifier)
    assert window.commands.key_map.keys("wand") == ("W", "Shift+Q")
    qtbot.mouseClick(keys.clear, Qt.MouseButton.LeftButton)
    assert window.commands.wand.toolTip() == "Magic wand"
    qtbot.mouseClick(keys.reset, Qt.MouseButton.LeftButton)
    assert window.commands.key_map.keys("wand") == ("W",)
    keys.choose("fill")
    qtbot.mouseClick(keys.clear, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(keys.reset_all, Qt.MouseButton.LeftButton)
    assert window.commands.fill.shortcut() == QKeySequence("F")
    assert not keys.reset_all.isEnabled()


def test_escape_leaves_the_key_as_it_was(qtbot: QtBot, make_window: Make) -> None:
    window = make_window()
    dialog = dialog_of(qtbot, window)
    press_new_key(qtbot, dialog, "brush", Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert window.commands.key_map.keys("brush") == ("B",)


def test_the_list_can_be_searched_by_words_and_keys(qtbot: QtBot, make_window: Make) -> None:
    dialog = dialog_of(qtbot, make_window())
    dialog.show_keys()
    keys = dialog.keys

    def shown() -> set[str]:
        return set(keys.list.shown)

    qtbot.keyClicks(keys.search, "ctrl+shift+f")
    assert shown() == {"propagate_back"}
    assert keys.chosen.text() == "Propagate back"
    qtbot.keyClick(keys.search, Qt.Key.Key_Return)
    assert dialog.isVisible()
    keys.search.setText("magic")
    assert shown() == {"wand"}
    keys.search.clear()
    assert len(shown()) == len(COMMANDS)


def test_play_and_peek_follow_their_new_keys(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    dialog = dialog_of(qtbot, window)
    press_new_key(qtbot, dialog, "play", Qt.Key.Key_U)
    press_new_key(qtbot, dialog, "peek", Qt.Key.Key_Q)
    close_dialog(qtbot, window, dialog)
    picture = window.pane_set.rgb.picture
    picture.setFocus()
    qtbot.keyClick(picture, Qt.Key.Key_Space)
    assert not window.playback.playing
    qtbot.keyClick(picture, Qt.Key.Key_U)
    assert window.playback.playing
    window.playback.pause()
    peeks: list[bool] = []
    picture.peek.connect(peeks.append)
    qtbot.keyPress(picture, Qt.Key.Key_Q)
    assert peeks == [True]
    qtbot.keyRelease(picture, Qt.Key.Key_Q)
    assert peeks == [True, False]
    assert picture.hasFocus()
    qtbot.keyClick(picture, Qt.Key.Key_Tab)
    assert not picture.hasFocus()
    assert peeks == [True, False]


def test_keys_survive_a_restart(qtbot: QtBot, make_window: Make, tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.json"
    dialog = dialog_of(qtbot, make_window())
    press_new_key(qtbot, dialog, "brush", Qt.Key.Key_Q)
    qtbot.waitUntil(path.exists)  # without closing the window
    settings, trouble = load_settings(path)
    assert trouble is None
    assert settings.keys == {"brush": ["Q"]}
    again = make_window(settings=settings)
    assert again.commands.brush.shortcut().toString() == "Q"


def test_keys_that_cannot_be_used_are_told_at_the_start(
    qtbot: QtBot, make_window: Make, clip_path: Path
) -> None:
    window = make_window(settings=Settings(tour_seen=True, keys={"hologram": ["J"], "brush": 5}))
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        Starter(window, clip_path, None, False)._begin()
    assert "hologram, brush" in window.banner.sentence
    assert window.commands.brush.shortcut().toString() == "B"


def test_damaged_keys_cost_no_other_setting(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "light", "keys": ["B"]}')
    settings, trouble = load_settings(path)
    assert (settings.theme, trouble) == ("light", None)


def test_the_sheet_follows_while_it_is_open(qtbot: QtBot, make_window: Make) -> None:
    window = make_window()
    sheet = KeySheet(window.commands, window)
    sheet.show()

    def shown() -> list[str]:
        inner = sheet._area.widget()
        assert inner is not None
        return [label.text() for label in inner.findChildren(QLabel)]

    press_new_key(qtbot, dialog_of(qtbot, window), "brush", Qt.Key.Key_F12)
    assert "F12" in shown()
    sheet.search.setText("f12")
    assert shown() == ["Correct", "Brush", "F12"]
    sheet.search.setText("no such thing")
    assert shown() == ["No command or key is called so."]
    sheet.search.clear()
    sheet.resize(500, 400)
    narrow = len(sheet._headings)
    sheet.resize(1600, 700)
    assert (narrow, len(sheet._headings)) == (1, 3)
    sheet.close()


def test_choices_hold_at_once_and_are_saved(qtbot: QtBot, make_window: Make, tmp_path: Path) -> None:
    settings = Settings(tour_seen=True)
    window = make_window(settings=settings)
    dialog = dialog_of(qtbot, window)
    general, correcting = dialog.general, dialog.correcting
    general.theme.setCurrentIndex(general.theme.findData("light"))
    general.theme.activated.emit(general.theme.currentIndex())
    assert window._theme.tokens.name == "light"
    window.commands.themes["dark"].trigger()
    assert general.theme.currentData() == "dark"
    general.loop.click()
    assert window.playback.loop
    window.commands.loop.trigger()
    assert not general.loop.isChecked()
    before = window.tools.brush_diameter
    correcting.step.setValue(50)
    window.tools.resize_brush(1)
    assert window.tools.brush_diameter == round(before * 1.5)
    correcting.least.setValue(40)
    assert window.tools.smallest_share == 0.4
    correcting.pressure.click()
    assert window.tools.smallest_share == 1.0
    assert not correcting.least.isEnabled()
    path = tmp_path / "config" / "settings.json"
    qtbot.waitUntil(lambda: path.exists() and load_settings(path)[0].pen_pressure is False)


def test_device_and_memory_reach_the_workers(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    settings = Settings(tour_seen=True, cache_mib=64)
    window = make_window(settings=settings)
    open_clip_in(window)
    prediction = dialog_of(qtbot, window).prediction
    qtbot.waitUntil(lambda: prediction.device.findData("cuda") >= 0)
    assert prediction.device.findData("mps") < 0
    worker = window.session._worker
    assert isinstance(worker, DecodeWorker)
    assert worker._cache_bytes == 64 << 20
    prediction.memory.setValue(128)
    assert worker._cache_bytes == 128 << 20
    qtbot.waitUntil(lambda: window.inference.state.name == "FAILED", timeout=20_000)
    with qtbot.waitSignal(window.inference.state_changed):
        prediction.device.setCurrentIndex(prediction.device.findData("cpu"))
        prediction.device.activated.emit(prediction.device.currentIndex())
    assert window.inference._worker is not None
    assert window.inference._worker.settings.device == "cpu"
    assert settings.device == "cpu"


def test_enter_chooses_from_the_list_of_a_combo_box(qtbot: QtBot, make_window: Make) -> None:
    window = make_window()
    box = dialog_of(qtbot, window).general.theme
    box.setFocus()
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(view.hasFocus)
    before = box.currentIndex()
    qtbot.keyClick(view, Qt.Key.Key_Up if before else Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert box.currentIndex() != before
    assert not view.isVisible()


def choose(box: QComboBox, key: str) -> None:
    """As a click on an entry does."""
    box.setCurrentIndex(box.findData(key))
    box.activated.emit(box.currentIndex())


def is_offered(box: QComboBox, key: str) -> bool:
    return bool(box.model().flags(box.model().index(box.findData(key), 0)) & Qt.ItemFlag.ItemIsEnabled)


def test_flow_and_runtime_reach_the_workers(
    qtbot: QtBot, make_window: Make, open_clip_in: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.session.choice_probe.usable_flows", lambda: ("dis", "raft-small"))
    settings = Settings(tour_seen=True)
    window = make_window(settings=settings)
    open_clip_in(window)
    page = dialog_of(qtbot, window).prediction
    assert not is_offered(page.flow, "raft-small")
    assert "not imported" in page.flow.itemText(page.flow.findData("raft-small"))
    qtbot.waitUntil(lambda: is_offered(page.flow, "raft-small"))
    assert not is_offered(page.flow, "raft-large")
    store = window.inference.store
    choose(page.flow, "raft-small")
    worker = window.inference._worker
    assert worker is not None
    assert worker.settings.flow == "raft-small"
    assert window.inference.store is not store  # other maps
    choose(page.runtime, "openvino")
    assert window.inference.settings.runtime == "openvino"
    choose(page.device, "cuda")  # on which OpenVINO does not run
    assert (page.runtime.currentData(), window.inference.settings.runtime) == ("auto", "auto")
    assert not is_offered(page.runtime, "openvino")
    path = tmp_path / "config" / "settings.json"
    qtbot.waitUntil(lambda: path.exists() and load_settings(path)[0].flow == "raft-small")


def test_settings_that_cannot_be_saved_are_told_in_the_window_before_it_goes(
    qtbot: QtBot, make_window: Make, tmp_path: Path
) -> None:
    window = make_window()
    (tmp_path / "config").write_text("in the way")
    window.close()
    assert window.isVisible()
    assert "cannot be saved" in window.banner.sentence
    assert "Close the window again" in window.banner.sentence
    window.close()
    assert not window.isVisible()


def test_a_change_that_cannot_be_saved_is_told_at_once(
    qtbot: QtBot, make_window: Make, tmp_path: Path
) -> None:
    window = make_window()
    (tmp_path / "config").write_text("in the way")
    dialog_of(qtbot, window).correcting.step.setValue(30)
    qtbot.waitUntil(lambda: "cannot be saved" in window.banner.sentence)
    assert str(tmp_path / "config") in window.banner.sentence
    assert window.preferences.dialog is not None
    assert window.preferences.dialog.correcting.step.value() == 30  # it holds until the window goes
    window.close()


@pytest.mark.parametrize("start_with", ["nothing", "last"])
def test_what_is_opened_at_the_start(
    qtbot: QtBot, make_window: Make, clip_path: Path, start_with: str
) -> None:
    window = make_window(
        settings=Settings(tour_seen=True, start_with=start_with, recent=[str(clip_path)])  # type: ignore[arg-type]
    )
    Starter(window, None, None, False)._open_first()
    if start_with == "nothing":
        assert window.pages.currentWidget() is window.empty
    else:
        qtbot.waitUntil(lambda: window.session.info is not None, timeout=20_000)
        assert window.session.info is not None
        assert window.session.info.path == clip_path


def test_enter_belongs_to_the_field_that_has_the_keyboard(
    qtbot: QtBot, make_window: Make, open_clip_in: Open
) -> None:
    window = make_window()
    open_clip_in(window)
    accepted: list[bool] = []
    window.commands.accept.triggered.connect(accepted.append)
    field = window.timeline.transport.field
    window.commands.jump.trigger()
    field.setText("7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert window.session.index == 7
    assert accepted == []


def test_menus_show_the_keys_and_their_letters_are_kept(make_window: Make) -> None:
    window = make_window()
    for action in window.menuBar().actions():
        letter = action.text().partition("&")[2][:1].upper()
        refusal = window.commands.key_map.set("brush", [f"Alt+{letter}"])
        assert refusal is not None, action.text()
        assert "opens a menu" in refusal.sentence
        menu = action.menu()
        assert isinstance(menu, QMenu)
        check_letters(menu)


def check_letters(menu: QMenu) -> None:
    """No letter of this menu and those below it leads to two entries."""
    entries = [entry for entry in menu.actions() if "&" in entry.text()]
    letters = [entry.text().partition("&")[2][0].upper() for entry in entries]
    assert len(letters) == len(set(letters)), (menu.title(), letters)
    for entry in entries:
        below = entry.menu()
        if isinstance(below, QMenu):
            check_letters(below)


def test_words_that_name_keys_follow(qtbot: QtBot, make_window: Make) -> None:
    window = make_window()
    dialog = dialog_of(qtbot, window)
    press_new_key(qtbot, dialog, "jump", Qt.Key.Key_J)
    press_new_key(qtbot, dialog, "next_mask_mode", Qt.Key.Key_Q)
    assert "(J)" in window.timeline.transport.field.toolTip()
    assert "Q: next" in window.pane_set.rgb.controls._button.toolTip()
    qtbot.mouseClick(dialog.keys.clear, Qt.MouseButton.LeftButton)
    assert "no key: next" in window.pane_set.rgb.controls._button.toolTip()
