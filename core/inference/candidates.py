"""Which runtimes can run a model on a device, and how each is made. Which one is taken is decided in choice.py."""

import importlib.util
from pathlib import Path

from core.errors import DeviceError
from core.inference.runtime import Precision, Runtime
from core.inference.settings import InferenceSettings
from core.network import CagDde
from core.types import SizeHW

OPENVINO, TORCH, TORCH_BFLOAT16, CUDA_GRAPH = "openvino", "torch", "torch bfloat16", "torch CUDA graph"


def candidate_names(settings: InferenceSettings, device: str) -> tuple[str, ...]:
    """The runtimes to choose from, the one expected to be the quickest first.

    Raises:
        DeviceError: openvino was asked for by name and is not installed.
    """
    if device == "cuda":
        return CUDA_GRAPH, TORCH
    if device != "cpu" or settings.runtime == "torch":
        return (TORCH,)
    installed = importlib.util.find_spec("openvino") is not None
    if settings.runtime == "openvino":
        if not installed:
            raise DeviceError(
                "The runtime openvino is not installed: pip install openvino, or choose runtime torch."
            )
        return (OPENVINO,)
    from core.inference.torch_runtime import native_bfloat16

    by_torch = (TORCH_BFLOAT16, TORCH) if native_bfloat16("cpu") else (TORCH,)
    return (OPENVINO, *by_torch) if installed else by_torch


def make_runtime(
    name: str, model: CagDde, device: str, size_hw: SizeHW, threads: int | None, place: Path | None
) -> Runtime:
    """One of candidate_names.

    Args:
        place: for OpenVINO, see openvino_conversion.conversion_place.

    Raises:
        ImportError, DeviceError, RuntimeError: it cannot run here.
    """
    if name == OPENVINO:
        from core.inference.openvino_runtime import OpenVinoRuntime

        return OpenVinoRuntime(model, size_hw, place, threads)
    if name == CUDA_GRAPH:
        from core.inference.cuda_graph import CudaGraphRuntime as Chosen
    else:
        from core.inference.torch_runtime import TorchRuntime as Chosen
    return Chosen(model, device, threads, expected_precision(name, device))


def expected_precision(name: str, device: str) -> Precision:
    """What make_runtime's runtime will compute in."""
    if name == OPENVINO:
        from core.inference.openvino_runtime import openvino_precision

        return openvino_precision()
    from core.inference.torch_runtime import native_bfloat16

    half = name == TORCH_BFLOAT16 or (device == "cuda" and native_bfloat16(device))
    return "bfloat16" if half else "float32"


def library_versions(names: tuple[str, ...]) -> tuple[str, ...]:
    """Of the libraries behind these runtimes."""
    import torch

    versions = [f"torch {torch.__version__}"]
    if OPENVINO in names:
        from core.inference.openvino_import import ov

        versions.append(f"openvino {ov.__version__}")
    return tuple(versions)
