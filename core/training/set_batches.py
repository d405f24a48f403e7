"""Batches of whole frames of data sets, epoch after epoch: the paper's training. Made samples are in batches."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from torch.utils.data import Dataset

from core.datasets.transform import Example, whole_example
from core.errors import RecipeError
from core.network.config import network_input_size
from core.opencv import cv2
from core.training.batches import SHAPES, Batch, collate
from core.training.distributed import Ranks
from core.training.field_store import FieldStore
from core.training.recipe import Recipe
from core.training.set_clips import SetClip
from core.types import SizeHW

_GRID = 16


class SetPlan(Dataset[Batch]):
    """Element i is this process's part of the batch of iteration i; every frame comes once an epoch.

    Args:
        recipe: with [sets]; its epochs are counted here.
        clips: to train on. fields: their flow, None where the flow stream sees none.

    Raises:
        RecipeError: there are fewer frames than a batch takes.
    """

    def __init__(
        self, recipe: Recipe, clips: Sequence[SetClip], fields: FieldStore | None, ranks: Ranks
    ) -> None:
        assert recipe.sets is not None
        self.sets, self.clips, self.fields = recipe.sets, tuple(clips), fields
        self.frames = [
            (number, index) for number, clip in enumerate(self.clips) for index in clip.clip.annotated
        ]
        self.batch = recipe.optimizer.batch
        if len(self.frames) < self.batch:
            raise RecipeError(
                f"The recipe's data sets have {len(self.frames)} frames to train on, a batch takes {self.batch}."
            )
        self.recipe = recipe.counted(len(self.frames))
        self.own = tuple(ranks.share(range(self.batch)))

    @cached_property
    def _per_epoch(self) -> int:
        return len(self.frames) // self.batch

    def __len__(self) -> int:
        return self.recipe.iterations

    def __getitem__(self, index: int) -> Batch:
        cv2.setNumThreads(1)
        epoch, place = divmod(index, self._per_epoch)
        order = np.random.default_rng([self.recipe.seed, 3, epoch]).permutation(len(self.frames))
        size_hw = self._size(index)
        return collate(
            [self._example(index, slot, order[place * self.batch + slot], size_hw) for slot in self.own]
        )

    def _size(self, index: int) -> SizeHW:
        rng = np.random.default_rng([self.recipe.seed, 4, index])
        scale = self.sets.scales[rng.integers(len(self.sets.scales))]
        side = max(_GRID, round(self.recipe.phase_at(index).side * scale / _GRID) * _GRID)
        shape = SHAPES[rng.choice(len(SHAPES), p=[often for _, often in SHAPES])][0]
        return network_input_size(self.recipe.config, shape, side)

    def _example(self, index: int, slot: int, frame: int, size_hw: SizeHW) -> Example:
        rng = np.random.default_rng([self.recipe.seed, 5, index, slot])
        number, in_clip = self.frames[frame]
        sample = self.clips[number].load(in_clip, self.fields)
        return whole_example(sample, size_hw, self.sets.flip and rng.random() < 0.5, self.sets.second)
