"""PNG: encoding, and numbered files each written whole. Videos are written in mp4_writer.py."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import OutputError
from core.opencv import cv2
from core.video.atomic import AtomicFile, make_folder


class PngSequenceWriter:
    """Writes 00000.png, 00001.png, ... into a folder. Every file is complete or absent, whatever happens."""

    def __init__(self, folder: Path, digits: int = 5, compression: int = 3) -> None:
        """Args: folder: made if missing. digits: of the names. compression: 0 (fast) to 9 (small).

        Raises: OutputError if the folder cannot be made.
        """
        self.folder = folder
        self._digits = digits
        self._compression = compression
        self._next = 0
        make_folder(folder)

    def write(self, image: NDArray[np.uint8], index: int | None = None) -> Path:
        """Write one image.

        Args: image: uint8 HxW (gray) or HxWx3 (RGB). index: its number; None is one more than the last.
        Returns: the file. Raises: OutputError.
        """
        index = self._next if index is None else index
        path = self.folder / f"{index:0{self._digits}d}.png"
        write_png(path, image, self._compression)
        self._next = index + 1
        return path


def write_png(path: Path, image: NDArray[np.uint8], compression: int = 3) -> None:
    """Write one PNG file atomically.

    Args: image: uint8 HxW (gray) or HxWx3 (RGB). compression: 0 (fast) to 9 (small).
    Raises: OutputError.
    """
    data = encode_png(image, compression)
    with AtomicFile(path) as file:
        file.write(data)


def encode_png(image: NDArray[np.uint8], compression: int) -> bytes:
    """One image as the content of a PNG file.

    Args: image: uint8 HxW (gray) or HxWx3 (RGB). compression: 0 (fast) to 9 (small).
    Raises: OutputError if there is no such PNG.
    """
    bgr = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, compression])
    if not done:
        raise OutputError(f"An image of shape {image.shape} cannot be encoded as PNG.")
    return data.tobytes()
