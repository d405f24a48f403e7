"""Measures on clips that are not trained on: what chooses a checkpoint and what the model card reports."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from core.datasets.layout import find_clip
from core.datasets.sample import Sample
from core.datasets.transform import SecondStream
from core.flow import DisFlow, flow_picture, white_picture
from core.metrics import ClipMaps, Report, evaluate
from core.network.cagdde import CagDde
from core.network.config import ModelConfig, network_input_size
from core.network.preprocess import normalise, resize_picture
from core.types import FlowField, GrayImage, RgbImage, SizeHW

if TYPE_CHECKING:  # data sets need core.video, which is not there on every server that trains
    from core.training.set_clips import Fields, SetClip


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    rgb: RgbImage
    flow: RgbImage
    ground_truth: GrayImage


class SelectionSet:
    """Frames of clips with ground truth, ready for the network.

    Args:
        folders: clip folders with frames/ and masks/; their frames are kept in memory.
        stride: only every n-th frame.
        second: what the second stream sees: the flow picture, a white picture (no motion), or the frame itself.
        side: input side, None for the config's.
    """

    clips: dict[str, Iterable[_View]]

    def __init__(
        self,
        folders: list[Path],
        config: ModelConfig,
        stride: int = 1,
        second: SecondStream = "flow",
        side: int | None = None,
    ) -> None:
        self._config, self._stride, self._side = config, stride, side
        self._second: SecondStream = second
        self.clips = {folder.name: list(_views(folder, config, stride, second, side)) for folder in folders}

    def add(self, clips: "Sequence[SetClip]", fields: "Fields | None") -> None:
        """Add clips of data sets, whose frames are read anew at every look.

        Args:
            fields: their flow.
        """
        for clip in clips:
            self.clips[clip.name] = _SetViews(
                clip, fields, self._config, self._stride, self._second, self._side
            )

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

    def predictions(
        self, model: CagDde, device: torch.device
    ) -> Iterator[tuple[str, GrayImage, NDArray[np.float32], GrayImage]]:
        """Of every frame: the clip's name, map (uint8, network size), scores (float32 (5, 2)), ground truth."""
        model.eval()
        for name, views in self.clips.items():
            for view in views:
                yield name, *_predict(model, view, device, False), view.ground_truth


@dataclass(frozen=True, slots=True, eq=False)
class _SetViews:
    clip: "SetClip"
    fields: "Fields | None"
    config: ModelConfig
    stride: int
    second: SecondStream
    side: int | None

    def __iter__(self) -> Iterator[_View]:
        for index in self.clip.clip.annotated[:: self.stride]:
            yield _view(self.clip.load(index, self.fields), self.config, self.second, self.side)


def _views(
    folder: Path, config: ModelConfig, stride: int, second: SecondStream, side: int | None
) -> Iterator[_View]:
    clip, estimator = find_clip(folder), DisFlow()
    for index in range(0, len(clip.frames), stride):
        yield _view(clip.load(index, estimator), config, second, side)


def _view(sample: Sample, config: ModelConfig, second: SecondStream, side: int | None) -> _View:
    assert sample.ground_truth is not None
    size_hw = network_input_size(config, (sample.rgb.shape[0], sample.rgb.shape[1]), side)
    rgb = resize_picture(sample.rgb, size_hw)
    return _View(rgb, _second_picture(second, rgb, sample.flow, size_hw), sample.ground_truth)


def _second_picture(second: SecondStream, rgb: RgbImage, flow: FlowField | None, size_hw: SizeHW) -> RgbImage:
    if second == "rgb":
        return rgb
    return white_picture(size_hw) if second == "white" or flow is None else flow_picture(flow, size_hw)


def _pairs(
    model: CagDde, views: Iterable[_View], device: torch.device, mixed_precision: bool
) -> Iterator[tuple[GrayImage, GrayImage]]:
    for view in views:
        yield _predict(model, view, device, mixed_precision)[0], view.ground_truth


@torch.inference_mode()
def _predict(
    model: CagDde, view: _View, device: torch.device, mixed_precision: bool
) -> tuple[GrayImage, NDArray[np.float32]]:
    rgb, flow = normalise(view.rgb[None]).to(device), normalise(view.flow[None]).to(device)
    with torch.autocast(device.type, torch.bfloat16, enabled=mixed_precision):
        output = model(rgb, flow)
    saliency = torch.sigmoid(output.final_logits.float())[0, 0].cpu().numpy()
    return np.rint(saliency * 255).astype(np.uint8), output.scores[0].float().cpu().numpy()
