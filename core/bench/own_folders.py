"""Settings, models, drafts and caches in a folder of their own, for work that must touch nothing of the person's."""

import os
import tempfile
from pathlib import Path

_UNIX = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
_WINDOWS = ("APPDATA", "LOCAL_APPDATA", "COMMON_APPDATA", "PERSONAL")


def use_own_folders(folder: Path) -> None:
    """From now on platformdirs and tempfile find everything below this folder, here and in child processes."""
    for name in _UNIX:
        os.environ[name] = str(folder / name.lower())
    for name in _WINDOWS:
        os.environ[f"WIN_PD_OVERRIDE_{name}"] = str(folder / name.lower())
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[name] = str(temporary)
    tempfile.tempdir = None  # to be looked up anew
    os.environ["HOME"] = str(folder)
