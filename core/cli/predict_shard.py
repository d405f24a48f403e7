"""Which of several processes predicts which clips: --shard, or what torchrun put into the environment."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.errors import InputError

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `number` of `count`, counted from 1."""

    number: int = 1
    count: int = 1

    def of(self, items: Sequence[Item]) -> list[Item]:
        """Every count-th item, beginning with its own: which ones depends on their order alone."""
        return list(items[self.number - 1 :: self.count])

    @property
    def first(self) -> bool:
        return self.number == 1

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


def chosen_shard(text: str | None) -> Shard:
    """The part that was asked for; without one that of torchrun's process; everything where there is neither.

    Args:
        text: "2/4" is the second of four.

    Raises:
        InputError: anything else.
    """
    if text is None:
        rank, size = os.environ.get("RANK", "0"), os.environ.get("WORLD_SIZE", "1")
        return Shard(int(rank) + 1, int(size))
    found = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(
            f"--shard is {text!r}; expected a part and how many there are, from 1/4 to 4/4 for four."
        )
    return Shard(int(found[1]), int(found[2]))


def take_own_gpu(device: str) -> None:
    """Let "cuda" mean this process's GPU, where torchrun started several on one machine.

    Args:
        device: as asked for; only auto and cuda lead to a GPU.
    """
    local = os.environ.get("LOCAL_RANK")
    if local is None or device not in ("auto", "cuda"):
        return
    import torch

    if torch.cuda.is_available():
        torch.cuda.set_device(int(local) % torch.cuda.device_count())
