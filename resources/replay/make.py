"""Make the replay pairs: photographs and composites set in motion, and frames of the sample clip. See README.md.

What is trained on and what is measured on share no photograph: neither an object nor a scene.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.datasets.layers import Layer, inpaint_object, still_layer
from core.datasets.pictures import encode, read_gray, read_rgb
from core.datasets.sample import Sample
from core.datasets.synthetic_motion import MotionSettings, animate_composite, animate_still
from core.flow import white_picture
from core.network import CagDde, load_checkpoint, network_input_size, normalise, resize_picture
from core.opencv import cv2
from core.resources import RESOURCES, default_weights_path, sample_clip_path
from core.types import FlowField, GrayImage, RgbImage
from core.video import open_clip

SEED = 4021
LONG_SIDE = 320
JPEG_QUALITY = 80
TINTS = {"grass.png": (0.75, 1.0, 0.5), "gravel.png": (1.0, 0.92, 0.8), "brick.png": (1.0, 0.7, 0.6)}
SMALL = 2.5
"""How much smaller than elsewhere the objects of the group `small` are."""


@dataclass(frozen=True, slots=True)
class Half:
    """What one half is made of. stills, composites: pairs of each photograph. small: composites of small objects.

    balloon: frames of the sample clip as well, so many as stills and composites.
    """

    folder: str
    photographs: tuple[str, ...]
    textures: tuple[str, ...]
    stills: int
    composites: int
    small: int
    balloon: bool


HALVES = (
    Half("trained", ("astronaut.png", "chelsea.png", "coffee.png"), ("grass.png",), 3, 4, 7, False),
    Half("measured", ("camera.png", "rocket.jpg"), ("gravel.png", "brick.png"), 3, 5, 8, True),
)


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
    for number, half in enumerate(HALVES):
        folder = options.folder / half.folder
        folder.mkdir(parents=True, exist_ok=True)
        for group, pairs in make_groups(half, options.photos, np.random.default_rng([SEED, number])):
            for place, pair in enumerate(pairs):
                write(folder / f"{group}-{place:02d}", pair)


def write(stem: Path, pair: Pair) -> None:
    pictures = {"frame.jpg": pair.rgb, "next.jpg": pair.following, "mask.png": pair.truth}
    for name, picture in pictures.items():
        data = encode(picture, Path(name).suffix, JPEG_QUALITY)
        stem.with_name(f"{stem.name}-{name}").write_bytes(data.tobytes())


def make_groups(half: Half, photos: Path, rng: np.random.Generator) -> Iterator[tuple[str, list[Pair]]]:
    """The pairs of one half by what is seen in them."""
    stills = read_stills(half, photos)
    scenes = [inpaint_object(still.rgb, truth_of(still)) for still in stills.values()]
    scenes += [tinted(read_rgb(photos / name), TINTS[name]) for name in half.textures]
    things = {name: still_layer(still) for name, still in stills.items()}
    if half.balloon:
        scenes += [inpaint_object(pair.rgb, pair.truth) for pair in sample_pairs(2)]
        things["balloon"] = balloon()
    for name, thing in things.items():
        others = [other for other in things if other != name]
        pairs = [moving_still(stills[name], rng) for _ in range(half.stills)] if name in stills else []
        pairs = pairs or sample_pairs(half.stills)
        for _ in range(half.composites):
            distractor = things[others[rng.integers(len(others))]] if rng.random() < 0.25 else None
            pairs.append(composite(thing, scenes[rng.integers(len(scenes))], rng, distractor))
        yield name, pairs
    chosen = [list(things.values())[place % len(things)] for place in range(half.small)]
    yield "small", [composite(shrunk(thing), scenes[rng.integers(len(scenes))], rng) for thing in chosen]


def read_stills(half: Half, photos: Path) -> dict[str, Sample]:
    """The photographs with masks that the bundled model draws."""
    model, _ = load_checkpoint(default_weights_path())
    pictures = {Path(name).stem: read_rgb(photos / name) for name in half.photographs}
    return {name: Sample(rgb, draw_mask(model, rgb), None, None, name) for name, rgb in pictures.items()}


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


def moving_still(still: Sample, rng: np.random.Generator) -> Pair:
    recorder = Recorder()
    return paired(animate_still(still, recorder, rng, MotionSettings(long_side=LONG_SIDE)), recorder)


def composite(
    thing: Layer, scene: RgbImage, rng: np.random.Generator, distractor: Layer | None = None
) -> Pair:
    """An object in another scene, with a second object there that does not move by itself or without."""
    recorder, settings = Recorder(), MotionSettings(long_side=LONG_SIDE)
    return paired(animate_composite(thing, scene, recorder, rng, settings, distractor), recorder)


def shrunk(thing: Layer) -> Layer:
    """The same object with room around it, which the generator takes for a part of it."""
    pad = [(round((SMALL - 1) / 2 * side),) * 2 for side in thing.size_hw]
    return Layer(np.pad(thing.rgb, (*pad, (0, 0)), mode="edge"), np.pad(thing.alpha, pad))


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


def tinted(texture: RgbImage, tint: tuple[float, float, float]) -> RgbImage:
    """A grey texture in a colour."""
    return np.clip(texture * np.array(tint, np.float32), 0, 255).astype(np.uint8)


def truth_of(still: Sample) -> GrayImage:
    assert still.ground_truth is not None
    return still.ground_truth


def paired(sample: Sample, recorder: Recorder) -> Pair:
    return Pair(sample.rgb, recorder.following, truth_of(sample))


if __name__ == "__main__":
    main()
