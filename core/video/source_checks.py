"""Checks of a path before anything opens it: missing, empty, not a file, not permitted."""

import os
import stat
from pathlib import Path

from core.errors import VideoError


def check_exists(path: Path) -> os.stat_result:
    """Stat a path.

    Returns: its status. Raises: VideoError if it is missing or may not be looked at.
    """
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise VideoError(f"{path} does not exist; check the path.") from None
    except PermissionError:
        raise VideoError(f"{path} may not be read; ask its owner for permission.") from None
    except (OSError, ValueError) as error:
        raise VideoError(f"{path} cannot be read ({error}); check the path and the disk.") from error


def check_file(path: Path) -> os.stat_result:
    """Make sure that a path is a readable, non-empty regular file, so that opening it cannot block.

    Returns: its status. Raises: VideoError.
    """
    status = check_exists(path)
    if not stat.S_ISREG(status.st_mode):
        raise VideoError(f"{path} is not a regular file; give a video file or a folder of images.")
    if status.st_size == 0:
        raise VideoError(f"{path} is empty (0 bytes); copy or record it again.")
    try:
        with path.open("rb") as file:
            file.read(1)
    except PermissionError:
        raise VideoError(f"{path} may not be read; ask its owner for permission.") from None
    except OSError as error:
        raise VideoError(f"{path} cannot be read ({error.strerror}); check the disk.") from error
    return status
