"""Keys as text: one spelling for each, that of Qt's portable text. No Qt here."""

_MODIFIERS = {"meta": "Meta", "ctrl": "Ctrl", "control": "Ctrl", "alt": "Alt", "shift": "Shift"}
_ORDER = ("Meta", "Ctrl", "Alt", "Shift")
_NAMED = (
    "Space", "Tab", "Backtab", "Backspace", "Return", "Enter", "Esc", "Ins", "Del", "Pause", "Print", "Home", "End",
    "Left", "Right", "Up", "Down", "PgUp", "PgDown", "Menu", "Help", *(f"F{number}" for number in range(1, 36)),
)  # fmt: skip
_ALIASES = {"escape": "Esc", "insert": "Ins", "delete": "Del", "pageup": "PgUp", "pagedown": "PgDown"}
_NAMES = {name.lower(): name for name in _NAMED} | _ALIASES


def normalise(text: str) -> str | None:
    """One spelling for one key.

    Args:
        text: one key with its modifiers, such as "shift+ctrl+f" or "Ctrl++".

    Returns:
        The key as Qt writes it, such as "Ctrl+Shift+F"; None if that is no key.
    """
    *words, last = _split(text.strip())
    modifiers = [_MODIFIERS.get(word.strip().lower(), "") for word in words]
    if "" in modifiers or len(set(modifiers)) < len(modifiers):
        return None
    key = _key(last)
    return None if key is None else "+".join([*sorted(modifiers, key=_ORDER.index), key])


def modifiers_of(key: str) -> tuple[str, ...]:
    """The modifiers of a normalised key."""
    return tuple(_split(key)[:-1])


def _split(text: str) -> list[str]:
    """Modifiers and key; the key may be the plus sign itself."""
    if text == "+" or text.endswith("++"):
        return [*text[:-1].split("+")[:-1], "+"]
    return text.split("+")


def _key(text: str) -> str | None:
    name = _NAMES.get(text.strip().lower())
    if name is not None:
        return name
    text = text.strip()
    one = len(text) == 1 and text.isprintable() and len(text.upper()) == 1
    return text.upper() if one else None
