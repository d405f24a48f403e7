"""The bundled replay set: pairs of pictures with a mask, which keep a finetuned model from forgetting the rest.

How it was made is in resources/replay/README.md. Half of it is trained on, the other half measures forgetting.
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
    """rgb, following: uint8 HxWx3, a frame and the one after it. truth: uint8 HxW, 0 or 255."""

    name: str
    rgb: RgbImage
    following: RgbImage
    truth: GrayImage

    def sample(self, estimator: FlowEstimator) -> Sample:
        return Sample(self.rgb, self.truth, None, estimator(self.rgb, self.following), "replay")


def replay_folder() -> Path:
    """Where the bundled set is."""
    return RESOURCES / "replay"


def read_replay(folder: Path) -> list[ReplayPair]:
    """The pairs of a folder, by name: NAME-frame.jpg, NAME-next.jpg and NAME-mask.png; none where it is missing.

    Raises:
        InputError: a picture cannot be read, or its mask is of another size.
    """
    pairs: list[ReplayPair] = []
    for path in sorted(folder.glob("*-frame.jpg")):
        name = path.name.removesuffix("-frame.jpg")
        rgb, following = read_rgb(path), read_rgb(folder / f"{name}-next.jpg")
        mask = read_gray(folder / f"{name}-mask.png")
        if not rgb.shape[:2] == following.shape[:2] == mask.shape:
            raise InputError(f"{path}: it, the next frame and the mask are not of one size.")
        truth = (mask > 127).astype(mask.dtype) * 255
        pairs.append(ReplayPair(name, rgb, following, truth))
    return pairs


def divide(pairs: list[ReplayPair]) -> tuple[list[ReplayPair], list[ReplayPair]]:
    """The half that is trained on and the half that measures forgetting."""
    return pairs[0::2], pairs[1::2]
