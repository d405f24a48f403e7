"""Another description for weights that stay as they are, byte for byte. What it says is decided elsewhere."""

import json
from pathlib import Path

from core.errors import CheckpointError
from core.network.checkpoint import CheckpointMetadata, header_of, inspect_checkpoint, write_weights

_LENGTH_BYTES = 8
"""A safetensors file begins with the length of its header, little-endian; then the header; then the tensors."""
_ALIGNMENT = 8
_METADATA = "__metadata__"


def relabel(source: Path, out: Path, metadata: CheckpointMetadata) -> None:
    """Write a weights file of this program again with another description.

    Args:
        out: may be `source`.

    Raises:
        CheckpointError: the source cannot be read or is of another layout.
        OutputError: the file cannot be written.
    """
    inspect_checkpoint(source)
    content = source.read_bytes()
    end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    try:
        header = json.loads(content[_LENGTH_BYTES:end])
    except ValueError as error:
        raise CheckpointError(
            f"{source}: is no safetensors file; only weights of this program can be described."
        ) from error
    header[_METADATA] = header_of(metadata)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    write_weights(out, len(text).to_bytes(_LENGTH_BYTES, "little") + text + content[end:])
