"""A key that is tapped or held, with the repetitions that X11 sends meanwhile."""

import pytest
from pytestqt.qtbot import QtBot

from app.held_key import HeldKey


@pytest.fixture
def told(qtbot: QtBot) -> tuple[HeldKey, list[object]]:
    key, told = HeldKey(60), []
    key.pressed.connect(lambda: told.append("pressed"))
    key.released.connect(told.append)
    return key, told


def test_a_tap_is_told_at_once(told: tuple[HeldKey, list[object]]) -> None:
    key, words = told
    key.press()
    key.release()
    assert words == ["pressed", True]


def test_a_hold_is_no_tap(qtbot: QtBot, told: tuple[HeldKey, list[object]]) -> None:
    key, words = told
    key.press()
    qtbot.wait(90)
    key.release()
    qtbot.waitUntil(lambda: not key.held)
    assert words == ["pressed", False]


def test_a_release_with_a_press_right_after_it_is_a_repetition(
    qtbot: QtBot, told: tuple[HeldKey, list[object]]
) -> None:
    key, words = told
    key.press()
    qtbot.wait(90)
    for _ in range(3):
        key.release()
        key.press()
    assert key.held
    key.release()
    qtbot.waitUntil(lambda: not key.held)
    assert words == ["pressed", False]


def test_letting_go_is_no_tap(told: tuple[HeldKey, list[object]]) -> None:
    key, words = told
    key.press()
    key.let_go()
    key.release()
    assert words == ["pressed", False]
