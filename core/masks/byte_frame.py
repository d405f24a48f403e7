"""What stands around packed pixels in a file: a mark, a version, a few numbers and a checksum. No pixels here."""

import struct
import zlib

_CHECKSUM = struct.Struct("<I")


class ByteFrame:
    """One kind of packed bytes: mark, version and numbers; then the checksum of these and the body; then the body.

    Args:
        what: its name in errors, as in "the map is damaged".
        mark: four bytes that it begins with. version: 0 to 255, the only one that is read.
        numbers: their layout as of `struct`, little-endian.
    """

    def __init__(self, what: str, mark: bytes, version: int, numbers: str) -> None:
        self._what, self._mark, self._version = what, mark, version
        self._header = struct.Struct(f"<4sB{numbers}")

    def pack(self, numbers: tuple[int, ...], body: bytes) -> bytes:
        """Numbers and body in one, for unpack."""
        header = self._header.pack(self._mark, self._version, *numbers)
        return header + _CHECKSUM.pack(zlib.crc32(body, zlib.crc32(header))) + body

    def unpack(self, data: bytes) -> tuple[tuple[int, ...], bytes]:
        """The numbers and the body that pack was given.

        Raises:
            ValueError: the bytes are cut short, damaged, of a newer version or of another kind.
        """
        start = self._header.size + _CHECKSUM.size
        if len(data) < start or data[: len(self._mark)] != self._mark:
            raise ValueError(f"these {len(data)} bytes are no {self._what}")
        _, version, *numbers = self._header.unpack_from(data)
        if version != self._version:
            raise ValueError(
                f"the {self._what} has version {version}, this program reads version {self._version}"
            )
        (checksum,) = _CHECKSUM.unpack_from(data, self._header.size)
        body = data[start:]
        if zlib.crc32(body, zlib.crc32(data[: self._header.size])) != checksum:
            raise ValueError(f"the {self._what} is damaged: its checksum does not match")
        return tuple(numbers), body
