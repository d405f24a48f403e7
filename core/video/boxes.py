"""The outermost structure of MP4 and Matroska files: what is there, and whether the file ends early. No decoding."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_WHOLE_FILE = {b"ftyp", b"mdat", b"free", b"wide", b"skip"}
_SEGMENT = {b"styp", b"moof", b"sidx"}
_MOST_BOXES = 1000
_EBML, _MATROSKA_SEGMENT = 0x1A45DFA3, 0x18538067


@dataclass(frozen=True, slots=True)
class Mp4Boxes:
    """types: the boxes at the top level in order. end: where the last one says that it ends. sound: no nonsense met."""

    types: tuple[bytes, ...]
    end: int
    sound: bool

    @property
    def is_segment(self) -> bool:
        """A piece of a stream that lacks the header."""
        return self.types[0] in _SEGMENT and b"moov" not in self.types

    @property
    def lacks_index(self) -> bool:
        """A file whose writing or copying stopped before its index."""
        return self.sound and self.types[0] in _WHOLE_FILE and b"moov" not in self.types


def read_mp4_boxes(path: Path) -> Mp4Boxes | None:
    """The boxes of an MP4 file, None for other files. Raises: OSError."""
    types: list[bytes] = []
    place, file_bytes, sound = 0, path.stat().st_size, True
    with path.open("rb") as file:
        while place < file_bytes and len(types) < _MOST_BOXES:
            file.seek(place)
            head = file.read(16)
            size = int.from_bytes(head[8:16] if head[:4] == b"\0\0\0\1" else head[:4], "big")
            if not head[4:8].isalnum() or 0 < size < 8:
                sound = False
                break
            types.append(head[4:8])
            place = place + size if size else file_bytes
    if not types or types[0] not in _WHOLE_FILE | _SEGMENT | {b"moov"}:
        return None
    return Mp4Boxes(tuple(types), place, sound)


def missing_bytes(path: Path) -> int:
    """Bytes that an MP4 or Matroska file announces but does not hold, 0 for whole and for other files.

    Raises: OSError.
    """
    file_bytes = path.stat().st_size
    boxes = read_mp4_boxes(path)
    if boxes is not None:
        return max(0, boxes.end - file_bytes) if boxes.sound else 0
    with path.open("rb") as file:
        return max(0, _matroska_end(file) - file_bytes)


def _matroska_end(file: BinaryIO) -> int:
    """Where the segment of a Matroska file says that it ends, 0 for other files and for live recordings."""
    if int.from_bytes(file.read(4), "big") != _EBML:
        return 0
    header = _variable_size(file)
    if header is None:
        return 0
    file.seek(header, 1)
    if int.from_bytes(file.read(4), "big") != _MATROSKA_SEGMENT:
        return 0
    size = _variable_size(file)
    return 0 if size is None else file.tell() + size


def _variable_size(file: BinaryIO) -> int | None:
    """An EBML size: as many leading zero bits as further bytes. None for "unknown", which is all ones."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    length = 9 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & (0xFF >> length)]) + file.read(length - 1), "big")
    return None if value == (1 << 7 * length) - 1 else value
