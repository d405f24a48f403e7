"""Weights and inputs made from names alone: the same on any machine, and those of the reference files."""

import math
import zlib
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor


def seeded_state(shapes: Mapping[str, Sequence[int]]) -> dict[str, Tensor]:
    """A state dict for these key names and shapes."""
    return {name: _seeded(name, tuple(shape)) for name, shape in shapes.items()}


def seeded_input(name: str, shape: Sequence[int]) -> Tensor:
    """Standard normal numbers of that name."""
    return torch.randn(tuple(shape), generator=_generator(name))


def _generator(name: str) -> torch.Generator:
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))


def _seeded(name: str, shape: tuple[int, ...]) -> Tensor:
    generator = _generator(name)
    if name.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.long)
    if name.endswith("running_var"):
        return torch.rand(shape, generator=generator) + 0.5
    if name.endswith(("running_mean", "bias")):
        return torch.randn(shape, generator=generator) * 0.1
    if len(shape) > 1:
        return torch.randn(shape, generator=generator) * (2.0 / math.prod(shape[1:])) ** 0.5
    if math.prod(shape) == 1:
        return torch.full(shape, 0.25)
    # Small last scales keep the sums of deep residual networks near one.
    low = 0.1 if name.endswith("bn3.weight") else 0.8
    return torch.rand(shape, generator=generator) * 0.2 + low
