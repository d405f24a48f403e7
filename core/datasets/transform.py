"""From a sample to what the network trains on: crop, flip, colour, the rendered flow picture and the targets."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.datasets.sample import IGNORE, Sample
from core.flow import flow_picture, white_picture
from core.opencv import cv2
from core.types import FlowField, RgbImage, SizeHW

SecondStream = Literal["flow", "white", "rgb"]
"""What the flow stream sees: the flow picture, a white one (no motion), or the frame itself."""


@dataclass(frozen=True, slots=True)
class TransformSettings:
    """Augmentation and the use of the teacher.

    min_crop: smallest share of a side that a crop keeps. stretch: largest change of shape, as a factor.
    white_flow: share of samples whose flow picture is dropped to white.
    teacher_rgb_side: weight of the teacher in the RGB stream's side targets.
    teacher_white: weight of the teacher in the final target where the flow is white: what the image alone can tell.
    teacher_final: the same where there is flow. pseudo_weight: how much a sample without ground truth counts.
    """

    min_crop: float = 0.6
    stretch: float = 1.25
    white_flow: float = 0.1
    teacher_rgb_side: float = 0.5
    teacher_white: float = 0.5
    teacher_final: float = 0.0
    pseudo_weight: float = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """One element of a batch: pictures uint8 HxWx3, targets float32 HxW in [0, 1], valid 0 or 1, weight."""

    rgb: RgbImage
    flow: RgbImage
    ground_truth: NDArray[np.float32]
    rgb_side: NDArray[np.float32]
    valid: NDArray[np.float32]
    weight: float


@dataclass(frozen=True, slots=True)
class _Crop:
    top: int
    left: int
    height: int
    width: int
    flip: bool

    def picture(self, picture: NDArray[np.uint8], size_hw: SizeHW, method: int) -> NDArray[np.uint8]:
        part = picture[self.top : self.top + self.height, self.left : self.left + self.width]
        if self.flip:
            part = part[:, ::-1]
        return np.asarray(cv2.resize(part, (size_hw[1], size_hw[0]), interpolation=method), np.uint8)

    def field(self, field: FlowField, frame_hw: SizeHW) -> FlowField:
        """The cropped field; a horizontal flip also negates u."""
        sy, sx = field.size_hw[0] / frame_hw[0], field.size_hw[1] / frame_hw[1]
        rows = slice(
            round(self.top * sy), max(round(self.top * sy) + 1, round((self.top + self.height) * sy))
        )
        columns = slice(
            round(self.left * sx), max(round(self.left * sx) + 1, round((self.left + self.width) * sx))
        )
        uv = field.uv[rows, columns]
        if self.flip:
            uv = uv[:, ::-1] * np.array([-1, 1], np.float32)
        return FlowField(np.ascontiguousarray(uv))


def make_example(
    sample: Sample, size_hw: SizeHW, rng: np.random.Generator, settings: TransformSettings
) -> Example:
    """Crop, flip, recolour and render one sample at the batch's size.

    The flow field is cropped and flipped before it is rendered, so that hue stays direction and the colours fill
    the wheel as they would for a video of just this view.
    """
    frame_hw = (sample.rgb.shape[0], sample.rgb.shape[1])
    crop = _choose_crop(sample, frame_hw, size_hw, rng, settings)
    rgb = _recolour(crop.picture(sample.rgb, size_hw, cv2.INTER_AREA), rng)
    no_flow = sample.flow is None or rng.random() < settings.white_flow
    if no_flow or sample.flow is None:
        flow = white_picture(size_hw)
    else:
        flow = flow_picture(crop.field(sample.flow, frame_hw), size_hw)
    return _with_targets(sample, crop, size_hw, rgb, flow, no_flow, settings)


def whole_example(sample: Sample, size_hw: SizeHW, flip: bool, second: SecondStream = "flow") -> Example:
    """The whole sample at the batch's size, mirrored or not, and nothing else changed: the paper's augmentation."""
    frame_hw = (sample.rgb.shape[0], sample.rgb.shape[1])
    crop = _Crop(0, 0, *frame_hw, flip)
    rgb = crop.picture(sample.rgb, size_hw, cv2.INTER_AREA)
    if second == "rgb":
        flow = rgb
    elif second == "white" or sample.flow is None:
        flow = white_picture(size_hw)
    else:
        flow = flow_picture(crop.field(sample.flow, frame_hw), size_hw)
    return _with_targets(sample, crop, size_hw, rgb, flow, flow is rgb, TransformSettings())


def _with_targets(
    sample: Sample,
    crop: _Crop,
    size_hw: SizeHW,
    rgb: RgbImage,
    flow: RgbImage,
    no_flow: bool,
    settings: TransformSettings,
) -> Example:
    teacher = None if sample.teacher is None else _unit(crop.picture(sample.teacher, size_hw, cv2.INTER_AREA))
    if sample.ground_truth is None:
        assert teacher is not None
        return Example(rgb, flow, teacher, teacher, np.ones(size_hw, np.float32), settings.pseudo_weight)
    drawn = crop.picture(sample.ground_truth, size_hw, cv2.INTER_NEAREST)
    truth, valid = np.where(drawn == 255, 1, 0).astype(np.float32), (drawn != IGNORE).astype(np.float32)
    if teacher is None:
        return Example(rgb, flow, truth, truth, valid, 1.0)
    final = _mix(truth, teacher, settings.teacher_white if no_flow else settings.teacher_final)
    return Example(rgb, flow, final, _mix(truth, teacher, settings.teacher_rgb_side), valid, 1.0)


def _choose_crop(
    sample: Sample, frame_hw: SizeHW, size_hw: SizeHW, rng: np.random.Generator, settings: TransformSettings
) -> _Crop:
    """A window of nearly the batch's shape that keeps at least half of the object, else the last one tried."""
    height, width = frame_hw
    wanted = size_hw[1] / size_hw[0] * np.exp(rng.uniform(-1, 1) * np.log(settings.stretch))
    full_width, full_height = min(width, height * wanted), min(height, width / wanted)
    if (
        full_width * full_height < 0.5 * width * height
    ):  # e.g. a portrait still in a wide batch: rather squeeze
        full_width, full_height = width, height
    guide = sample.ground_truth if sample.ground_truth is not None else sample.teacher
    assert guide is not None
    present = float((guide > IGNORE).sum())
    crop = _Crop(0, 0, height, width, False)
    for _ in range(5):
        share = rng.uniform(settings.min_crop, 1)
        h, w = max(16, round(full_height * share)), max(16, round(full_width * share))
        h, w = min(h, height), min(w, width)
        top, left = int(rng.integers(height - h + 1)), int(rng.integers(width - w + 1))
        crop = _Crop(top, left, h, w, bool(rng.random() < 0.5))
        kept = float((guide[top : top + h, left : left + w] > IGNORE).sum())
        if kept >= 0.5 * present:
            break
    return crop


def _recolour(rgb: RgbImage, rng: np.random.Generator) -> RgbImage:
    """Brightness, contrast, saturation, tint, and sometimes blur, noise or grey."""
    x = rgb.astype(np.float32)
    if rng.random() < 0.8:
        mean = x.mean()
        x = (x - mean) * rng.uniform(0.7, 1.3) + mean * rng.uniform(0.7, 1.25)
        gray = x @ np.array([0.299, 0.587, 0.114], np.float32)
        x = gray[..., None] + (x - gray[..., None]) * rng.uniform(0.5, 1.4)
        x = x * rng.uniform(0.92, 1.08, 3).astype(np.float32)
    if rng.random() < 0.03:
        x = np.repeat(x.mean(2, keepdims=True), 3, 2)
    if rng.random() < 0.2:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.3))
    if rng.random() < 0.2:
        x = x + rng.normal(0, rng.uniform(2, 8), (*x.shape[:2], 1)).astype(np.float32)
    return np.clip(x, 0, 255).astype(np.uint8)


def _unit(map_u8: NDArray[np.uint8]) -> NDArray[np.float32]:
    return (map_u8 / 255).astype(np.float32)


def _mix(truth: NDArray[np.float32], teacher: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    return truth if share == 0 else ((1 - share) * truth + share * teacher).astype(np.float32)
