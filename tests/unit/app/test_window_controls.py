"""The window's controls, offscreen: tour, keyboard, menus, what stands where there is nothing to show."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.settings import Settings
from app.starter import Starter
from app.status_bar import StatusBar

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]


def test_the_tour_names_every_pane_and_can_be_ended(
    qtbot: QtBot, make_window: Make, open_clip_in: Open
) -> None:
    settings = Settings()
    window = make_window(settings=settings)
    open_clip_in(window)
    window.show_tour()
    titles = []
    while window.tour is not None:
        titles.append(window.tour.card.title)
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert titles == ["RGB and mask", "Optical flow", "Saliency", "Confidence", "Timeline"]
    assert settings.tour_seen


def test_escape_ends_the_tour_and_the_picture_has_the_keyboard_again(
    qtbot: QtBot, make_window: Make, open_clip_in: Open
) -> None:
    window = make_window()
    open_clip_in(window)
    window.show_tour()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.tour is None
    assert window.focusWidget() is window.pane_set.active_picture()


def test_the_tour_goes_on_when_its_pane_is_closed(
    qtbot: QtBot, make_window: Make, open_clip_in: Open
) -> None:
    window = make_window()
    open_clip_in(window)
    window.show_tour()
    window.arrangement.close("rgb")
    assert window.tour is not None
    assert window.tour.card.title == "Optical flow"
    window.commands.close_clip.trigger()
    assert window.tour is None
    assert not window.commands.tour.isEnabled()


def test_the_keyboard_leaves_the_jump_field_after_a_jump(
    qtbot: QtBot, make_window: Make, open_clip_in: Open
) -> None:
    window = make_window()
    open_clip_in(window)
    field = window.timeline.transport.field
    for typed, key, index in (("7", Qt.Key.Key_Return, 7), ("21", Qt.Key.Key_Escape, 7)):
        window.commands.jump.trigger()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, key)
        assert window.session.index == index
        assert field.text() == str(index)
        assert window.focusWidget() is window.pane_set.active_picture()


def test_when_all_panes_are_closed_a_button_brings_them_back(
    qtbot: QtBot, make_window: Make, open_clip_in: Open
) -> None:
    window = make_window()
    open_clip_in(window)
    for key in list(window.area.shown):
        window.arrangement.close(key)
    button = next(button for button in window.area.findChildren(QPushButton) if button.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.area.shown == ["rgb", "flow", "saliency", "confidence"]
    assert not button.isVisible()


def test_closing_the_pane_with_the_keyboard_hands_it_to_another_picture(
    make_window: Make, open_clip_in: Open
) -> None:
    window = make_window()
    open_clip_in(window)
    window.pane_set.rgb.picture.setFocus()
    window.arrangement.close("rgb")
    assert window.focusWidget() is window.pane_set.flow.picture


def test_the_window_is_no_larger_than_the_screen(make_window: Make) -> None:
    window = make_window()
    window.resize(4000, 3000)
    window._restore()
    room = window.screen().availableSize()
    assert window.width() <= room.width()
    assert window.height() <= room.height()


def test_what_was_wrong_with_the_settings_is_still_said_when_the_clip_is_open(
    qtbot: QtBot, make_window: Make, clip_path: Path
) -> None:
    window = make_window()
    starter = Starter(window, clip_path, "The settings are damaged.", False)
    with qtbot.waitSignal(window.session.opened, timeout=20_000):
        starter._begin()
    assert window.banner.sentence == "The settings are damaged."


def test_without_a_clip_no_device_is_named(make_window: Make, open_clip_in: Open) -> None:
    from core.inference import InferenceProgress

    window = make_window()
    open_clip_in(window)
    window.inference.progressed.emit(InferenceProgress(1, 40, 2.0, 20.0, "cpu", "float32"))
    status = window.statusBar()
    assert isinstance(status, StatusBar)
    assert status.device.text()
    window.commands.close_clip.trigger()
    assert not status.device.text()


def test_the_key_sheet_lists_every_shortcut(qtbot: QtBot, make_window: Make) -> None:
    from PySide6.QtWidgets import QLabel

    from app.key_sheet import KeySheet

    window = make_window()
    sheet = KeySheet(window.commands, window)
    qtbot.addWidget(sheet)
    words = {label.text() for label in sheet.findChildren(QLabel)}
    actions = [*window.commands.by_name.values(), *window.commands.layouts.values()]
    for action in [*actions, *window.commands.panes.values()]:
        for shortcut in action.shortcuts():
            assert shortcut.toString() in words


def test_every_control_has_a_name_and_a_way_by_key(make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    controls: list[QWidget] = []
    for kind in (QAbstractButton, QAbstractSlider, QLineEdit):
        controls += window.findChildren(kind)
    visible = [control for control in controls if control.isVisible()]
    assert len(visible) >= 20
    for control in visible:
        if type(control).__name__ == "QScrollBar":
            continue
        name = control.accessibleName() or getattr(control, "text", str)()
        assert name, control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, name


def test_100_percent_by_key(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    picture = window.pane_set.active_picture()
    assert picture.viewport.scale * picture.devicePixelRatioF() == pytest.approx(1)
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert window.view.zoom == 1
