"""Every real file opens as the manifest says, or fails with one sentence."""

import csv
import random
from pathlib import Path

import numpy as np

from core.errors import VideoError
from core.video.reader import VideoReader

LONG = "long_180p_av1.mp4"
TOLD = {
    "init.mp4": "without a single frame",
    "text3.m4s": "is a segment of a stream",
    "sample_malformed_free_box.mp4": "is damaged",
    "invalid-bitstream.webm": "not one of its frames can be decoded",
    "sample_alac.mp4": "has sound but no video",
}


def test_the_whole_manifest(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "videos"
    with (folder / "manifest.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 91
    wrong = [message for row in rows if (message := check(folder / row["file"], row, tmp_path))]
    assert wrong == []


def check(path: Path, row: dict[str, str], index_folder: Path) -> str:
    """What differs from a row of the manifest, empty if nothing does."""
    try:
        reader = VideoReader(path, index_folder)
    except VideoError as error:
        told = str(error).startswith(f"{path} ") and TOLD.get(path.name, "") in str(error)
        return "" if row["expect"] == "error" and told else f"{path.name}: {error}"
    with reader:
        info = reader.info
        found = (
            info.frame_count,
            info.size_hw[1],
            info.size_hw[0],
            info.rotation,
            info.codec,
            info.pixel_format,
        )
        numbers = [int(row[name]) for name in ("frames_pyav", "display_width", "display_height", "rotation")]
        expected = (*numbers, row["codec"], row["pixel_format"])
        if row["expect"] != "opens" or found != expected:
            return f"{path.name}: {found}, not {expected}"
        return "" if path.name == LONG else check_frames(reader, path.name)


def check_frames(reader: VideoReader, name: str) -> str:
    """Compare some frames reached by jumps with those of reading in order."""
    count = min(len(reader), 12)
    in_order = [reader.read(index).rgb for index in range(count)]
    last = reader.read(len(reader) - 1)
    if any(rgb.shape[:2] != reader.info.size_hw for rgb in [*in_order, last.rgb]):
        return f"{name}: frames of another size than {reader.info.size_hw}"
    for index in random.Random(1).choices(range(count), k=4):
        if not np.array_equal(reader.read(index).rgb, in_order[index]):
            return f"{name}: frame {index} differs after a jump"
    return ""
