"""The bundled replay set: pairs of pictures with a mask, which keep a finetuned model from forgetting the rest.

How it was made is in resources/replay/README.md. Its two halves share no photograph: what measures forgetting shows
nothing that was trained on.
"""

from dataclasses import dataclass
from pathlib import Path

from core.datasets.pictures import read_gray, read_rgb
from core.datasets.sample import Sample
from core.errors import InputError
from core.flow import FlowEstimator
from core.resources import RESOURCES
from core.types import GrayImage, RgbImage


@dataclass(frozen=True, slots=True, eq=False)
class ReplayPair:
    """group: what is seen in it. rgb, following: uint8 HxWx3, a frame and the one after it. truth: uint8 HxW, 0 or
    255."""

    name: str
    group: str
    rgb: RgbImage
    following: RgbImage
    truth: GrayImage

    def sample(self, estimator: FlowEstimator) -> Sample:
        return Sample(self.rgb, self.truth, None, estimator(self.rgb, self.following), "replay")


@dataclass(frozen=True, slots=True, eq=False)
class ReplaySet:
    """trained: held to the base model's output in every step. measured: tells what is forgotten."""

    trained: tuple[ReplayPair, ...] = ()
    measured: tuple[ReplayPair, ...] = ()


def replay_folder() -> Path:
    """Where the bundled set is."""
    return RESOURCES / "replay"


def read_replay(folder: Path) -> ReplaySet:
    """Both halves of a set, each in a folder of its name; empty where it is missing.

    Raises:
        InputError: a picture cannot be read, or its mask is of another size.
    """
    return ReplaySet(_read_pairs(folder / "trained"), _read_pairs(folder / "measured"))


def _read_pairs(folder: Path) -> tuple[ReplayPair, ...]:
    """GROUP-NN-frame.jpg, GROUP-NN-next.jpg and GROUP-NN-mask.png, by name."""
    pairs: list[ReplayPair] = []
    for path in sorted(folder.glob("*-frame.jpg")):
        name = path.name.removesuffix("-frame.jpg")
        rgb, following = read_rgb(path), read_rgb(folder / f"{name}-next.jpg")
        mask = read_gray(folder / f"{name}-mask.png")
        if not rgb.shape[:2] == following.shape[:2] == mask.shape:
            raise InputError(f"{path}: it, the next frame and the mask are not of one size.")
        truth = (mask > 127).astype(mask.dtype) * 255
        pairs.append(ReplayPair(name, name.rpartition("-")[0], rgb, following, truth))
    return tuple(pairs)
