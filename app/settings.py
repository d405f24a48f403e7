"""What the program remembers between runs: one JSON file, written whole or not at all. No widgets here."""

import logging
import os
import tempfile
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs

MOST_RECENT = 12
_log = logging.getLogger(__name__)


class Settings(msgspec.Struct, kw_only=True):
    """Remembered choices. Unknown fields of a newer version are ignored, missing ones take these defaults.

    geometry, docks: Qt's own saved states, base64. layout: how the panes are arranged. hidden_panes: closed panes
    by key. main_pane: the pane that is large or alone. splits: divider positions per layout, 0 to 1.
    mask_mode, mask_opacity (percent), mask_threshold (0 to 255): the mask over the picture.
    """

    theme: Literal["system", "dark", "light"] = "system"
    layout: Literal["grid", "strip", "alone"] = "grid"
    main_pane: str = "rgb"
    hidden_panes: list[str] = []
    splits: dict[str, tuple[float, float]] = {}
    mask_mode: Literal["tint", "outline", "cut-out", "heat", "off"] = "tint"
    mask_opacity: int = 55
    mask_threshold: int = 128
    loop: bool = False
    recent: list[str] = []
    geometry: str = ""
    docks: str = ""
    tour_seen: bool = False

    def remember(self, path: Path) -> None:
        """Put `path` at the head of the recent files."""
        text = str(path)
        self.recent = [text, *(other for other in self.recent if other != text)][:MOST_RECENT]


def settings_path() -> Path:
    """Where the settings of this user are."""
    return Path(platformdirs.user_config_dir("cagdde-studio", appauthor=False)) / "settings.json"


def load_settings(path: Path) -> tuple[Settings, str | None]:
    """Read the settings.

    Returns:
        The settings, and None, or one sentence for the person if the file could not be used. A damaged file is
        kept under another name.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings), None
    except FileNotFoundError:
        return Settings(), None
    except OSError as error:
        return Settings(), f"The settings in {path} cannot be read ({error.strerror}): defaults are used."
    except msgspec.DecodeError as error:
        _log.warning("settings in %s: %s", path, error)
        return Settings(), f"The settings in {path} are damaged: defaults are used{_set_aside(path)}."


def _set_aside(path: Path) -> str:
    kept = path.with_suffix(".damaged.json")
    try:
        path.replace(kept)
    except OSError as error:
        _log.warning("%s cannot be renamed: %s", path, error)
        return ""
    return f", the old file is kept as {kept.name}"


def save_settings(settings: Settings, path: Path) -> str | None:
    """Write the settings to a sibling file, then replace the old one.

    Returns:
        None, or one sentence for the person if they could not be written.
    """
    data = msgspec.json.format(msgspec.json.encode(settings), indent=2)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, data)
    except OSError as error:
        _log.warning("settings in %s: %s", path, error)
        return (
            f"The settings cannot be saved in {path.parent} ({error.strerror}): check space and permissions."
        )
    return None


def _write_whole(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
