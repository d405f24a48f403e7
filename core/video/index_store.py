"""Video indexes on disk, one file per fingerprint. A damaged one is rebuilt; a full disk only means no caching."""

import json
import logging
import os
import threading
import zipfile
import zlib
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_dir

from core.video.index import SeekPoints, VideoIndex

_LOG = logging.getLogger(__name__)
_FORMAT = 1
_KEEP_FILES = 1000
# What numpy, zipfile, zlib and json raise on files with any bytes in them.
_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    NotImplementedError,
    ArithmeticError,
    zipfile.BadZipFile,
    zlib.error,
)


class IndexStore:
    """The folder of cached indexes."""

    def __init__(self, folder: Path | None = None) -> None:
        """Args: folder: where; None is the user's cache folder."""
        self.folder = folder or Path(user_cache_dir("cagdde-studio")) / "index"

    def load(self, fingerprint: str, modified_ns: int) -> VideoIndex | None:
        """The cached index, or None if there is none, it is damaged, or the file changed since."""
        path = self._path(fingerprint)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return _unpack({name: arrays[name] for name in arrays.files}, modified_ns)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except _DAMAGE as error:
            _LOG.warning("The cached index %s is damaged (%s); it is rebuilt.", path, error)
            self.forget(fingerprint)
            return None

    def save(self, fingerprint: str, modified_ns: int, index: VideoIndex) -> None:
        """Store an index; failing to is logged, not raised."""
        path = self._path(fingerprint)
        sibling = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with sibling.open("wb") as file:
                np.savez_compressed(file, **_pack(index, modified_ns))
            os.replace(sibling, path)
            self._drop_oldest()
        except OSError as error:
            _LOG.warning("The index of a video cannot be cached in %s (%s).", self.folder, error)
            with suppress(OSError):
                sibling.unlink()

    def distrust(self, fingerprint: str) -> None:
        """Note that this file's packets do not tell its frames: the next open counts them by decoding."""
        self.forget(fingerprint)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._mark(fingerprint).touch()
        except OSError as error:
            _LOG.warning("Cannot note in %s that a video is damaged (%s).", self.folder, error)

    def is_distrusted(self, fingerprint: str) -> bool:
        """True after distrust()."""
        # Not Path.exists, which raises where the folder may not be entered.
        return os.path.exists(self._mark(fingerprint))

    def forget(self, fingerprint: str) -> None:
        """Remove a cached index."""
        try:
            self._path(fingerprint).unlink(missing_ok=True)
        except OSError as error:
            _LOG.warning("The cached index %s cannot be removed (%s).", self._path(fingerprint), error)

    def _path(self, fingerprint: str) -> Path:
        return self.folder / f"{fingerprint}.npz"

    def _mark(self, fingerprint: str) -> Path:
        return self.folder / f"{fingerprint}.damaged"

    def _drop_oldest(self) -> None:
        with os.scandir(self.folder) as entries:
            files = [(entry.stat().st_mtime_ns, entry.path) for entry in entries]
        for _, path in sorted(files)[:-_KEEP_FILES]:
            Path(path).unlink(missing_ok=True)


def _pack(index: VideoIndex, modified_ns: int) -> dict[str, Any]:
    facts = {
        "format": _FORMAT,
        "modified_ns": modified_ns,
        "by_count": index.by_count,
        "time_base": [index.time_base.numerator, index.time_base.denominator],
        "stored_hw": index.stored_hw,
        "matrix": index.matrix,
        "codec": index.codec,
        "pixel_format": index.pixel_format,
        "nominal_rate": index.nominal_rate,
        "warnings": index.warnings,
    }
    points = index.seek_points
    return {
        "facts": np.frombuffer(json.dumps(facts).encode(), np.uint8),
        "pts": index.pts,
        "keyframe": index.keyframe,
        "seek": np.stack([points.frame, points.pts, points.dts]),
    }


def _unpack(arrays: dict[str, Any], modified_ns: int) -> VideoIndex | None:
    facts = json.loads(arrays["facts"].tobytes())
    if facts["format"] != _FORMAT or facts["modified_ns"] != modified_ns:
        return None
    pts, keyframe, seek = arrays["pts"], arrays["keyframe"], arrays["seek"]
    if pts.ndim != 1 or len(pts) < 1 or keyframe.shape != pts.shape or seek.ndim != 2 or len(seek) != 3:
        raise ValueError("arrays do not fit together")
    return VideoIndex(
        pts=pts.astype(np.int64),
        keyframe=keyframe.astype(np.bool_),
        seek_points=SeekPoints(*(row.astype(np.int64) for row in seek)),
        by_count=bool(facts["by_count"]),
        time_base=Fraction(*facts["time_base"]),
        stored_hw=(int(facts["stored_hw"][0]), int(facts["stored_hw"][1])),
        matrix=None if facts["matrix"] is None else tuple(facts["matrix"]),
        codec=str(facts["codec"]),
        pixel_format=str(facts["pixel_format"]),
        nominal_rate=float(facts["nominal_rate"]),
        warnings=tuple(facts["warnings"]),
    )
