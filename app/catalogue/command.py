"""What a command of the window is, as plain data: no Qt here. The commands themselves stand in the modules beside."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that the window can do.

    name: attribute of Actions. words: in menus. keys: the shortcuts that it has until a person chooses others.
    group: heading on the key sheet and in the key editor. repeats: again and again while the key is held.
    needs: what must be open for it. choice: one of this set is chosen at a time, value: which one this is.
    held: the key is no shortcut, the window watches it go down and up. ready: False until some part that does it
    has called Actions.put_to_use. changes: it changes the project, so it is not there where that is read only.
    """

    name: str
    words: str
    keys: tuple[str, ...] = ()
    group: str = ""
    icon: str = ""
    checkable: bool = False
    repeats: bool = False
    needs: Literal["", "clip", "project"] = ""
    choice: str = ""
    value: str = ""
    held: bool = False
    ready: bool = True
    changes: bool = False

    @property
    def plain_words(self) -> str:
        """The words without the marks of a menu."""
        return self.words.replace("&", "").removesuffix("…")


@dataclass(frozen=True, slots=True)
class Gesture:
    """A way with mouse or key that is no command, for the key sheet. key_of: a command whose key is a part of it."""

    group: str
    words: str
    keys: str = ""
    key_of: str = ""
