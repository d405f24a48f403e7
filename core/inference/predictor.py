"""One frame in, one Prediction out: sizes, flow picture, runtime and its fallback. No reading of clips here."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from core.flow import flow_picture, white_picture
from core.inference.choice import RuntimeChoice
from core.inference.flow import FLOW_TIMING, choose_flow, flow_notices
from core.inference.settings import InferenceSettings
from core.network import (
    CagDde,
    CheckpointMetadata,
    file_hash,
    load_checkpoint,
    network_input_size,
    resize_picture,
)
from core.types import FlowField, GrayImage, Prediction, RgbImage, SizeHW


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

    Args:
        checkpoint: the file that holds the weights; None where there is none.
        at_once: see Predictor.load.
    """

    def __init__(
        self,
        model: CagDde,
        metadata: CheckpointMetadata,
        weights_sha256: str,
        settings: InferenceSettings,
        checkpoint: Path | None = None,
        at_once: bool = False,
    ) -> None:
        self.model = model.eval()
        self.metadata = metadata
        self.weights_sha256 = weights_sha256
        self.settings = settings
        self._at_once = at_once
        self._choice = RuntimeChoice(self.model, checkpoint, weights_sha256, settings, at_once)
        self.flow = choose_flow(settings.flow, self._choice.device, settings.threads)
        self._flow_description = self.flow.description()

    @classmethod
    def load(cls, checkpoint: Path, settings: InferenceSettings | None = None, at_once: bool = False) -> Self:
        """Load a checkpoint.

        Args:
            at_once: for a person who waits. The first frames go to whatever runs now, and the runtimes are
                measured on them; otherwise warm_up measures, and all frames of a size run on one runtime.

        Raises:
            CheckpointError: missing, damaged or foreign weights.
            DeviceError: the requested device or runtime is not there.
        """
        model, metadata = load_checkpoint(checkpoint)
        sha256 = file_hash(checkpoint)
        return cls(model, metadata, sha256, settings or InferenceSettings(), checkpoint, at_once)

    @property
    def notices(self) -> list[str]:
        """Sentences to show: where flow and runtime are not what was expected. They only grow."""
        return flow_notices(self.metadata.flow, self.flow_description) + self._choice.notices

    @property
    def flow_description(self) -> dict[str, Any]:
        """Method, settings and timing of the flow, as checkpoints record them."""
        return {**self._flow_description, "timing": FLOW_TIMING}

    @property
    def device_name(self) -> str:
        """For people; of the runtime in use, once one is."""
        runtime = self._choice.in_use
        return runtime.device_name if runtime is not None else self._choice.device

    @property
    def precision(self) -> str:
        """ "float32" or "bfloat16"; empty before the first frame or warm_up."""
        runtime = self._choice.in_use
        return runtime.precision if runtime is not None else ""

    @property
    def best_batch(self) -> int:
        """Frames to run at once where nobody waits for a single one."""
        return 8 if self._choice.device == "cuda" else 1

    def network_size(self, frame_hw: SizeHW) -> SizeHW:
        """Size at which frames of this size enter the network."""
        return network_input_size(self.model.config, frame_hw, self.settings.size)

    def result_settings(self) -> dict[str, Any]:
        """What, beside clip and weights, a result depends on: part of the cache's key. Call after warm_up."""
        return {
            "side": self.settings.size,
            "flow": self._flow_description,
            "precision": self._choice.aimed_precision,
        }

    def warm_up(self, frame_hw: SizeHW) -> None:
        """Compile for frames of this size, choose the runtime and run once, so that no frame is a slow one.

        A predictor that is to run `at_once` leaves the running and choosing to the first frames.
        """
        size_hw = self.network_size(frame_hw)
        runtime = self._choice.runtime(size_hw)
        blank = np.repeat(white_picture(size_hw)[None], self.best_batch, axis=0)
        while not self._at_once:
            runtime(blank, blank)
            if self._choice.is_settled(size_hw):
                return

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
        output = self._choice.runtime(size_hw)(
            np.stack([item.rgb for item in inputs]), np.stack([item.flow_picture for item in inputs])
        )
        results = zip(inputs, output.saliency_u8, output.scores, output.side_maps_u8, strict=True)
        return [
            Prediction(
                item.index,
                item.pts_seconds,
                saliency,
                scores,
                sides,
                item.flow_picture,
                self._expected_iou(saliency, scores),
            )
            for item, saliency, scores, sides in results
        ]

    def _expected_iou(self, saliency_u8: GrayImage, scores: NDArray[np.float32]) -> float | None:
        calibration = self.metadata.calibration
        return None if calibration is None else calibration.expected_iou(saliency_u8, scores)

    def predict(self, index: int, pts_seconds: float, rgb: RgbImage, field: FlowField | None) -> Prediction:
        """Predict one frame; arguments as for `prepare`."""
        return self.run([self.prepare(index, pts_seconds, rgb, field)])[0]
