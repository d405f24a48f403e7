"""From torch to OpenVINO, and the copy of a conversion on disk. Running it lives in openvino_runtime.py."""

import logging
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any, cast

import torch

from core.inference.graph import InferenceGraph
from core.inference.openvino_import import ov
from core.network import CagDde
from core.types import SizeHW

logger = logging.getLogger(__name__)

_KEPT_CONVERSIONS = 12
_GRAPH_VERSION = 1
"""Part of the file name: a change of InferenceGraph must not meet an old conversion."""


def stored_or_converted(core: Any, model: CagDde, sha256: str, size_hw: SizeHW, folder: Path | None) -> Any:
    """The network as an OpenVINO model of one input size.

    Args:
        core: openvino.Core. sha256: of the weights. folder: where conversions are kept; None keeps none.

    Raises:
        RuntimeError: it cannot be converted.
    """
    if folder is None:
        return _convert(model, size_hw)
    name = f"{sha256[:32]}-{size_hw[0]}x{size_hw[1]}-{_GRAPH_VERSION}-{ov.__version__.split('-')[0]}"
    stored = folder / name
    if os.path.exists(stored):  # Path.exists raises where the folder may not be entered
        try:
            return _read(core, stored)
        except (OSError, RuntimeError, ValueError) as error:
            logger.warning(
                "the stored conversion %s is damaged (%s) and is made again", stored, first_line(error)
            )
            shutil.rmtree(stored, ignore_errors=True)
    converted = _convert(model, size_hw)
    _store(converted, stored)
    return converted


def first_line(error: Exception) -> str:
    """What went wrong, without OpenVINO's pages of detail."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _read(core: Any, stored: Path) -> Any:
    text = (stored / "model.xml").read_bytes()
    if not text.startswith(b"<?xml") or not text.rstrip().endswith(b"</net>"):
        raise ValueError("model.xml is not whole")  # OpenVINO would try every format it knows, and print
    return core.read_model(stored / "model.xml")


def _convert(model: CagDde, size_hw: SizeHW) -> Any:
    picture = torch.zeros((1, *size_hw, 3), dtype=torch.uint8)
    graph = InferenceGraph(model).eval()
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing tells that sizes become constants, which is what is wanted
        # Traced here, since OpenVINO's own call runs the network three times to check the trace.
        traced = cast(Any, torch.jit).trace(graph, (picture, picture), check_trace=False)
        shape = ov.PartialShape([1, *size_hw, 3])
        return cast(Any, ov).convert_model(traced, example_input=(picture, picture), input=[shape, shape])


def _store(converted: Any, stored: Path) -> None:
    """Keep a conversion; trouble is logged, since it costs only the time to convert again."""
    try:
        stored.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=stored.parent, prefix=".new-") as scratch:
            half_way = Path(scratch) / "model"
            half_way.mkdir()
            ov.save_model(converted, half_way / "model.xml", compress_to_fp16=False)
            if not stored.exists():
                half_way.rename(stored)
        _remove_oldest(stored.parent)
    except (OSError, RuntimeError) as error:
        logger.warning("the OpenVINO conversion is not kept in %s: %s", stored.parent, error)


def _remove_oldest(folder: Path) -> None:
    kept = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
    for path in kept[:-_KEPT_CONVERSIONS]:
        shutil.rmtree(path, ignore_errors=True)
