"""The registry's folder: who may change it, what lies in it, what ended programs left. Of models it knows nothing."""

import itertools
import os
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from core.errors import InputError, OutputError
from core.file_lock import FileLock
from core.registry.choices import CHOICES, read_choices

_SECONDS_TO_WAIT = 15.0
_STALE_SECONDS = 3600.0
_HIDDEN = "."
_NUMBERS = itertools.count()


class RegistryFolder:
    """A folder with a folder for each model. Names that begin with a dot are work that is not finished."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def changing(self) -> Generator[None]:
        """One program at a time changes the registry. Raises OutputError when another does not end."""
        from core.video.atomic import make_folder, output_error

        make_folder(self.path)
        lock = FileLock(self.path / ".lock")
        try:
            free = lock.acquire_within(_SECONDS_TO_WAIT)
        except OSError as error:
            raise output_error(self.path, error) from error
        if not free:
            raise OutputError(
                f"{self.path} is being changed by {lock.holder()}: try again when it has ended."
            )
        try:
            self._clear_away()
            yield
        finally:
            lock.release()

    def _clear_away(self) -> None:
        """What programs left that were ended while they worked, and a damaged record of the default."""
        for folder in self.path.glob(f"{_HIDDEN}*-*.part"):
            if folder.is_dir() and time.time() - folder.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
        try:
            read_choices(self.path)
        except msgspec.DecodeError:
            os.replace(self.path / CHOICES, self.path / f"damaged-{CHOICES}")
        except OSError:
            return  # said by whoever reads it next

    def entries(self) -> list[Path]:
        try:
            found = list(self.path.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise InputError(
                f"{self.path} cannot be read ({error.strerror}): check its permissions."
            ) from error
        return [folder for folder in found if folder.is_dir() and not folder.name.startswith(_HIDDEN)]

    def sibling(self, purpose: str) -> Path:
        return self.path / f"{_HIDDEN}{purpose}-{os.getpid()}-{next(_NUMBERS)}-{time.time_ns()}.part"
