"""The child process that converts a weights file for OpenVINO. Its parent's side is conversion_process.py.

Converting holds Python's lock for up to a second, which in the window's own process would hold the window up.
"""

import os
import sys
import threading
from pathlib import Path

from core.child_program import lower_priority
from core.errors import CheckpointError, StudioError


def main(arguments: list[str]) -> int:
    """Convert and store.

    Args:
        arguments: weights file, its sha256, and the place (openvino_conversion.conversion_place).

    Returns:
        Exit code: 0 stored, 1 failed; the last line on stderr then says why.
    """
    threading.Thread(target=_end_with_the_parent, name="parent", daemon=True).start()
    lower_priority()
    try:
        if len(arguments) != 3:
            raise StudioError("A conversion needs three arguments: weights file, sha256 and place.")
        _convert(Path(arguments[0]), arguments[1], Path(arguments[2]))
    except (StudioError, OSError, RuntimeError, ImportError) as error:
        print((str(error).strip() or type(error).__name__).splitlines()[0], file=sys.stderr)
        return 1
    return 0


def _convert(checkpoint: Path, sha256: str, place: Path) -> None:
    import torch

    from core.inference.openvino_conversion import convert, is_stored, store
    from core.network import file_hash, load_checkpoint

    torch.set_num_threads(1)  # the picture that is traced is too small for more
    model, _ = load_checkpoint(checkpoint)
    if file_hash(checkpoint) != sha256:
        raise CheckpointError(f"{checkpoint}: has changed since it was loaded; open it again.")
    if not is_stored(place):
        store(convert(model), place)


def _end_with_the_parent() -> None:
    """Stdin ends when the parent does. What is half written is removed by the next conversion."""
    os.read(0, 1)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
