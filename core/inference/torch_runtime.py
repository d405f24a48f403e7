"""Runs the network with torch: bfloat16 autocast or float32, on any device. CUDA graphs live in cuda_graph.py."""

import contextlib
from typing import cast

import numpy as np
import torch
from torch import Tensor

from core.errors import DeviceError
from core.inference.graph import InferenceGraph
from core.inference.runtime import BatchU8, Precision, RuntimeOutput
from core.network import CagDde


class TorchRuntime:
    """See Runtime. Takes pictures of any size.

    Args:
        model: moved to the device and put into eval mode.
        device: "cuda", "mps" or "cpu".
        threads: processor threads, None for torch's own choice. torch has one number for the whole process.
        precision: of the convolutions; what turns logits into maps is float32 in any case.
    """

    def __init__(
        self, model: CagDde, device: str, threads: int | None = None, precision: Precision = "float32"
    ) -> None:
        if device == "cpu" and threads is not None:
            torch.set_num_threads(threads)
        self.device_name = device
        self.precision = precision
        self._device = torch.device(device)
        try:
            graph = InferenceGraph(model).eval().to(self._device)
        except torch.OutOfMemoryError as error:
            raise _out_of_memory(device) from error
        self._graph = cast(InferenceGraph, graph.to(memory_format=torch.channels_last))  # pyright: ignore[reportCallIssue]

    def __call__(self, rgb_batch: BatchU8, flow_batch: BatchU8) -> RuntimeOutput:
        """Raises DeviceError when the device has not enough memory."""
        try:
            with torch.inference_mode(), self._autocast():
                tensors = self._computed(self._moved(rgb_batch), self._moved(flow_batch))
                saliency, scores, sides = (tensor.cpu().numpy() for tensor in tensors)
        except torch.OutOfMemoryError as error:
            raise _out_of_memory(self.device_name) from error
        return RuntimeOutput(saliency, scores, sides)

    def _computed(self, rgb: Tensor, flow: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self._graph(rgb, flow)

    def _moved(self, batch: BatchU8) -> Tensor:
        return torch.as_tensor(np.ascontiguousarray(batch)).to(self._device, non_blocking=True)

    def _autocast(self) -> contextlib.AbstractContextManager[object]:
        if self.precision == "bfloat16":
            return torch.autocast(self._device.type, torch.bfloat16)
        return contextlib.nullcontext()


def native_bfloat16(device: str) -> bool:
    """Whether the device computes bfloat16 itself; elsewhere it is emulated, which is slower than float32."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    ask = getattr(torch.cpu, "get_capabilities", None)
    if device != "cpu" or ask is None:
        return False
    found = ask()
    return any(found.get(name) for name in ("amx_bf16", "avx512_bf16", "bf16"))


def _out_of_memory(device: str) -> DeviceError:
    return DeviceError(
        f"The memory of {device} is full: choose a smaller size, another device, or close programs."
    )
