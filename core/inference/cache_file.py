"""One SQLite file of predictions and how a prediction is packed into it. Limits and recovery live in cache.py."""

import sqlite3
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.inference.reading import frame_confidence
from core.opencv import cv2
from core.types import LEVELS, STREAMS, GrayImage, Prediction
from core.video.png_writer import encode_png

FORMAT = 2
"""Part of every key: a change of this table or of the packing starts new files."""

Row = tuple[int, float, bytes, bytes, int, bytes, bytes, float | None, int]

_COLUMNS = (
    *("frame", "pts_seconds", "scores", "saliency", "side_height", "side_maps", "flow", "expected_iou"),
    "checksum",
)
_SCORES_BYTES = 4 * LEVELS * len(STREAMS)
_SCHEMA = """CREATE TABLE IF NOT EXISTS predictions (
    frame INTEGER PRIMARY KEY, pts_seconds REAL NOT NULL, scores BLOB NOT NULL, saliency BLOB NOT NULL,
    side_height INTEGER NOT NULL, side_maps BLOB NOT NULL, flow BLOB NOT NULL, expected_iou REAL,
    checksum INTEGER NOT NULL)"""
_FLICKER_SCHEMA = "CREATE TABLE IF NOT EXISTS flicker (frame INTEGER PRIMARY KEY, value REAL)"
"""Follows from the predictions beside it. NULL: it was computed and there is no value."""


class DamagedRow(Exception):
    """A stored prediction is not what was written. Handled inside the cache."""


class CacheFile:
    """Rows of one file; every method raises sqlite3.Error when the file or the disk does not play along."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # The pipeline opens and uses it in one thread, but may be closed by another once that thread has ended.
        self._connection = sqlite3.connect(path, timeout=2.0, isolation_level=None, check_same_thread=False)
        try:
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute(
                "PRAGMA synchronous=OFF"
            )  # losing the last frames to a power cut is fine
            self._connection.execute(_SCHEMA)
            self._connection.execute(_FLICKER_SCHEMA)
            self._check_layout()
        except sqlite3.Error:
            self._connection.close()
            raise

    def _check_layout(self) -> None:
        columns = [row[1] for row in self._connection.execute("PRAGMA table_info(predictions)")]
        if columns != list(_COLUMNS):
            raise sqlite3.DatabaseError(f"its columns are {columns}")

    def indices(self) -> set[int]:
        return {int(row[0]) for row in self._connection.execute("SELECT frame FROM predictions")}

    def confidence(self) -> dict[int, float]:
        """frame_confidence of every frame whose row holds as many scores as it should."""
        rows = self._connection.execute("SELECT frame, scores, expected_iou FROM predictions")
        return {
            int(frame): frame_confidence(_scores(packed), expected)
            for frame, packed, expected in rows
            if len(packed) == _SCORES_BYTES
        }

    def get(self, index: int) -> Prediction | None:
        """Raises DamagedRow when the row does not unpack."""
        row = self._connection.execute("SELECT * FROM predictions WHERE frame = ?", (index,)).fetchone()
        return None if row is None else unpack(row)

    def saliency(self, index: int) -> GrayImage | None:
        """The saliency map alone. Raises DamagedRow when the row is not what was written."""
        row = self._connection.execute("SELECT * FROM predictions WHERE frame = ?", (index,)).fetchone()
        if row is None:
            return None
        _verify(row)
        return _picture(row[3], cv2.IMREAD_GRAYSCALE)

    def flicker(self) -> dict[int, float]:
        """Of every frame whose flicker was computed; NaN where there is no value."""
        rows = self._connection.execute("SELECT frame, value FROM flicker")
        return {int(frame): float("nan") if value is None else float(value) for frame, value in rows}

    def put_flicker(self, values: Mapping[int, float]) -> None:
        self._connection.executemany("INSERT OR REPLACE INTO flicker VALUES (?, ?)", values.items())

    def put(self, prediction: Prediction) -> None:
        marks = ",".join("?" * len(_COLUMNS))
        self._connection.execute(f"INSERT OR REPLACE INTO predictions VALUES ({marks})", pack(prediction))

    def remove(self, index: int) -> None:
        self._connection.execute("DELETE FROM predictions WHERE frame = ?", (index,))

    def close(self) -> None:
        self._connection.close()


def pack(prediction: Prediction) -> Row:
    """A prediction as a row: pictures as lossless PNG, the ten side maps stacked into one picture."""
    sides = prediction.side_maps_u8
    stacked = np.ascontiguousarray(sides.reshape(-1, sides.shape[-1]))
    scores = np.ascontiguousarray(prediction.scores, "<f4").tobytes()
    blobs = scores, _png(prediction.saliency_u8), _png(stacked), _png(prediction.flow_picture)
    checksum = _checksum(sides.shape[2], blobs, prediction.expected_iou)
    return (
        prediction.index,
        prediction.pts_seconds,
        blobs[0],
        blobs[1],
        sides.shape[2],
        blobs[2],
        blobs[3],
        prediction.expected_iou,
        checksum,
    )


def unpack(row: Row) -> Prediction:
    """The prediction of a row.

    Raises:
        DamagedRow: a checksum or a picture is wrong.
    """
    _verify(row)
    index, pts_seconds, scores, saliency, side_height, sides, flow, expected_iou, _ = row
    stacked = _picture(sides, cv2.IMREAD_GRAYSCALE)
    return Prediction(
        index=index,
        pts_seconds=pts_seconds,
        saliency_u8=_picture(saliency, cv2.IMREAD_GRAYSCALE),
        scores=_scores(scores),
        side_maps_u8=stacked.reshape(-1, 2, side_height, stacked.shape[1]),
        flow_picture=_picture(flow, cv2.IMREAD_COLOR_RGB),
        expected_iou=expected_iou,
    )


def _verify(row: Row) -> None:
    index, _, scores, saliency, side_height, sides, flow, expected_iou, checksum = row
    if _checksum(side_height, (scores, saliency, sides, flow), expected_iou) != checksum:
        raise DamagedRow(index)


def _scores(packed: bytes) -> NDArray[np.float32]:
    return np.frombuffer(packed, "<f4").reshape(LEVELS, len(STREAMS)).astype(np.float32)


def _checksum(side_height: int, blobs: tuple[bytes, ...], expected_iou: float | None) -> int:
    value = side_height
    for blob in (*blobs, repr(expected_iou).encode()):
        value = zlib.crc32(blob, value)
    return value


def _png(picture: NDArray[np.uint8]) -> bytes:
    return encode_png(picture, compression=1)


def _picture(blob: bytes, flags: int) -> NDArray[np.uint8]:
    decoded = cv2.imdecode(np.frombuffer(blob, np.uint8), flags)
    if decoded is None:  # pyright: ignore[reportUnnecessaryComparison]  the stubs leave None out
        raise DamagedRow
    return np.asarray(decoded, np.uint8)
