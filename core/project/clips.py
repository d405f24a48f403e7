"""The clips of a project: rows to records and back. Where their files are is clip_search.py."""

import os
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import ProjectError
from core.project.records import ClipRecord
from core.project.rows import Row
from core.project.store import Store, damaged
from core.video import ClipInfo
from core.video.clip_name import clip_name


class Clips:
    """Reads and writes the table `clips` of an open project."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, ClipRecord] = {}

    def all(self) -> list[ClipRecord]:
        return [self._record(row) for row in self._store.rows("clips")]

    def get(self, clip: int) -> ClipRecord:
        """Raises: ProjectError when the project has no such clip."""
        if clip not in self._known:
            row = self._store.row("clips", "id = ?", clip)
            if row is None:
                raise ProjectError(f"{self._store.path} has no clip {clip}: look at its list of clips.")
            self._known[clip] = self._record(row)
        return self._known[clip]

    def with_fingerprint(self, fingerprint: str) -> ClipRecord | None:
        row = self._store.row("clips", "fingerprint = ?", fingerprint)
        return None if row is None else self._record(row)

    def add(self, info: ClipInfo) -> ClipRecord:
        """Inside a transaction."""
        number = self._store.insert("clips", self._values(info))
        return self.get(number)

    def replace(self, clip: int, info: ClipInfo) -> ClipRecord:
        """Other facts for a clip that is there, inside a transaction."""
        self._store.put("clips", {"id": clip} | self._values(info))
        self.forget()
        return self.get(clip)

    def remove(self, clip: int) -> None:
        """Inside a transaction. What belongs to the clip has to go with it."""
        self._store.delete("clips", [clip])

    def forget(self) -> None:
        """After a transaction that changed clips, kept or not."""
        self._known.clear()

    def _values(self, info: ClipInfo) -> Row:
        path = Path(os.path.abspath(info.path))
        name = clip_name(path)
        height, width = info.size_hw
        return {
            "name": os.fsencode(name).decode("utf-8", "replace"),
            "path": os.fsencode(path),
            "relative": relative_path(path, self._store.path),
            "kind": info.kind,
            "frame_count": info.frame_count,
            "height": height,
            "width": width,
            "frames_per_second": float(info.frames_per_second),
            "fingerprint": info.fingerprint,
            "pts": pack_times(info.pts_seconds),
        }

    def _record(self, row: Row) -> ClipRecord:
        try:
            return clip_record(row)
        except (ValueError, TypeError, zlib.error) as error:
            raise damaged(self._store.path, f"its clip {row['id']} cannot be read ({error})") from error


def clip_record(row: Row) -> ClipRecord:
    """A row of the table `clips` as a record. Raises: ValueError, TypeError or zlib.error for a damaged one."""
    path, relative, times = row["path"], row["relative"], row["pts"]
    assert isinstance(path, bytes)
    assert isinstance(times, bytes)
    pts_seconds = unpack_times(times)
    count = int(row["frame_count"] or 0)
    if pts_seconds.shape != (count,):
        raise ValueError(f"{pts_seconds.size} times for {count} frames")
    return ClipRecord(
        id=int(row["id"] or 0),
        name=str(row["name"]),
        path=Path(os.fsdecode(path)),
        relative=Path(os.fsdecode(relative)) if isinstance(relative, bytes) else None,
        kind=str(row["kind"]),
        frame_count=count,
        size_hw=(int(row["height"] or 0), int(row["width"] or 0)),
        frames_per_second=float(row["frames_per_second"] or 0),
        fingerprint=str(row["fingerprint"]),
        pts_seconds=pts_seconds,
    )


def pack_times(pts_seconds: NDArray[np.float64]) -> bytes:
    """Times in seconds, exactly."""
    return zlib.compress(np.ascontiguousarray(pts_seconds, "<f8").tobytes())


def unpack_times(data: bytes) -> NDArray[np.float64]:
    """What pack_times packed, float64 (N,). Raises: ValueError, zlib.error."""
    return np.frombuffer(zlib.decompress(data), "<f8").astype(np.float64)


def relative_path(path: Path, project: Path) -> bytes | None:
    """The way from the folder of a project to a clip, as it is stored; None where there is none."""
    try:
        return os.fsencode(os.path.relpath(path.resolve(), project.resolve().parent))
    except ValueError:  # another drive
        return None
