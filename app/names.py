"""How a clip is called in the window. No widgets here."""

from pathlib import Path

_LONGEST = 44


def clip_name(path: Path) -> str:
    """The file's name; a folder's with its parent's, since many folders are just called "frames"."""
    if path.suffix == "" and path.parent.name:
        return elided(f"{path.parent.name}/{path.name}", _LONGEST)
    return elided(path.name, _LONGEST)


def elided(text: str, longest: int) -> str:
    """The text with its middle left out if it has more letters than `longest`."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"
