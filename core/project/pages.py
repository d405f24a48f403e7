"""Rows out of the bytes of a damaged SQLite file, page by page, without its directory. Which are sound is salvage.py.

Source: the file format of SQLite, https://www.sqlite.org/fileformat2.html.
"""

import struct
from collections.abc import Iterator

from core.project.rows import Value

_LEAF = 0x0D
_FILE_HEADER_BYTES = 100
_DEFAULT_PAGE_BYTES = 4096
_WAL_HEADER_BYTES = 32
_WAL_FRAME_BYTES = 24
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
_LARGEST_PAYLOAD = 1 << 30

RawRow = tuple[int, list[Value]]
"""A row's number, and its columns with None for the number itself."""


def raw_rows(content: bytes, log: bytes) -> Iterator[RawRow]:
    """Everything in a file that has the form of a table row, old versions and foreign rows included.

    Args:
        content: the file. log: its write-ahead log, may be empty.
    """
    page_bytes = _page_bytes(content)
    logged = dict(_logged_pages(log, page_bytes))
    pages = {
        number + 1: content[at : at + page_bytes]
        for number, at in enumerate(range(0, len(content), page_bytes))
    }
    for number, page in [*pages.items(), *logged.items()]:
        yield from _leaf_rows(page, _FILE_HEADER_BYTES if number == 1 else 0, page_bytes, pages | logged)


def _page_bytes(content: bytes) -> int:
    size = int.from_bytes(content[16:18], "big")
    size = 1 << 16 if size == 1 else size
    return size if size >= 512 and size & (size - 1) == 0 else _DEFAULT_PAGE_BYTES


def _logged_pages(log: bytes, page_bytes: int) -> Iterator[tuple[int, bytes]]:
    """The pages of the log's committed transactions, the newest of a number last."""
    step = _WAL_FRAME_BYTES + page_bytes
    waiting: list[tuple[int, bytes]] = []
    for at in range(_WAL_HEADER_BYTES, len(log) - step + 1, step):
        number, committed = struct.unpack_from(">II", log, at)
        if log[at + 8 : at + 16] != log[16:24]:  # salt: left over from before the last checkpoint
            return
        waiting.append((number, log[at + _WAL_FRAME_BYTES : at + step]))
        if committed:
            yield from waiting
            waiting.clear()


def _leaf_rows(page: bytes, start: int, page_bytes: int, pages: dict[int, bytes]) -> Iterator[RawRow]:
    if len(page) <= start + 8 or page[start] != _LEAF:
        return
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    for index in range(count):
        at = start + 8 + 2 * index
        try:
            yield _cell(page, int.from_bytes(page[at : at + 2], "big"), page_bytes, pages)
        except (IndexError, ValueError, KeyError, struct.error):
            continue  # this cell is damaged or cut off; the others may not be


def _cell(page: bytes, at: int, page_bytes: int, pages: dict[int, bytes]) -> RawRow:
    length, at = _varint(page, at)
    number, at = _varint(page, at)
    if length > _LARGEST_PAYLOAD:
        raise ValueError("no row is that large")
    local = _local_bytes(length, page_bytes)
    parts = [page[at : at + local]]
    following = int.from_bytes(page[at + local : at + local + 4], "big") if local < length else 0
    left = length - local
    while left > 0:
        overflow = pages[following]
        parts.append(overflow[4 : 4 + min(left, page_bytes - 4)])
        left -= page_bytes - 4
        following = int.from_bytes(overflow[:4], "big")
    payload = b"".join(parts)
    if len(payload) != length:
        raise ValueError("cut off")
    return number, list(_values(payload))


def _local_bytes(length: int, page_bytes: int) -> int:
    """How much of a payload lies on the leaf itself."""
    if length <= page_bytes - 35:
        return length
    least = (page_bytes - 12) * 32 // 255 - 23
    local = least + (length - least) % (page_bytes - 4)
    return local if local <= page_bytes - 35 else least


def _values(payload: bytes) -> Iterator[Value]:
    end, at = _varint(payload, 0)
    body = end
    while at < end:
        kind, at = _varint(payload, at)
        value, size = _value(payload, body, kind)
        body += size
        yield value


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind == 0:
        return None, 0
    if kind <= 6:
        size = _INTEGER_BYTES[kind]
        return int.from_bytes(payload[at : at + size], "big", signed=True), size
    if kind == 7:
        return float(struct.unpack_from(">d", payload, at)[0]), 8
    if kind in (8, 9):
        return kind - 8, 0
    size = (kind - 12) // 2
    data = payload[at : at + size]
    if size < 0 or len(data) != size:
        raise ValueError("cut off")
    return (data.decode("utf-8") if kind % 2 else data), size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A variable-length integer and the place behind it."""
    value = 0
    for count in range(9):
        byte = data[at + count]
        if count == 8:
            return value << 8 | byte, at + 9
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, at + count + 1
    raise AssertionError("nine bytes end it")
