"""Runs the network with torch: bfloat16 autocast on cuda, float32 elsewhere."""

import contextlib
from typing import cast

import numpy as np
import torch

from core.errors import DeviceError
from core.inference.graph import InferenceGraph
from core.inference.runtime import BatchU8, RuntimeOutput
from core.network import CagDde


class TorchRuntime:
    """See Runtime. Takes pictures of any size.

    Args:
        model: moved to the device and put into eval mode.
        device: "cuda", "mps" or "cpu".
        threads: processor threads, None for torch's own choice. torch has one number for the whole process.
    """

    def __init__(self, model: CagDde, device: str, threads: int | None = None) -> None:
        if device == "cpu" and threads is not None:
            torch.set_num_threads(threads)
        self.device_name = device
        self.precision = "bfloat16" if device == "cuda" and torch.cuda.is_bf16_supported() else "float32"
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
                tensors = self._graph(self._moved(rgb_batch), self._moved(flow_batch))
                saliency, scores, sides = (tensor.cpu().numpy() for tensor in tensors)
        except torch.OutOfMemoryError as error:
            raise _out_of_memory(self.device_name) from error
        return RuntimeOutput(saliency, scores, sides)

    def _moved(self, batch: BatchU8) -> torch.Tensor:
        return torch.as_tensor(np.ascontiguousarray(batch)).to(self._device, non_blocking=True)

    def _autocast(self) -> contextlib.AbstractContextManager[object]:
        if self.precision == "bfloat16":
            return torch.autocast(self._device.type, torch.bfloat16)
        return contextlib.nullcontext()


def _out_of_memory(device: str) -> DeviceError:
    return DeviceError(
        f"The memory of {device} is full: choose a smaller size, another device, or close programs."
    )
