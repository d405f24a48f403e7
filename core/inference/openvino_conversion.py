"""From torch to OpenVINO for any input size, and the copies on disk. Running one lives in openvino_runtime.py."""

import hashlib
import logging
import os
import shutil
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, cast

import torch

from core.inference.graph import InferenceGraph
from core.inference.openvino_import import ov
from core.network import CagDde

logger = logging.getLogger(__name__)

_KEPT_BYTES = 1 << 30
_ABANDONED_SECONDS = 3600.0
_GRAPH_VERSION = 2
"""Part of the file name: a change of InferenceGraph must not meet an old conversion."""
_TRACED_SIDE = 65
"""Small, for speed; odd, so that no resizing happens to change nothing, which tracing would leave out."""


def conversion_place(folder: Path, checkpoint: Path, sha256: str) -> Path:
    """Where the conversion of a weights file is kept.

    The name begins with the file's own path, so that other weights under that path displace it.

    Args:
        sha256: of the weights.
    """
    owner = hashlib.sha256(os.path.abspath(checkpoint).encode(errors="surrogateescape")).hexdigest()[:12]
    return folder / f"{owner}-{sha256[:32]}-{_GRAPH_VERSION}-{ov.__version__.split('-')[0]}"


def is_stored(place: Path) -> bool:
    """Whether a conversion is there; it may still turn out damaged."""
    return os.path.exists(place)  # Path.exists raises where the folder may not be entered


def stored_or_converted(core: Any, model: CagDde, place: Path | None) -> Any:
    """The network as an OpenVINO model that can be reshaped to any input size.

    Args:
        core: openvino.Core. place: see conversion_place; None keeps nothing.

    Raises:
        RuntimeError: it cannot be converted.
    """
    if place is None:
        return convert(model)
    if is_stored(place):
        try:
            return _read(core, place)
        except (OSError, RuntimeError, ValueError) as error:
            logger.warning(
                "the stored conversion %s is damaged (%s) and is made again", place, first_line(error)
            )
            shutil.rmtree(place, ignore_errors=True)
    converted = convert(model)
    try:
        store(converted, place)
    except (OSError, RuntimeError) as error:  # costs only the time to convert again
        logger.warning("the OpenVINO conversion is not kept in %s: %s", place.parent, error)
    return converted


def convert(model: CagDde) -> Any:
    """A model of inputs 1xHxWx3 with open H and W. Holds Python's lock for up to a second.

    Raises:
        RuntimeError: OpenVINO or torch refuses.
    """
    picture = torch.zeros((1, _TRACED_SIDE, _TRACED_SIDE, 3), dtype=torch.uint8)
    graph = InferenceGraph(model).eval()
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing tells of branches that do not depend on the size
        # Traced here, since OpenVINO's own call runs the network three times to check the trace.
        traced = cast(Any, torch.jit).trace(graph, (picture, picture), check_trace=False)
        shape = ov.PartialShape([1, -1, -1, 3])
        return cast(Any, ov).convert_model(traced, example_input=(picture, picture), input=[shape, shape])


def store(converted: Any, place: Path) -> None:
    """Keep a conversion, and drop those of other weights under the same path.

    Raises:
        OSError, RuntimeError: it cannot be written.
    """
    folder = place.parent
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as scratch:
        half_way = Path(scratch) / "model"
        half_way.mkdir()
        ov.save_model(converted, half_way / "model.xml", compress_to_fp16=False)
        if not place.exists():
            half_way.rename(place)
    for stale in folder.glob(f"{place.name.split('-')[0]}-*"):
        if stale != place:
            shutil.rmtree(stale, ignore_errors=True)
    _remove_oldest(folder, place)


def first_line(error: Exception) -> str:
    """What went wrong, without OpenVINO's pages of detail."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _read(core: Any, place: Path) -> Any:
    text = (place / "model.xml").read_bytes()
    if not text.startswith(b"<?xml") or not text.rstrip().endswith(b"</net>"):
        raise ValueError("model.xml is not whole")  # OpenVINO would try every format it knows, and print
    model = core.read_model(place / "model.xml")
    try:
        os.utime(place)  # least recently used goes first
    except OSError as error:
        logger.info("the age of %s cannot be set: %s", place, error)
    return model


def _remove_oldest(folder: Path, own: Path) -> None:
    """Delete what writing left unfinished, and the conversions longest unused beyond the limit."""
    now, total = time.time(), 0
    ages = {path: path.stat().st_mtime for path in folder.iterdir() if path.is_dir()}
    for path, used in sorted(ages.items(), key=lambda item: -item[1]):
        total += sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        abandoned = path.name.startswith(".new-") and now - used > _ABANDONED_SECONDS
        if path != own and (abandoned or (total > _KEPT_BYTES and not path.name.startswith("."))):
            shutil.rmtree(path, ignore_errors=True)
