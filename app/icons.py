"""The program's own SVG icons in the colours of the theme. The files are in resources/icons."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.tokens import Tokens
from core.resources import RESOURCES

_SIZES = (16, 20, 24, 32, 48)


@lru_cache(maxsize=256)
def icon(name: str, tokens: Tokens, colour: str = "") -> QIcon:
    """The icon `name`, drawn in `colour` (the theme's text colour if empty), paler when disabled."""
    result = QIcon()
    for size in _SIZES:
        result.addPixmap(pixmap(name, colour or tokens.text, size), QIcon.Mode.Normal)
        result.addPixmap(pixmap(name, tokens.control, size), QIcon.Mode.Disabled)
    return result


def pixmap(name: str, colour: str, size: int) -> QPixmap:
    """The icon `name` as a square of `size` device pixels."""
    source = (RESOURCES / "icons" / f"{name}.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(source.replace(b"currentColor", colour.encode())))
    result = QPixmap(size, size)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return result


def program_icon() -> QIcon:
    """The icon of the window."""
    result = QIcon()
    for size in (32, 64, 128):
        result.addPixmap(pixmap("app", "#000000", size))
    return result
