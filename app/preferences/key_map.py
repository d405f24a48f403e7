"""Which key belongs to which command: the defaults, the person's own keys over them, conflicts. No Qt here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.catalogue import Command
from app.preferences.key_names import modifiers_of, normalise

_RESERVED = {
    "Esc": "Esc always forgets what is in hand and closes what is open",
    "Backtab": "Shift+Tab always goes to the control before",
    "Shift+Tab": "Shift+Tab always goes to the control before",
    "Shift+Backtab": "Shift+Tab always goes to the control before",
    "Up": "Up moves in lists and sliders",
    "Down": "Down moves in lists and sliders",
    "PgUp": "PgUp moves in lists and sliders",
    "PgDown": "PgDown moves in lists and sliders",
    "Menu": "Menu opens the menu of what has the keyboard",
    "Alt+F4": "Alt+F4 closes the window",
    **{f"Alt+{letter}": f"Alt+{letter} opens a menu of the menu bar" for letter in "FVCPRMH"},
}
_ONLY_HELD = {
    "Space": "Space presses the button that has the keyboard",
    "Tab": "Tab goes to the next control",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a key cannot be had: a sentence, and the name of the command that has it, if one has."""

    key: str
    sentence: str
    owner: str = ""


@dataclass(slots=True)
class KeyMap:
    """The keys of all commands. Every key belongs to one command at most, whatever is asked for.

    own: what differs from the defaults. unused: entries of the settings that could not be used, as they were.
    """

    commands: dict[str, Command]
    own: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unused: dict[str, Any] = field(default_factory=dict)

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys of a command, the first one being shown first."""
        return self.own.get(name, self.defaults(name))

    def defaults(self, name: str) -> tuple[str, ...]:
        """The keys of a command where nobody has chosen others."""
        return tuple(normalise(key) or key for key in self.commands[name].keys)

    def owner(self, key: str) -> str | None:
        """Name of the command that has this key."""
        return next((name for name in self.commands if key in self.keys(name)), None)

    def refusal(self, name: str, key: str) -> Refusal | None:
        """Why this command cannot have this key; None if it can."""
        known = normalise(key)
        if known is None:
            return Refusal(key, f"“{key}” is no key: press the key itself.")
        forbidden = _forbidden(self.commands[name], known)
        if forbidden:
            return Refusal(known, f"{forbidden}: choose another key.")
        owner = self.owner(known)
        if owner is None or owner == name:
            return None
        words = self.commands[owner].plain_words
        sentence = f"{known} belongs to {words}: choose another key or free that one first."
        return Refusal(known, sentence, owner)

    def set(self, name: str, keys: Iterable[str]) -> Refusal | None:
        """Give a command these keys instead of its own, unless one of them is refused: then nothing changes."""
        wanted: list[str] = []
        for key in keys:
            refusal = self.refusal(name, key)
            if refusal is not None:
                return refusal
            known = normalise(key)
            if known is not None and known not in wanted:
                wanted.append(known)
        self._keep(name, tuple(wanted))
        return None

    def free(self, key: str) -> None:
        """Take this key from the command that has it."""
        name = self.owner(key)
        if name is not None:
            self._keep(name, tuple(other for other in self.keys(name) if other != key))

    def reset(self, name: str) -> Refusal | None:
        """Give a command its default keys again, unless another command has one of them now."""
        return self.set(name, self.defaults(name))

    def reset_all(self) -> None:
        """All defaults; entries that could not be used are forgotten too."""
        self.own.clear()
        self.unused.clear()

    def stored(self) -> dict[str, Any]:
        """What to write into the settings. What is in use stands first: where two disagree the first one holds."""
        return {name: list(keys) for name, keys in self.own.items()} | self.unused

    def _keep(self, name: str, keys: tuple[str, ...]) -> None:
        self.unused.pop(name, None)
        self.own.pop(name, None)
        if keys != self.defaults(name):
            self.own[name] = keys


def load_key_map(commands: Iterable[Command], stored: Any) -> tuple[KeyMap, str | None]:
    """The key map with what a person has chosen.

    Args:
        stored: from the settings; anything, since files may be damaged. Entries that cannot be used stay in the
            file until the person chooses keys for their command, and change nothing.

    Returns:
        The key map, and None, or one sentence that names what could not be used.
    """
    result = KeyMap({command.name: command for command in commands})
    if not isinstance(stored, dict):
        return result, "The keys in the settings are damaged: the usual keys are used."
    for name, keys in stored.items():
        known = _known_keys(result, name, keys)
        if known is None:
            result.unused[name] = keys
        elif known != result.defaults(name):
            result.own[name] = known
    while (name := _in_conflict(result)) is not None:
        result.unused[name] = stored[name]
        del result.own[name]
    return result, _notice(result.unused)


def _known_keys(key_map: KeyMap, name: Any, keys: Any) -> tuple[str, ...] | None:
    """The keys of one entry in their one spelling; None if the entry cannot be used."""
    command = key_map.commands.get(name)
    if command is None or not isinstance(keys, list):
        return None
    known = [normalise(key) if isinstance(key, str) else None for key in keys]
    if any(key is None or _forbidden(command, key) for key in known):
        return None
    return tuple(dict.fromkeys(key for key in known if key is not None))


def _in_conflict(key_map: KeyMap) -> str | None:
    """The last own entry with a key that another command has."""
    owners: dict[str, int] = {}
    for name in key_map.commands:
        for key in key_map.keys(name):
            owners[key] = owners.get(key, 0) + 1
    return next(
        (name for name in reversed(key_map.own) if any(owners[key] > 1 for key in key_map.own[name])), None
    )


def _forbidden(command: Command, key: str) -> str:
    """Why no command, or this one, may have the key; empty if it may."""
    if key in _RESERVED:
        return _RESERVED[key]
    if command.held and modifiers_of(key):
        return f"{command.plain_words} takes a single key without Ctrl, Alt or Shift"
    if not command.held and key in _ONLY_HELD:
        return _ONLY_HELD[key]
    return ""


def _notice(unused: dict[str, Any]) -> str | None:
    if not unused:
        return None
    names = ", ".join(str(name) for name in list(unused)[:3]) + (" and others" if len(unused) > 3 else "")
    return (
        f"Some keys in the settings cannot be used ({names}): the usual ones are. Settings, Keys sets others."
    )
