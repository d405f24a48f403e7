"""Predictions kept on disk between runs, bounded in size. May be deleted at any time; loss costs only time."""

import hashlib
import json
import logging
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from platformdirs import user_cache_dir

from core.inference.cache_file import FORMAT, CacheFile, DamagedRow
from core.types import GrayImage, Prediction

logger = logging.getLogger(__name__)

DEFAULT_LIMIT_BYTES = 4 << 30
_PUTS_BETWEEN_SIZE_CHECKS = 64
_TRANSIENT = ("locked", "busy")

Result = TypeVar("Result")


def default_cache_folder() -> Path:
    """Where predictions are kept when nobody says otherwise."""
    return Path(user_cache_dir("cagdde-studio", appauthor=False)) / "predictions"


def cache_key(clip_fingerprint: str, weights_sha256: str, settings: dict[str, Any]) -> str:
    """Name of the cache file of one clip, model and set of settings.

    Args:
        settings: JSON-able; everything that changes a result and nothing else.
    """
    parts = json.dumps([FORMAT, clip_fingerprint, weights_sha256, settings], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()[:40]


class PredictionCache:
    """Predictions of one clip, model and settings.

    Trouble never reaches the caller: a damaged file is dropped and begun anew, a full disk or a folder that cannot
    be written ends caching for this run. Both are logged, and `notice` then holds a sentence to show.

    Args:
        folder: holds the files of all keys.
        key: see cache_key.
        limit_bytes: over all files; the least recently used files of other keys go first, then storing stops.
    """

    def __init__(self, folder: Path, key: str, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self._folder = folder
        self._path = folder / f"{key}.sqlite"
        self._limit_bytes = limit_bytes
        self._file: CacheFile | None = None
        self._puts = 0
        self._full = False
        self.notice: str | None = None
        self._open()

    @property
    def enabled(self) -> bool:
        """False after the disk or the folder refused."""
        return self._file is not None

    def indices(self) -> set[int]:
        """The frames that are stored."""
        return self._guarded(lambda file: file.indices()) or set()

    def confidence(self) -> dict[int, float]:
        """frame_confidence of all stored frames at once, without unpacking any picture."""
        return self._guarded(lambda file: file.confidence()) or {}

    def get(self, index: int) -> Prediction | None:
        """The stored prediction of a frame, None when there is none or it is damaged."""
        try:
            return self._guarded(lambda file: file.get(index))
        except DamagedRow:
            logger.warning("frame %d in %s is damaged and is computed again", index, self._path)
            self._guarded(lambda file: file.remove(index))
            return None

    def saliency(self, index: int) -> GrayImage | None:
        """The stored saliency map of a frame, uint8 HxW; None when there is none or it is damaged."""
        try:
            return self._guarded(lambda file: file.saliency(index))
        except DamagedRow:
            logger.warning("frame %d in %s is damaged", index, self._path)
            return None

    def flicker(self) -> dict[int, float]:
        """The flicker of the frames where it was computed, NaN where there is no value."""
        return self._guarded(lambda file: file.flicker()) or {}

    def put_flicker(self, values: Mapping[int, float]) -> None:
        """Keep what was computed from the predictions beside it."""
        self._guarded(lambda file: file.put_flicker(values))

    def put(self, prediction: Prediction) -> bool:
        """Store a prediction; False when it was not stored."""
        if self._puts % _PUTS_BETWEEN_SIZE_CHECKS == 0:
            self._make_room()
        self._puts += 1
        if self._full:
            return False
        return self._guarded(lambda file: file.put(prediction) or True) or False

    def close(self) -> None:
        """Release the file. The cache is empty and refuses everything afterwards."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = CacheFile(self._path)
            self._path.touch()  # least recently used goes first
        except (OSError, sqlite3.OperationalError) as error:
            self._disable(error)
        except sqlite3.DatabaseError as error:
            self._rebuild(error)

    def _guarded(self, action: Callable[[CacheFile], Result]) -> Result | None:
        if self._file is None:
            return None
        try:
            return action(self._file)
        except sqlite3.OperationalError as error:
            if any(word in str(error) for word in _TRANSIENT):
                logger.info("another program holds %s: %s", self._path, error)
            else:
                self._disable(error)
        except sqlite3.DatabaseError as error:
            self._rebuild(error)
        return None

    def _disable(self, error: Exception) -> None:
        self.close()
        self.notice = f"predictions are not kept on disk: {self._folder}: {error}"
        logger.warning(self.notice)

    def _rebuild(self, error: sqlite3.DatabaseError) -> None:
        self.close()
        logger.warning("the prediction cache %s is damaged (%s) and is begun anew", self._path, error)
        self.notice = f"the prediction cache was damaged and is begun anew: {self._path}"
        try:
            _delete(self._path)
            self._file = CacheFile(self._path)
        except (OSError, sqlite3.Error) as second_error:
            self._disable(second_error)

    def _make_room(self) -> None:
        try:
            excess = _remove_oldest(self._folder, self._path, self._limit_bytes)
        except OSError as error:
            self._disable(error)
            return
        if excess and not self._full:
            self.notice = (
                f"the prediction cache holds its {self._limit_bytes >> 20} MiB: later frames are not kept"
            )
            logger.warning(self.notice)
        self._full = excess


def _remove_oldest(folder: Path, own: Path, limit_bytes: int) -> bool:
    """Delete the oldest files until the folder fits; True when `own` alone is too much."""
    sizes = {path: (path.stat().st_mtime, _size(path)) for path in folder.glob("*.sqlite")}
    total = sum(size for _, size in sizes.values())
    for path, (_, size) in sorted(sizes.items(), key=lambda item: item[1][0]):
        if total <= limit_bytes:
            return False
        if path != own and _try_delete(path):
            total -= size
    return total > limit_bytes


def _size(path: Path) -> int:
    parts = (path, *_companions(path))
    return sum(part.stat().st_size for part in parts if part.exists())


def _companions(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def _delete(path: Path) -> None:
    for part in (path, *_companions(path)):
        part.unlink(missing_ok=True)


def _try_delete(path: Path) -> bool:
    try:
        _delete(path)
    except OSError as error:  # in use by another program, or not ours
        logger.info("cannot remove the old prediction cache %s: %s", path, error)
        return False
    return True
