"""Commands as actions: what is enabled when, attributes, icons, tooltips."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.actions import COMMANDS, Actions
from app.canvas.tool_state import TOOLS
from app.theme import Theme
from core.resources import RESOURCES


@pytest.fixture
def actions(qtbot: QtBot, theme: Theme) -> Iterator[Actions]:
    """All actions of a bare widget: nobody has connected one."""
    window = QWidget()
    qtbot.addWidget(window)
    yield Actions(window, theme)
    window.close()


def test_a_command_is_enabled_once_somebody_does_it_and_what_it_needs_is_open(actions: Actions) -> None:
    assert not actions.brush.isEnabled()
    actions.enable_for_clip(True)
    assert not actions.brush.isEnabled()
    assert actions.forward.isEnabled()
    actions.put_to_use("brush")
    assert actions.brush.isEnabled()
    actions.enable_for_clip(False)
    assert not actions.brush.isEnabled()
    assert not actions.forward.isEnabled()
    assert actions.open_file.isEnabled()


def test_what_was_disabled_by_its_owner_stays_so_when_others_are_connected(actions: Actions) -> None:
    actions.enable_for_clip(True)
    actions.put_to_use("undo")
    actions.undo.setEnabled(False)
    actions.put_to_use("redo")
    assert not actions.undo.isEnabled()


def test_one_tool_one_layout_one_theme_at_a_time(actions: Actions) -> None:
    assert set(actions.tools) == set(TOOLS)
    actions.put_to_use(*TOOLS)
    actions.enable_for_clip(True)
    for chosen in (actions.tools, actions.layouts, actions.themes):
        for name, action in chosen.items():
            action.trigger()
            assert [key for key, other in chosen.items() if other.isChecked()] == [name]
            assert action.data() == name


def test_a_command_that_is_not_there_is_an_error(actions: Actions) -> None:
    with pytest.raises(AttributeError, match="no command fly"):
        actions.fly  # noqa: B018


def test_every_icon_is_there() -> None:
    for command in COMMANDS:
        if command.icon:
            assert (RESOURCES / "icons" / f"{command.icon}.svg").is_file(), command


def test_tooltips_name_the_keys(actions: Actions) -> None:
    assert actions.redo.toolTip() == "Redo (Ctrl+Shift+Z, Ctrl+Y)"
    assert actions.play.toolTip() == "Play or pause (Space)"
    assert actions.with_keys("{wand} or {open_project}") == "W or no key"
