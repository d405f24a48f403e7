"""Settings, models, drafts and caches in a folder of their own, for work that must touch nothing of the person's."""

import os
import sys
import tempfile
from pathlib import Path

_UNIX = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
_WINDOWS = ("APPDATA", "LOCAL_APPDATA", "COMMON_APPDATA", "PERSONAL")


def own_folders(folder: Path) -> dict[str, str]:
    """The environment by which platformdirs and tempfile find everything below a folder; it gets one for the latter."""
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    return {
        # Elsewhere it is left as it is: the permission to use the display may lie there.
        **({"HOME": str(folder)} if sys.platform == "darwin" else {}),
        **{name: str(folder / name.lower()) for name in _UNIX},
        **{f"WIN_PD_OVERRIDE_{name}": str(folder / name.lower()) for name in _WINDOWS},
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),
    }


def use_own_folders(folder: Path) -> None:
    """Use them from now on, in this process and in those that it starts."""
    os.environ.update(own_folders(folder))
    tempfile.tempdir = None  # to be looked up anew
