"""The clips of a recipe's data sets: which of them train, which choose, and their frames as samples."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.datasets.benchmark import BenchmarkClip, open_benchmark
from core.datasets.pictures import read_rgb
from core.datasets.sample import Sample
from core.errors import InputError, RecipeError
from core.training.recipe import SetSource
from core.types import FlowField

_OBJECT_ABOVE = 127
"""Grey values of masks above this are object, as in the authors' code."""

Fields = Callable[["SetClip", int], FlowField]
"""The flow field of a clip's frame."""


@dataclass(frozen=True, slots=True)
class SetClip:
    """A clip of a data set. set: which part of which, "davis16/train"; name: "davis16/train/bear"."""

    set: str
    name: str
    clip: BenchmarkClip

    @property
    def still(self) -> bool:
        return len(self.clip.frames) == 1

    def load(self, index: int, fields: Fields | None) -> Sample:
        """An annotated frame as a sample.

        Args:
            fields: where its flow comes from; None, and a still, have none.

        Raises:
            InputError: frame or mask cannot be read.
        """
        truth = self.clip.read_truth(index)
        drawn = None if truth is None else np.where(truth > _OBJECT_ABOVE, np.uint8(255), np.uint8(0))
        flow = None if fields is None or self.still else fields(self, index)
        return Sample(read_rgb(self.clip.frames[index]), drawn, None, flow, self.name)


def open_clips(sources: Sequence[SetSource], root: Path) -> list[SetClip]:
    """The clips of data sets, set after set.

    Args:
        root: folder that the sources' folders are relative to.

    Raises:
        InputError: a folder is not named, missing or laid out otherwise, or a clip of the recipe is not in it.
    """
    return [clip for source in sources for clip in _open(source, root)]


def _open(source: SetSource, root: Path) -> list[SetClip]:
    if not source.folder:
        raise InputError(
            f"The recipe needs the folder of the data set {source.name}: add --data {source.name}=FOLDER."
        )
    found = open_benchmark(source.name, root / source.folder, source.split or None)
    if found.split != source.split:
        raise RecipeError(
            f"The recipe does not say which part of {source.name} it means: add split, such as "
            f"split = {found.split!r}."
        )
    by_name = {clip.name: clip for clip in found.clips}
    missing = [name for name in source.clips if name not in by_name]
    if missing:
        raise InputError(f"{root / source.folder}: holds no clip {missing[0]} of the recipe.")
    chosen = [by_name[name] for name in source.clips] if source.clips else found.clips
    label = "/".join(part for part in (source.name, source.split) if part)
    return [SetClip(label, f"{label}/{clip.name}", clip) for clip in chosen]


def split_clips(clips: Sequence[SetClip], share: float, seed: int) -> tuple[list[SetClip], list[SetClip]]:
    """Clips to train on and clips that choose: whole clips, of every set the same share.

    Args:
        share: of the clips that choose; above 0 at least one of each set that has two.
        seed: draws them; neither the order nor the other clips matter.
    """
    held: set[str] = set()
    for label in dict.fromkeys(clip.set for clip in clips):
        names = sorted((clip.name for clip in clips if clip.set == label), key=lambda name: _draw(name, seed))
        count = min(max(1, round(share * len(names))), len(names) - 1) if share > 0 else 0
        held |= set(names[:count])
    return [clip for clip in clips if clip.name not in held], [clip for clip in clips if clip.name in held]


def _draw(name: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}/{name}".encode()).hexdigest()
