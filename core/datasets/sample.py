"""One training sample and its file: a frame, its ground truth, the teacher's map and the flow to the next frame."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.datasets.pictures import decode, encode
from core.types import FlowField, GrayImage, RgbImage

IGNORE = 128
"""Value of ground-truth pixels that count for nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What the objective needs of one frame.

    rgb: uint8 HxWx3. ground_truth: uint8 HxW, 255 object, 0 background, 128 ignore; None where nobody drew one.
    teacher: uint8 HxW soft map of a teacher model, or None. flow: field of any size over the same view, or None
    for a still. origin: where the sample comes from, for the mix and for reports.
    """

    rgb: RgbImage
    ground_truth: GrayImage | None
    teacher: GrayImage | None
    flow: FlowField | None
    origin: str

    def __post_init__(self) -> None:
        if self.ground_truth is None and self.teacher is None:
            raise ValueError("a sample needs a ground truth or a teacher's map")


_EMPTY = np.zeros(0, np.uint8)


def save_sample(path: Path, sample: Sample) -> None:
    """Write a sample as one .npz: colour as JPEG 95, maps as PNG, the flow field itself as float16."""
    flow: NDArray[np.float16] = (
        np.zeros(0, np.float16) if sample.flow is None else sample.flow.uv.astype(np.float16)
    )
    np.savez(
        path,
        rgb=encode(sample.rgb, ".jpg"),
        ground_truth=_EMPTY if sample.ground_truth is None else encode(sample.ground_truth, ".png"),
        teacher=_EMPTY if sample.teacher is None else encode(sample.teacher, ".png"),
        flow=flow,
        origin=np.array(sample.origin),
    )


def load_sample(path: Path) -> Sample:
    """Read what `save_sample` wrote."""
    with np.load(path) as file:
        flow = file["flow"]
        return Sample(
            rgb=decode(file["rgb"]),
            ground_truth=decode(file["ground_truth"]) if file["ground_truth"].size else None,
            teacher=decode(file["teacher"]) if file["teacher"].size else None,
            flow=FlowField(flow.astype(np.float32)) if flow.size else None,
            origin=str(file["origin"]),
        )
