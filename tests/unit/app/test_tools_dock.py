"""The dock of tools in the real window: buttons, settings of the tool in hand, numbers, the state in words."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from app.canvas.tool_state import TOOLS
from app.canvas.tool_words import TOOL_WORDS
from app.canvas.tools_dock import ToolsDock
from app.main_window import MainWindow
from app.widgets.action_button import ActionButton
from app.widgets.number_slider import NumberField, NumberSlider

Make = Callable[..., MainWindow]
Open = Callable[[MainWindow], None]


def dock_of(window: MainWindow) -> ToolsDock:
    dock = window.parts.docks.tools
    assert isinstance(dock, ToolsDock)
    return dock


def test_every_tool_has_a_button_and_words() -> None:
    assert set(TOOL_WORDS) == set(TOOLS)


def test_buttons_take_a_tool_in_hand(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    dock = dock_of(window)
    buttons = dock.grid.buttons
    for button in buttons:
        assert button.isEnabled()
        assert button.accessibleName()
        assert "(" in button.toolTip()  # the key
        assert not button.icon().isNull()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert button.isChecked()
        tool = window.tools.tool
        assert dock.options.name.text() == TOOL_WORDS[tool].name
        for setting, part in (("size", dock.options.size_), ("tolerance", dock.options.tolerance)):
            assert part.isVisible() == (setting in TOOL_WORDS[tool].settings)
    window.commands.by_name["lasso"].trigger()
    assert dock.options.name.text() == "Lasso"


def test_without_a_clip_nothing_can_be_done(make_window: Make) -> None:
    window = make_window()
    dock = dock_of(window)
    assert dock.state.text() == "No clip is open"
    assert not any(button.isEnabled() for button in dock.grid.buttons)
    changing = [b for b in dock.findChildren(ActionButton) if b is not dock.options.side]
    assert len(changing) == 8
    assert not any(button.isEnabled() for button in changing)


def test_settings_go_both_ways(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    dock, tools = dock_of(window), window.tools
    tools.choose("brush")
    tools.set_brush_diameter(77)
    assert dock.options.size_.value == 77
    dock.options.size_.value_changed.emit(12)
    assert tools.brush_diameter == 12
    assert dock.options.side.text().startswith("Paints the object")
    qtbot.mouseClick(dock.options.side, Qt.MouseButton.LeftButton)
    assert tools.swapped
    assert dock.options.side.text().startswith("Paints background")
    dock.radius.value_changed.emit(9)
    assert tools.morphology_radius == 9


def test_return_in_a_number_field_accepts_no_frame(
    qtbot: QtBot, make_window: Make, open_clip_in: Open
) -> None:
    window = make_window()
    open_clip_in(window)
    window.tools.choose("brush")
    field = dock_of(window).options.size_.findChild(NumberField)
    assert field is not None
    accepted: list[object] = []
    window.commands.by_name["accept"].triggered.connect(accepted.append)
    field.setFocus()
    field.selectAll()
    for key in (Qt.Key.Key_3, Qt.Key.Key_1, Qt.Key.Key_Return):
        qtbot.keyClick(field, key)
    assert window.tools.brush_diameter == 31
    assert accepted == []
    assert not field.hasFocus()  # letters are commands again


def test_a_bent_slider_reaches_every_number(qtbot: QtBot) -> None:
    slider = NumberSlider("Size", 1, 1000, 40, " px", 2.5)
    qtbot.addWidget(slider)
    told: list[int] = []
    slider.value_changed.connect(told.append)
    for value in (1, 2, 40, 333, 1000):
        slider.set_value(value)
        assert slider.value == value
    assert told == []
    assert [slider._at(position) for position in (0, 1000)] == [1, 1000]
    assert slider._at(500) < 200


def test_the_state_is_said_in_words(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    dock = dock_of(window)
    assert dock.state.text() == "Frame 0: no prediction yet"
    qtbot.waitUntil(lambda: window.editing.available)
    window.commands.by_name["needs_work"].trigger()
    qtbot.waitUntil(lambda: dock.state.text() == "Frame 0: needs work")
    window.session.go(3)
    assert dock.state.text() == "Frame 3: no prediction yet"


def test_it_fits_a_small_window(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    window.resize(900, 600)
    window.tools.choose("grabcut_scribble")
    dock = dock_of(window)
    qtbot.waitUntil(lambda: window.height() == 600)
    for button in dock.findChildren(QAbstractButton):
        if button.isVisible() and "qt_" not in button.objectName():
            right = button.mapTo(dock, button.rect().topRight()).x()
            assert right <= dock.width(), button.text()
    assert dock.width() < 260
    assert window.area.width() > 500


def test_docks_come_and_go_by_key(qtbot: QtBot, make_window: Make, open_clip_in: Open) -> None:
    window = make_window()
    open_clip_in(window)
    docks = window.parts.docks
    for key, dock in (
        (Qt.Key.Key_F5, docks.tools),
        (Qt.Key.Key_F6, docks.clips),
        (Qt.Key.Key_F7, docks.history),
    ):
        before = dock.isVisible()
        qtbot.keyClick(window, key)
        assert dock.isVisible() != before
        qtbot.keyClick(window, key)
        assert dock.isVisible() == before
    assert window.commands.by_name["tools_dock"].isChecked()
    docks.tools.close()
    assert not window.commands.by_name["tools_dock"].isChecked()
    window.resize(900, 600)  # where two docks do not fit above one another, one comes to the front
    qtbot.keyClick(window, Qt.Key.Key_F5)
    qtbot.keyClick(window, Qt.Key.Key_F6)
    assert window.tabifiedDockWidgets(docks.tools) == [docks.clips]
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert not docks.tools.visibleRegion().isEmpty()
