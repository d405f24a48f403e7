"""torch on cuda with the whole network recorded as one CUDA graph, so that the processor starts it in one call."""

import logging

import torch
from torch import Tensor

from core.inference.torch_runtime import TorchRuntime

logger = logging.getLogger(__name__)

_WARM_UPS = 3

Shape = tuple[int, ...]


class CudaGraphRuntime(TorchRuntime):
    """See Runtime. The first shape of batch is recorded and replayed; batches of other shapes, as the last one of a
    clip may be, and everything after a failed recording, run as ever."""

    _shape: Shape | None = None
    _replay: torch.cuda.CUDAGraph | None = None

    def _computed(self, rgb: Tensor, flow: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        if self._shape is None:
            self._shape = tuple(rgb.shape)
            self._try_to_record(rgb, flow)
        if self._replay is None or tuple(rgb.shape) != self._shape:
            return super()._computed(rgb, flow)
        self._rgb.copy_(rgb)
        self._flow.copy_(flow)
        self._replay.replay()
        return self._result

    def _try_to_record(self, rgb: Tensor, flow: Tensor) -> None:
        try:
            self._record(rgb, flow)
        except RuntimeError as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            logger.warning("the network cannot be recorded as a CUDA graph and runs without: %s", reason)

    def _record(self, rgb: Tensor, flow: Tensor) -> None:
        self._rgb, self._flow = rgb.clone(), flow.clone()
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):  # recording wants every library's set-up behind it
            for _ in range(_WARM_UPS):
                super()._computed(self._rgb, self._flow)
        torch.cuda.current_stream().wait_stream(aside)
        # Weights cast outside the recording would be freed when autocast ends.
        torch.clear_autocast_cache()
        recording = torch.cuda.CUDAGraph()
        with torch.cuda.graph(recording):
            self._result = super()._computed(self._rgb, self._flow)
        self._replay = recording
