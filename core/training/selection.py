"""Measures on clips that are not trained on: what chooses a checkpoint and what the model card reports."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch

from core.datasets.layout import find_clip
from core.flow import DisFlow, flow_picture, white_picture
from core.metrics import ClipMaps, Report, evaluate
from core.network.cagdde import CagDde
from core.network.config import ModelConfig, network_input_size
from core.network.preprocess import normalise, resize_picture
from core.types import FlowField, GrayImage, RgbImage, SizeHW

SecondStream = Literal["flow", "white", "rgb"]


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    rgb: RgbImage
    flow: RgbImage
    ground_truth: GrayImage


class SelectionSet:
    """Frames of clips with ground truth, ready for the network.

    Args:
        folders: clip folders with frames/ and masks/.
        stride: only every n-th frame.
        second: what the second stream sees: the flow picture, a white picture (no motion), or the frame itself.
        side: input side, None for the config's.
    """

    def __init__(
        self,
        folders: list[Path],
        config: ModelConfig,
        stride: int = 1,
        second: SecondStream = "flow",
        side: int | None = None,
    ) -> None:
        self.clips = {folder.name: list(_views(folder, config, stride, second, side)) for folder in folders}

    def report(
        self, model: CagDde, device: torch.device, protocol: str = "authors", mixed_precision: bool = True
    ) -> Report:
        """Run the network over every clip and measure its 8-bit maps. The model is left in evaluation mode."""
        maps = self.maps(model, device, mixed_precision)
        return evaluate((ClipMaps(name, pairs) for name, pairs in maps), protocol)

    def maps(
        self, model: CagDde, device: torch.device, mixed_precision: bool = False
    ) -> Iterator[tuple[str, Iterator[tuple[GrayImage, GrayImage]]]]:
        """Each clip's name and its pairs of saliency map (uint8, network size) and ground truth (uint8 HxW)."""
        model.eval()
        for name, views in self.clips.items():
            yield name, _pairs(model, views, device, mixed_precision)


def _views(
    folder: Path, config: ModelConfig, stride: int, second: SecondStream, side: int | None
) -> Iterator[_View]:
    clip, estimator = find_clip(folder), DisFlow()
    for index in range(0, len(clip.frames), stride):
        sample = clip.load(index, estimator)
        assert sample.ground_truth is not None
        assert sample.flow is not None
        size_hw = network_input_size(config, (sample.rgb.shape[0], sample.rgb.shape[1]), side)
        rgb = resize_picture(sample.rgb, size_hw)
        yield _View(rgb, _second_picture(second, rgb, sample.flow, size_hw), sample.ground_truth)


def _second_picture(second: SecondStream, rgb: RgbImage, flow: FlowField, size_hw: SizeHW) -> RgbImage:
    if second == "rgb":
        return rgb
    return flow_picture(flow, size_hw) if second == "flow" else white_picture(size_hw)


@torch.inference_mode()
def _pairs(
    model: CagDde, views: list[_View], device: torch.device, mixed_precision: bool
) -> Iterator[tuple[GrayImage, GrayImage]]:
    for view in views:
        rgb, flow = normalise(view.rgb[None]).to(device), normalise(view.flow[None]).to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=mixed_precision):
            logits = model(rgb, flow).final_logits
        saliency = torch.sigmoid(logits.float())[0, 0].cpu().numpy()
        yield np.rint(saliency * 255).astype(np.uint8), view.ground_truth
