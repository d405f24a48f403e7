"""Runs the network with OpenVINO on a processor, at one size. Conversion lives in openvino_conversion.py."""

from pathlib import Path
from typing import Any, cast

import numpy as np

from core.errors import DeviceError
from core.inference.openvino_conversion import first_line, stored_or_converted
from core.inference.openvino_import import ov
from core.inference.runtime import BatchU8, Precision, RuntimeOutput
from core.network import CagDde
from core.types import SizeHW


class OpenVinoRuntime:
    """See Runtime. Takes pictures of one size.

    Args:
        model: in eval mode.
        size_hw: network size.
        place: where the conversion is kept (openvino_conversion.conversion_place); None keeps none.
        threads: None for OpenVINO's own choice.

    Raises:
        DeviceError: the network cannot be converted or compiled.
    """

    device_name = "cpu (openvino)"

    def __init__(
        self, model: CagDde, size_hw: SizeHW, place: Path | None, threads: int | None = None
    ) -> None:
        self.size_hw = size_hw
        self.precision = openvino_precision()
        core = cast(Any, ov.Core())  # openvino's stubs leave most types unknown
        try:
            graph = stored_or_converted(core, model, place)
            # With the size known, compiling folds all arithmetic on sizes away.
            graph.reshape({port: ov.PartialShape([1, *size_hw, 3]) for port in graph.inputs})
            self._compiled = core.compile_model(graph, "CPU", _options(self.precision, threads))
        except RuntimeError as error:
            reason = first_line(error)
            raise DeviceError(f"OpenVINO cannot run this model: {reason}. Choose runtime torch.") from error
        self._request = self._compiled.create_infer_request()

    def __call__(self, rgb_batch: BatchU8, flow_batch: BatchU8) -> RuntimeOutput:
        """One picture at a time: the compiled graph has batch size 1, which is the quickest on a processor."""
        parts = [self._run(rgb, flow) for rgb, flow in zip(rgb_batch, flow_batch, strict=True)]
        saliency, scores, sides = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        return RuntimeOutput(saliency, scores, sides)

    def _run(self, rgb: BatchU8, flow: BatchU8) -> list[Any]:
        self._request.infer([np.ascontiguousarray(rgb)[None], np.ascontiguousarray(flow)[None]])
        # The request's memory is written again by the next frame, so the results are copied out.
        return [self._request.get_output_tensor(port).data.copy() for port in range(3)]


def openvino_precision() -> Precision:
    """ "bfloat16" where the processor computes it natively, else "float32"."""
    native = "BF16" in cast(Any, ov.Core()).get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "bfloat16" if native else "float32"


def _options(precision: Precision, threads: int | None) -> dict[str, Any]:
    options: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32",
        "ENABLE_CPU_PINNING": False,  # decoding and flow share the processor
    }
    if threads is not None:
        options["INFERENCE_NUM_THREADS"] = threads
    return options
