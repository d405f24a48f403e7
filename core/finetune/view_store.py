"""Made views on the disk: a run that was ended while it made them goes on there. What a view is: views.py.

Each file is whole or not there, is checked when it is read, and is made again where it is damaged or of another job.
"""

import contextlib
import os
import shutil
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from core.datasets.transform import Example
from core.finetune.distil import Taught
from core.finetune.views import View

VIEWS_NAME = "views"
_MOST_BYTES = 4 << 30
_FREE_SHARE = 0.1
"""Of the disk's free space that views may take."""
_CHECK_BYTES = 4


class ViewStore:
    """The views of one job.

    Args:
        folder: of the job. key: of the job; what another one left is not used.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._folder, self._key = folder / VIEWS_NAME, key
        self._budget = min(_MOST_BYTES, _FREE_SHARE * _free_bytes(folder))

    def get(self, name: str) -> View | None:
        """The view of that name, exactly as it was; None where it is to be made."""
        path = self._path(name)
        try:
            content = path.read_bytes()
            data, check = content[:-_CHECK_BYTES], content[-_CHECK_BYTES:]
            if _check(data, self._key) != check:
                return None
            view = _view(load(data))
        except (OSError, SafetensorError, KeyError, ValueError):
            return None
        self._budget -= len(content)
        return view

    def put(self, name: str, view: View) -> None:
        """Keep a view. Where the disk has no room for it, it will be made again: that is no error."""
        data = save(_tensors(view))
        if len(data) > self._budget:
            return
        path = self._path(name)
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")  # on several devices each makes them
        try:
            self._folder.mkdir(exist_ok=True)
            partial.write_bytes(data + _check(data, self._key))
            os.replace(partial, path)
            self._budget -= len(data)
        except OSError:
            self._budget = 0.0
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove all views."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.view"


def _free_bytes(folder: Path) -> float:
    try:
        return float(shutil.disk_usage(folder).free)
    except OSError:
        return 0.0


def _check(data: bytes, key: str) -> bytes:
    return zlib.crc32(data, zlib.crc32(key.encode())).to_bytes(_CHECK_BYTES, "little")


def _tensors(view: View) -> dict[str, Tensor]:
    example = view.example
    maps = {"ground_truth": example.ground_truth, "rgb_side": example.rgb_side, "valid": example.valid}
    tensors = {name: torch.as_tensor(_packed(values)) for name, values in maps.items()}
    tensors |= {"rgb": torch.as_tensor(example.rgb), "flow": torch.as_tensor(example.flow)}
    tensors["weight"] = torch.tensor(example.weight, dtype=torch.float64)
    tensors |= {f"features.{place}": tensor for place, tensor in enumerate(view.features or ())}
    if view.taught is not None:
        tensors |= {"final": view.taught.final, "scores": view.taught.scores}
        tensors |= {f"sides.{place}": tensor for place, tensor in enumerate(view.taught.sides)}
    return {name: tensor.contiguous() for name, tensor in tensors.items()}


def _view(tensors: Mapping[str, Tensor]) -> View:
    example = Example(
        tensors["rgb"].numpy(),
        tensors["flow"].numpy(),
        _unpacked(tensors["ground_truth"]),
        _unpacked(tensors["rgb_side"]),
        _unpacked(tensors["valid"]),
        float(tensors["weight"]),
    )
    features = _numbered(tensors, "features")
    taught = None
    if "final" in tensors:
        taught = Taught(tensors["final"], tuple(_numbered(tensors, "sides")), tensors["scores"])
    return View(example, features or None, taught)


def _numbered(tensors: Mapping[str, Tensor], name: str) -> list[Tensor]:
    count = sum(key.startswith(f"{name}.") for key in tensors)
    return [tensors[f"{name}.{place}"] for place in range(count)]


def _packed(values: NDArray[np.float32]) -> NDArray[np.generic]:
    """Maps of zeros and ones, which most are, in a quarter of the bytes."""
    small = values.astype(np.uint8)
    return small if np.array_equal(small, values) else np.ascontiguousarray(values)


def _unpacked(values: Tensor) -> NDArray[np.float32]:
    return values.to(torch.float32).numpy()
