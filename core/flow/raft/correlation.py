"""The correlations of every cell of one frame with every cell of another, at four sizes, and windows of them."""

import torch
import torch.nn.functional as F
from torch import Tensor

from core.flow.raft.config import LEVELS


def feature_levels(features: Tensor) -> list[Tensor]:
    """A feature map, and its means over 2x2, 4x4 and 8x8 cells.

    Averaging features is averaging the correlations with them, which are linear in them, and is far less work.

    Args:
        features: float32 1xCxHxW, sides of at least 8.
    """
    levels = [features]
    for _ in range(LEVELS - 1):
        levels.append(F.avg_pool2d(levels[-1], 2))
    return levels


class CorrelationPyramid:
    """Correlations of the N = HxW cells of one frame with another frame's cells at each level.

    A row of the volume belongs to one cell: a run of zeros, then level after level the other frame's rows, with a run
    of zeros after each. A run is as long as the window and one more, so that a window is read as that many runs
    wherever it lies, and what is outside the frame is zero by itself.

    Args:
        features: of the frame that the flow starts from, float32 1xCxHxW.
        others: feature_levels of the frame that it leads to.
        radius: of the windows, in cells.
        memory: of an earlier pyramid that is not needed any more; taken where it fits.

    Source: Teed & Deng, RAFT, section 3.2.
    """

    def __init__(
        self, features: Tensor, others: list[Tensor], radius: int, memory: Tensor | None = None
    ) -> None:
        _, channels, height, width = features.shape
        self._radius, self._run = radius, 2 * radius + 2
        padded = [F.pad(level, (0, self._run)).flatten(2)[0] for level in others]
        columns = torch.cat([features.new_zeros(channels, self._run), *padded], 1)
        shape = (height * width, columns.shape[1])
        # New memory of this size costs about as much as the product that is written into it.
        self.memory = memory if memory is not None and memory.shape == shape else features.new_empty(shape)
        torch.matmul(features.flatten(2)[0].T / channels**0.5, columns, out=self.memory)
        starts = [self._run]
        for level in padded[:-1]:
            starts.append(starts[-1] + level.shape[1])
        device = features.device
        self._cells = torch.arange(0, self.memory.numel(), shape[1], device=device)[:, None, None]
        self._steps = torch.arange(self._run, device=device)
        self._starts = torch.tensor(starts, device=device)[:, None]
        sizes = torch.tensor([level.shape[-2:] for level in others], device=device)
        self._heights, self._widths = sizes[:, :1], sizes[:, 1:]
        self._scales = 0.5 ** torch.arange(LEVELS, device=device)[:, None]

    def windows(self, coordinates: Tensor) -> Tensor:
        """The window around a point of the other frame for each cell, bilinearly interpolated.

        All points of a window lie equally far from the cells around them: interpolating is the same two weights for
        the whole window, so that it is read once as whole cells.

        Args:
            coordinates: Nx2, x then y, in cells of the finest level.

        Returns:
            Nx(4 * inputs_per_level(radius)): for each level, row after row, with one number of no meaning between rows.
        """
        centres = coordinates.nan_to_num()[:, None] * self._scales
        corners = centres.floor()
        fractions = (centres - corners).flatten(0, 1)
        cell = corners.clamp(-1e6, 1e6).long() - self._radius
        x = torch.minimum(cell[..., :1].clamp(min=-self._run), self._widths)
        y = cell[..., 1:] + self._steps
        inside = (y >= 0) & (y < self._heights)
        begin = torch.where(inside, self._starts + y * (self._widths + self._run) + x, 0) + self._cells
        runs = self.memory.as_strided((self.memory.numel() - self._run + 1, self._run), (1, 1))
        flat = runs.index_select(0, begin.flatten()).view(len(fractions), -1)
        across = torch.lerp(flat[:, :-1], flat[:, 1:], fractions[:, :1])
        found = torch.lerp(across[:, : -self._run], across[:, self._run :], fractions[:, 1:])
        return found.view(len(coordinates), -1)


def inputs_per_level(radius: int) -> int:
    """Numbers that `windows` gives for a cell and level."""
    run = 2 * radius + 2
    return (run - 1) * run - 1
