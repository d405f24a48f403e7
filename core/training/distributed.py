"""One job on several devices, as torchrun starts it: who does which part of a batch, and how all stay in step.

The first rank alone looks, chooses, writes and listens; the others share the steps. No port is chosen here: torchrun
hands the processes what they meet by. How a network itself is trained by several is in parallel.
"""

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as distributed
from torch import nn

Item = TypeVar("Item")


CANCEL = "cancel"
"""The word after which nothing more is agreed on."""

_PATIENCE = timedelta(days=1)
"""How long the others wait while the first one prepares samples, looks at its clips or is paused."""


class Ranks:
    """The processes of one run. A process that is alone needs no other and calls nothing.

    ended: the others are not waiting for a word any more.
    """

    def __init__(self, rank: int = 0, size: int = 1) -> None:
        self.rank, self.size, self.ended = rank, size, False

    @property
    def first(self) -> bool:
        return self.rank == 0

    def share(self, items: Sequence[Item]) -> Sequence[Item]:
        """The part of a batch that this process runs; with fewer items than processes some have none."""
        return items[self.rank :: self.size]

    def agree(self, word: str) -> str:
        """The first rank's word, for all."""
        words = [word]
        if self.size > 1 and not self.ended:
            distributed.broadcast_object_list(words)  # pyright: ignore[reportUnknownMemberType]
        self.ended = self.ended or words[0] == CANCEL
        return words[0]

    def sum_gradients(self, model: nn.Module) -> None:
        """Every process then has the whole batch's gradients."""
        if self.size == 1:
            return
        learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
        flat = torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).reshape(-1) for p in learning])
        distributed.all_reduce(flat)  # pyright: ignore[reportUnknownMemberType]
        start = 0
        for parameter in learning:
            part = flat[start : start + parameter.numel()]
            parameter.grad = part.reshape(parameter.shape).clone()
            start += parameter.numel()

    def sum_terms(self, terms: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
        """The whole batch's terms of the objective. terms: of this process's part, empty without one."""
        if self.size == 1:
            return dict(terms)
        values = torch.tensor([terms.get(name, 0.0) for name in names], dtype=torch.float64)
        backend = distributed.get_backend()
        values = values.cuda() if backend == "nccl" else values
        distributed.all_reduce(values)  # pyright: ignore[reportUnknownMemberType]
        return {name: float(value) for name, value in zip(names, values, strict=True)}


def join_ranks(device: str) -> tuple[Ranks, str]:
    """The ranks that torchrun's environment names, and the device of this one; alone without it.

    Args:
        device: as in the settings.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        return Ranks(), device
    on_gpu = device != "cpu" and torch.cuda.is_available()
    if on_gpu:
        device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
        torch.cuda.set_device(device)
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if on_gpu else "gloo", timeout=_PATIENCE)
    return Ranks(distributed.get_rank(), size), device if on_gpu else "cpu"


def is_first() -> bool:
    """Whether this process is the one that speaks: alone, or the first that torchrun started."""
    return os.environ.get("RANK", "0") == "0"


def leave_ranks() -> None:
    """Release what the processes met by."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()
