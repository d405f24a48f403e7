"""Batches as a pure function of seed and iteration, so that a resumed run sees what the first would have seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from core.datasets.prepare import GROUPS
from core.datasets.sample import load_sample
from core.datasets.transform import Example, make_example
from core.errors import InputError
from core.network.config import network_input_size
from core.network.objective import Targets
from core.network.preprocess import normalise
from core.opencv import cv2
from core.training.distributed import Ranks
from core.training.recipe import Recipe
from core.types import SizeHW

SHAPES: tuple[tuple[SizeHW, float], ...] = (((9, 16), 0.4), ((3, 4), 0.3), ((1, 1), 0.2), ((4, 3), 0.1))
"""Shapes of training views (height, width) and how often: mostly as videos are."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """uint8 pictures NxHxWx3 of both streams, and the targets."""

    rgb: Tensor
    flow: Tensor
    targets: Targets

    def inputs(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """Normalised network inputs, float32 Nx3xHxW."""
        return normalise(self.rgb.to(device)), normalise(self.flow.to(device))

    def to(self, device: torch.device) -> "Batch":
        t = self.targets
        moved = Targets(
            t.ground_truth.to(device), t.rgb_side.to(device), t.valid.to(device), t.weight.to(device)
        )
        return Batch(self.rgb, self.flow, moved)


class BatchPlan(Dataset[Batch]):
    """Element i is this process's part of the batch of iteration i.

    Args:
        cache: folder of prepared samples.
    """

    def __init__(self, recipe: Recipe, cache: Path, ranks: Ranks) -> None:
        self.recipe, self.ranks = recipe, ranks
        self.config = recipe.config
        self.files = {group: sorted((cache / group).glob("[0-9]*[0-9].npz")) for group in GROUPS}
        shares = np.array([getattr(recipe.mix, group) if self.files[group] else 0.0 for group in GROUPS])
        if shares.sum() <= 0:
            raise InputError(f"{cache}: holds no training samples for the recipe's mix.")
        self.shares: NDArray[np.float64] = shares / shares.sum()

    def __len__(self) -> int:
        return self.recipe.iterations

    def __getitem__(self, index: int) -> Batch:
        cv2.setNumThreads(1)
        rng = np.random.default_rng([self.recipe.seed, 2, index])
        weights = [weight for _, weight in SHAPES]
        shape = SHAPES[rng.choice(len(SHAPES), p=weights)][0]
        size_hw = network_input_size(self.config, shape, self.recipe.phase_at(index).side)
        examples = [self._example(rng, size_hw) for _ in range(self.recipe.optimizer.batch)]
        # Each example draws on from the one before, so every process makes all of them.
        return collate(self.ranks.share(examples))

    def _example(self, rng: np.random.Generator, size_hw: SizeHW) -> Example:
        group = self.files[GROUPS[rng.choice(len(GROUPS), p=self.shares)]]
        sample = load_sample(group[rng.integers(len(group))])
        return make_example(sample, size_hw, rng, self.recipe.transform)


def collate(examples: Sequence[Example]) -> Batch:
    """Stack examples of one size."""

    def stack(name: str) -> Tensor:
        return torch.as_tensor(np.stack([getattr(example, name) for example in examples]))

    targets = Targets(
        stack("ground_truth")[:, None],
        stack("rgb_side")[:, None],
        stack("valid")[:, None],
        torch.tensor([example.weight for example in examples]),
    )
    return Batch(stack("rgb"), stack("flow"), targets)


class _From(Sampler[int]):
    def __init__(self, start: int, end: int) -> None:
        self.range = range(start, end)

    def __iter__(self):
        return iter(self.range)

    def __len__(self) -> int:
        return len(self.range)


def batches(plan: Dataset[Batch], start: int, end: int, workers: int) -> DataLoader[Batch]:
    """Batches of the iterations from `start` up to `end`, prepared by `workers` processes (0: in this one)."""
    context = "spawn" if workers else None
    return DataLoader(
        plan,
        batch_size=None,
        sampler=_From(start, end),
        num_workers=workers,
        prefetch_factor=4 if workers else None,
        multiprocessing_context=context,
    )
