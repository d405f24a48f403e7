"""One frame in, one Prediction out: sizes, flow picture, runtime and its fallback. No reading of clips here."""

import logging
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from platformdirs import user_cache_dir

from core.errors import DeviceError
from core.flow import DisSettings, flow_picture, white_picture
from core.inference.runtime import Runtime, resolve_device, wants_openvino
from core.inference.settings import InferenceSettings
from core.network import (
    CagDde,
    CheckpointMetadata,
    file_hash,
    load_checkpoint,
    network_input_size,
    resize_picture,
)
from core.types import FlowField, Prediction, RgbImage, SizeHW

logger = logging.getLogger(__name__)

_KEPT_RUNTIMES = 2

FLOW_TIMING = "t->t+1"
"""What core.flow.flow_for_frame gives, as checkpoints record it."""


@dataclass(frozen=True, slots=True, eq=False)
class NetworkInput:
    """A frame ready for the network: uint8 pictures hxwx3 at network size."""

    index: int
    pts_seconds: float
    rgb: RgbImage
    flow_picture: RgbImage


class Predictor:
    """A loaded model on a device. `prepare` may run in any thread, everything else in one thread at a time.

    Made with `Predictor.load`.
    """

    def __init__(
        self, model: CagDde, metadata: CheckpointMetadata, weights_sha256: str, settings: InferenceSettings
    ) -> None:
        self.model = model.eval()
        self.metadata = metadata
        self.weights_sha256 = weights_sha256
        self.settings = settings
        self.notices = _flow_notices(metadata, settings)
        self._device = resolve_device(settings.device)
        self._openvino = wants_openvino(settings, self._device)
        self._runtimes: OrderedDict[SizeHW | None, Runtime] = OrderedDict()

    @classmethod
    def load(cls, checkpoint: Path, settings: InferenceSettings | None = None) -> Self:
        """Load a checkpoint.

        Raises:
            CheckpointError: missing, damaged or foreign weights.
            DeviceError: the requested device or runtime is not there.
        """
        model, metadata = load_checkpoint(checkpoint)
        return cls(model, metadata, file_hash(checkpoint), settings or InferenceSettings())

    @property
    def device_name(self) -> str:
        """For people; of the runtime in use, once one is."""
        runtime = next(reversed(self._runtimes.values()), None)
        return runtime.device_name if runtime is not None else self._device

    @property
    def precision(self) -> str:
        """ "float32" or "bfloat16"; empty before the first frame or warm_up."""
        runtime = next(reversed(self._runtimes.values()), None)
        return runtime.precision if runtime is not None else ""

    @property
    def best_batch(self) -> int:
        """Frames to run at once where nobody waits for a single one."""
        return 8 if self._device == "cuda" else 1

    def network_size(self, frame_hw: SizeHW) -> SizeHW:
        """Size at which frames of this size enter the network."""
        return network_input_size(self.model.config, frame_hw, self.settings.size)

    def result_settings(self) -> dict[str, Any]:
        """What, beside clip and weights, a result depends on: part of the cache's key. Call after warm_up."""
        flow: dict[str, Any] = {"method": self.settings.flow}
        if self.settings.flow == "dis":
            defaults = DisSettings()
            flow |= {"long_side": defaults.long_side, "preset": defaults.preset}
        return {"side": self.settings.size, "flow": flow, "precision": self.precision}

    def warm_up(self, frame_hw: SizeHW) -> None:
        """Compile for frames of this size and run once, so that the first real frame is not the slow one."""
        size_hw = self.network_size(frame_hw)
        blank = white_picture(size_hw)[None]
        self._runtime(size_hw)(blank, blank)

    def prepare(self, index: int, pts_seconds: float, rgb: RgbImage, field: FlowField | None) -> NetworkInput:
        """Resize a frame and render its flow.

        Args:
            rgb: uint8 HxWx3. field: None is a picture of no motion.
        """
        size_hw = self.network_size((rgb.shape[0], rgb.shape[1]))
        picture = white_picture(size_hw) if field is None else flow_picture(field, size_hw)
        return NetworkInput(index, pts_seconds, resize_picture(rgb, size_hw), picture)

    def run(self, inputs: list[NetworkInput]) -> list[Prediction]:
        """Predict frames of one size.

        Raises:
            DeviceError: the device failed.
        """
        size_hw = inputs[0].rgb.shape[0], inputs[0].rgb.shape[1]
        output = self._runtime(size_hw)(
            np.stack([item.rgb for item in inputs]), np.stack([item.flow_picture for item in inputs])
        )
        results = zip(inputs, output.saliency_u8, output.scores, output.side_maps_u8, strict=True)
        return [
            Prediction(item.index, item.pts_seconds, saliency, scores, sides, item.flow_picture)
            for item, saliency, scores, sides in results
        ]

    def predict(self, index: int, pts_seconds: float, rgb: RgbImage, field: FlowField | None) -> Prediction:
        """Predict one frame; arguments as for `prepare`."""
        return self.run([self.prepare(index, pts_seconds, rgb, field)])[0]

    def _runtime(self, size_hw: SizeHW) -> Runtime:
        key = size_hw if self._openvino else None  # torch takes any size
        if key in self._runtimes:
            self._runtimes.move_to_end(key)
            return self._runtimes[key]
        runtime = self._new_runtime(size_hw)
        self._runtimes[size_hw if self._openvino else None] = runtime
        while len(self._runtimes) > _KEPT_RUNTIMES:
            self._runtimes.popitem(last=False)
        return runtime

    def _new_runtime(self, size_hw: SizeHW) -> Runtime:
        if self._openvino:
            try:
                return self._new_openvino(size_hw)
            except (ImportError, DeviceError) as error:
                if self.settings.runtime == "openvino":
                    raise _device_error(error) from error
                self._openvino = False
                self.notices.append(f"OpenVINO is not used, torch takes its place, which is slower: {error}")
                logger.warning(self.notices[-1])
        from core.inference.torch_runtime import TorchRuntime

        return TorchRuntime(self.model, self._device, self.settings.threads)

    def _new_openvino(self, size_hw: SizeHW) -> Runtime:
        from core.inference.openvino_runtime import OpenVinoRuntime

        folder = Path(user_cache_dir("cagdde-studio", appauthor=False)) / "openvino"
        return OpenVinoRuntime(self.model, self.weights_sha256, size_hw, folder, self.settings.threads)


def _device_error(error: ImportError | DeviceError) -> DeviceError:
    if isinstance(error, DeviceError):
        return error
    return DeviceError(f"The runtime openvino cannot be loaded ({error}): choose runtime torch.")


def _flow_notices(metadata: CheckpointMetadata, settings: InferenceSettings) -> list[str]:
    """Sentences on where the flow differs from what the model was trained with."""
    method, timing = metadata.flow.get("method"), metadata.flow.get("timing", FLOW_TIMING)
    notices: list[str] = []
    if method is not None and method != settings.flow:
        notices.append(
            f"The model was trained with {method} flow and runs with {settings.flow}: expect other quality."
        )
    if timing != FLOW_TIMING and settings.flow != "white":
        notices.append(
            f"The model was trained with flow {timing} and runs with {FLOW_TIMING}: expect other quality."
        )
    return notices
