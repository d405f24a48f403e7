"""Make the replay pairs: photographs and composites set in motion, and frames of the sample clip. See README.md."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.datasets.pictures import encode, read_gray, read_rgb
from core.datasets.sample import Sample
from core.datasets.synthetic_motion import (
    Layer,
    MotionSettings,
    animate_composite,
    animate_still,
    inpaint_object,
    still_layer,
)
from core.flow import white_picture
from core.network import CagDde, load_checkpoint, network_input_size, normalise, resize_picture
from core.opencv import cv2
from core.resources import RESOURCES, default_weights_path, sample_clip_path
from core.types import FlowField, GrayImage, RgbImage
from core.video import open_clip

SEED = 4021
LONG_SIDE = 320
SUBJECTS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "camera.png")
TEXTURES = ("grass.png", "gravel.png", "brick.png")
STILLS, COMPOSITES, SAMPLE_PAIRS = 12, 20, 8
JPEG_QUALITY = 80


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A frame, the one after it, and the mask of the frame: what one replay sample is made of."""

    rgb: RgbImage
    following: RgbImage
    truth: GrayImage


class Recorder:
    """Stands for a flow estimator and keeps the second frame, which the generator otherwise throws away."""

    @property
    def description(self) -> dict[str, Any]:
        return {"method": "none"}

    def __call__(self, rgb_a: RgbImage, rgb_b: RgbImage) -> FlowField:
        self.following = rgb_b
        return FlowField(np.zeros((*rgb_a.shape[:2], 2), np.float32))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, required=True, help="scikit-image's skimage/data folder")
    parser.add_argument("--folder", type=Path, default=RESOURCES / "replay")
    options = parser.parse_args()
    for number, pair in enumerate(make_pairs(options.photos)):
        stem = options.folder / f"{number:02d}"
        pictures = {"frame.jpg": pair.rgb, "next.jpg": pair.following, "mask.png": pair.truth}
        for name, picture in pictures.items():
            data = encode(picture, Path(name).suffix, JPEG_QUALITY)
            stem.with_name(f"{stem.name}-{name}").write_bytes(data.tobytes())


def make_pairs(photos: Path) -> Iterator[Pair]:
    """All pairs, mixed, so that every second one is like the ones between."""
    stills = read_stills(photos)
    scenes = [inpaint_object(still.rgb, truth_of(still)) for still in stills]
    scenes += [tinted(read_rgb(photos / name), place) for place, name in enumerate(TEXTURES)]
    scenes += [inpaint_object(pair.rgb, pair.truth) for pair in sample_pairs(3)]
    made = [*moving_stills(stills), *composites(stills, scenes), *sample_pairs(SAMPLE_PAIRS)]
    for place in np.random.default_rng(SEED).permutation(len(made)):
        yield made[place]


def read_stills(photos: Path) -> list[Sample]:
    """The photographs with masks that the bundled model draws."""
    model, _ = load_checkpoint(default_weights_path())
    stills: list[Sample] = []
    for name in SUBJECTS:
        rgb = read_rgb(photos / name)
        stills.append(Sample(rgb, draw_mask(model, rgb), None, None, name))
    return stills


@torch.inference_mode()
def draw_mask(model: CagDde, rgb: RgbImage) -> GrayImage:
    """The largest part of what the model sees without motion, its holes filled."""
    size_hw = network_input_size(model.config, (rgb.shape[0], rgb.shape[1]))
    pictures = [normalise(x[None]) for x in (resize_picture(rgb, size_hw), white_picture(size_hw))]
    saliency = torch.sigmoid(model(*pictures).final_logits)[0, 0].numpy()
    full = cv2.resize(saliency, (rgb.shape[1], rgb.shape[0]), interpolation=cv2.INTER_CUBIC)
    outlines, _ = cv2.findContours((full > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    mask = np.zeros(rgb.shape[:2], np.uint8)
    cv2.drawContours(mask, [max(outlines, key=cv2.contourArea)], -1, 255, cv2.FILLED)
    return mask


def moving_stills(stills: list[Sample]) -> Iterator[Pair]:
    for number in range(STILLS):
        rng, recorder = np.random.default_rng([SEED, 1, number]), Recorder()
        settings = MotionSettings(long_side=LONG_SIDE)
        yield paired(animate_still(stills[number % len(stills)], recorder, rng, settings), recorder)


def composites(stills: list[Sample], scenes: list[RgbImage]) -> Iterator[Pair]:
    """Objects in other scenes, some with a second object that does not move by itself."""
    things = [still_layer(still) for still in stills] + [balloon()]
    for number in range(COMPOSITES):
        rng, recorder = np.random.default_rng([SEED, 2, number]), Recorder()
        own, other = rng.choice(len(things), 2, replace=False)
        scene = scenes[rng.integers(len(scenes))]
        distractor = things[other] if rng.random() < 0.25 else None
        settings = MotionSettings(long_side=LONG_SIDE)
        made = animate_composite(things[own], scene, recorder, rng, settings, distractor)
        yield paired(made, recorder)


def sample_pairs(count: int) -> list[Pair]:
    """Frames of the bundled sample clip with the next ones."""
    pairs: list[Pair] = []
    with open_clip(sample_clip_path()) as reader:
        for index in np.linspace(0, len(reader) - 2, count).astype(int):
            truth = read_gray(RESOURCES / "sample" / "ground_truth" / f"{index:05d}.png")
            pictures = [small(reader.read(int(index) + step).rgb) for step in (0, 1)]
            pairs.append(Pair(*pictures, np.where(small(truth) > 127, 255, 0).astype(np.uint8)))
    return pairs


def balloon() -> Layer:
    pair = sample_pairs(1)[0]
    return still_layer(Sample(pair.rgb, pair.truth, None, None, "sample"))


def small(picture: RgbImage) -> RgbImage:
    height, width = picture.shape[:2]
    size_wh = (LONG_SIDE, round(height * LONG_SIDE / width))
    return np.asarray(cv2.resize(picture, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def tinted(texture: RgbImage, place: int) -> RgbImage:
    """A grey texture in a colour."""
    tint = np.array([(0.75, 1.0, 0.5), (1.0, 0.92, 0.8), (1.0, 0.7, 0.6)][place], np.float32)
    return np.clip(texture * tint, 0, 255).astype(np.uint8)


def truth_of(still: Sample) -> GrayImage:
    assert still.ground_truth is not None
    return still.ground_truth


def paired(sample: Sample, recorder: Recorder) -> Pair:
    return Pair(sample.rgb, recorder.following, truth_of(sample))


if __name__ == "__main__":
    main()
