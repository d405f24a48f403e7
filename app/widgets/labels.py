"""Labels of the program's few kinds. The style sheet knows each kind by its name."""

from typing import Literal

from PySide6.QtWidgets import QLabel

Kind = Literal["", "quiet", "headline", "paneTitle", "paneReadout", "keyCap"]


def label(words: str = "", kind: Kind = "", wrap: bool = False) -> QLabel:
    """A label of one kind: "quiet" is secondary, "headline" bold, "keyCap" a key."""
    result = QLabel(words)
    result.setObjectName(kind)
    result.setWordWrap(wrap)
    return result
