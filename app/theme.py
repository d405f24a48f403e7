"""Which theme is on, and putting it on: palette, style sheet, change signal. The colours are in tokens.py."""

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.style_sheet import style_sheet
from app.tokens import DARK, LIGHT, Tokens

THEME_CHOICES = ("system", "dark", "light")


class Theme(QObject):
    """The theme of the whole program. Widgets that paint themselves read `tokens` and repaint on `changed`."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: str = "system") -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self.tokens = DARK
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def choice(self) -> str:
        """One of THEME_CHOICES."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Put on "dark" or "light", or follow the system with "system"."""
        self._choice = choice
        self._apply()

    @Slot()
    def _system_changed(self) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        self.tokens = _tokens_for(self._choice)
        self._application.setPalette(palette(self.tokens))
        self._application.setStyleSheet(style_sheet(self.tokens))
        self.changed.emit()


def _tokens_for(choice: str) -> Tokens:
    if choice == "light":
        return LIGHT
    if choice == "dark":
        return DARK
    return LIGHT if system_is_light() else DARK


def system_is_light() -> bool:
    """The system's hint. Systems that give none get dark: pictures are judged best on it."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Light


def palette(tokens: Tokens) -> QPalette:
    """The palette for Fusion. Source of each role: its use in Qt's own Fusion style."""
    result = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.canvas if tokens.name == "dark" else tokens.surface,
        role.AlternateBase: tokens.surface,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.danger,
        role.ToolTipBase: tokens.surface,
        role.ToolTipText: tokens.text,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.Light: tokens.pressed,
        role.Midlight: tokens.raised,
        role.Mid: tokens.border,
        role.Dark: tokens.border,
        role.Shadow: "#000000",
    }
    for name, colour in colours.items():
        result.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.control))
    return result
