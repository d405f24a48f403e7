"""Runs a network over evaluation frames and measures its maps. Which frames, and what follows, is decided elsewhere."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.finetune.frames import EvaluationFrame
from core.finetune.groups import EncoderCut
from core.finetune.outcome import Measures
from core.metrics import find_protocol, measure_frame, measure_mask, prepare_frame
from core.metrics.flicker import flicker
from core.network.cagdde import CagDde, ModelOutput
from core.network.objective import soft_iou
from core.network.preprocess import normalise
from core.types import LEVELS, STREAMS, GrayImage, RgbImage

PROTOCOL = "frames"

OnFrame = Callable[[], None]


@dataclass(frozen=True, slots=True, eq=False)
class FrameMaps:
    """What a network says of an evaluation frame.

    saliency_u8: uint8 hxw. before_u8: of the frame before, where that is known.
    scores, reached: float32 (10,), confidence scores and the soft IoU that each side map reaches.
    """

    frame: EvaluationFrame
    saliency_u8: GrayImage
    before_u8: GrayImage | None
    scores: NDArray[np.float32]
    reached: NDArray[np.float32]


class FrameRunner:
    """Runs networks that share their frozen stages over the same frames.

    Args:
        cut: of any of these networks. budget: bytes that kept features may take.
    """

    def __init__(
        self, frames: Sequence[EvaluationFrame], cut: EncoderCut, device: torch.device, budget: float
    ) -> None:
        self.frames, self._cut, self._device, self._budget = list(frames), cut, device, budget
        self._kept: dict[int, list[Tensor]] = {}

    def maps(self, model: CagDde) -> Iterator[FrameMaps]:
        """In the frames' order, float32. The model is left in evaluation mode."""
        model.eval()
        cut = EncoderCut(model, self._cut.learning)
        for number, frame in enumerate(self.frames):
            output = self._run(model, cut, frame.rgb, frame.flow, number)
            before = None
            if frame.before is not None:
                before = map_u8(self._run(model, cut, frame.before.rgb, frame.before.flow, None))
            scores, reached = _side_scores(output, frame, self._device)
            yield FrameMaps(frame, map_u8(output), before, scores, reached)

    @torch.inference_mode()
    def _run(
        self, model: CagDde, cut: EncoderCut, rgb: RgbImage, flow: RgbImage, number: int | None
    ) -> ModelOutput:
        features = self._kept.get(-1 if number is None else number)
        if features is None:
            features = cut.frozen(normalise(np.stack((rgb, flow))).to(self._device))
            self._keep(number, features)
        return model.heads(cut.rest(features), (rgb.shape[0], rgb.shape[1]))

    def _keep(self, number: int | None, features: list[Tensor]) -> None:
        size = sum(tensor.nbytes for tensor in features)
        if number is not None and size <= self._budget:
            self._budget -= size
            self._kept[number] = features


def map_u8(output: ModelOutput) -> GrayImage:
    """The final saliency map, uint8 hxw."""
    saliency = torch.sigmoid(output.final_logits.float())[0, 0].cpu().numpy()
    return np.rint(saliency * 255).astype(np.uint8)


def _side_scores(
    output: ModelOutput, frame: EvaluationFrame, device: torch.device
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    truth = torch.as_tensor((frame.truth > 127).astype(np.float32))[None, None].to(device)
    reached: list[float] = []
    for level in range(LEVELS):
        sides = torch.sigmoid(output.side_logits[level].float())
        small = torch.nn.functional.interpolate(truth, sides.shape[-2:], mode="area")
        small = (small >= 0.5).float()
        for stream in range(len(STREAMS)):
            reached.append(float(soft_iou(sides[:, stream : stream + 1], small, 1.0)))
    return output.scores[0].float().cpu().numpy().reshape(-1), np.array(reached, np.float32)


def frame_j(maps: FrameMaps) -> float:
    """J of one frame at 0.5."""
    return measure_mask(prepare_frame(maps.saliency_u8, maps.frame.truth, find_protocol(PROTOCOL))).j


def j_by_clip(maps: Iterable[FrameMaps]) -> dict[str, float]:
    """Mean J at 0.5 of the frames of each clip, by its name."""
    found: dict[str, list[float]] = {}
    for item in maps:
        found.setdefault(item.frame.clip, []).append(frame_j(item))
    return {clip: float(np.mean(values)) for clip, values in found.items()}


def measure_maps(
    maps: Iterable[FrameMaps], thorough: bool = False, on_frame: OnFrame = lambda: None
) -> Measures:
    """The measures of all frames, averaged over frames.

    Args:
        thorough: boundary F as well (else 0), and flicker. on_frame: called after each frame; may raise to end it.
    """
    protocol = find_protocol(PROTOCOL)
    rows: list[tuple[float, float, float, float]] = []
    curves: list[NDArray[np.float64]] = []
    flickers: list[float] = []
    for item in maps:
        prepared = prepare_frame(item.saliency_u8, item.frame.truth, protocol)
        saliency, mask = measure_frame(prepared, protocol), measure_mask(prepared, thorough)
        rows.append((saliency.s_measure, saliency.mae, mask.j, mask.boundary_f if thorough else 0.0))
        curves.append(saliency.f_curve)
        if thorough and item.before_u8 is not None and item.frame.before is not None:
            before = item.frame.before
            flickers.append(flicker(item.before_u8, item.saliency_u8, before.forward, before.backward))
        on_frame()
    s_measure, mae, j, boundary = (float(value) for value in np.mean(rows, 0))
    known = [value for value in flickers if not np.isnan(value)]
    max_f = float(np.mean(curves, 0).max())
    return Measures(len(rows), max_f, s_measure, mae, j, boundary, float(np.mean(known)) if known else None)
