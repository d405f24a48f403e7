"""Dark, light, and following the system."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.icons import icon, pixmap
from app.theme import Theme
from app.tokens import DARK, LIGHT, Tokens


@pytest.mark.parametrize(("choice", "tokens"), [("dark", DARK), ("light", LIGHT)])
def test_a_chosen_theme_is_put_on(
    qtbot: QtBot, qapp: QApplication, theme: Theme, choice: str, tokens: Tokens
) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.choose(choice)
    assert theme.tokens is tokens
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == tokens.window
    assert tokens.canvas in qapp.styleSheet()


def test_the_system_is_followed_only_when_asked(
    qapp: QApplication, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = qapp.styleHints()
    theme.choose("system")
    for light, tokens in ((True, LIGHT), (False, DARK)):
        monkeypatch.setattr("app.theme.system_is_light", lambda light=light: light)
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
        assert theme.tokens is tokens
    monkeypatch.setattr("app.theme.system_is_light", lambda: True)
    theme.choose("dark")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.tokens is DARK


def test_icons_take_the_colour_of_the_theme(theme: Theme) -> None:
    image = pixmap("alone", "#12ab34", 48).toImage()
    colours = {image.pixelColor(x, 24).name() for x in range(48) if image.pixelColor(x, 24).alpha() == 255}
    assert colours == {"#12ab34"}
    assert not icon("play", theme.tokens).isNull()
