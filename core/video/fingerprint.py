"""Content fingerprints of clips, cheap enough for every open. What is keyed by them lives elsewhere."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

_WHOLE_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 15
_BLOCKS = 25
_IMAGE_END_BYTES = 1 << 12


def file_fingerprint(path: Path) -> str:
    """Fingerprint of one file: its size and its content, or evenly spread blocks of it above 1 MiB.

    Args: path: a readable file.
    Returns: 32 hexadecimal digits, independent of the file's name, place and times.
    Raises: OSError.
    """
    digest = hashlib.blake2b(digest_size=16)
    size = path.stat().st_size
    digest.update(size.to_bytes(8, "little"))
    with path.open("rb") as file:
        _add_content(digest, file, size)
    return digest.hexdigest()


def images_fingerprint(paths: Sequence[Path]) -> str:
    """Fingerprint of a sequence of images: names, sizes, and the head and tail of each.

    Args: paths: readable files, in the clip's order.
    Returns: 32 hexadecimal digits.
    Raises: OSError.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        size = path.stat().st_size
        digest.update(path.name.encode("utf-8", "surrogateescape") + b"\0" + size.to_bytes(8, "little"))
        with path.open("rb") as file:
            digest.update(file.read(_IMAGE_END_BYTES))
            file.seek(max(0, size - _IMAGE_END_BYTES))
            digest.update(file.read(_IMAGE_END_BYTES))
    return digest.hexdigest()


def _add_content(digest: "hashlib.blake2b", file: BinaryIO, size: int) -> None:
    if size <= _WHOLE_BYTES:
        digest.update(file.read())
        return
    step = (size - _BLOCK_BYTES) / (_BLOCKS - 1)
    for number in range(_BLOCKS):
        file.seek(round(number * step))
        digest.update(file.read(_BLOCK_BYTES))
