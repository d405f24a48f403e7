"""A network trained by several processes as by one: DistributedDataParallel and batch statistics of the whole batch.

Which process does what is in distributed.
"""

import gc
from contextlib import AbstractContextManager, nullcontext
from typing import Any, cast

import torch
import torch.distributed as distributed
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from core.network.cagdde import CagDde
from core.training.distributed import Ranks


class SharedBatchNorm2d(nn.BatchNorm2d):
    """BatchNorm whose batch is that of all processes; parts of one size are assumed.

    torch's SyncBatchNorm wants a GPU. This one runs anywhere, so that what is tested is what trains.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Args: NxCxhxw."""
        if not self.training:
            return super().forward(input)
        x = input.to(torch.promote_types(input.dtype, torch.float32))
        count = x.numel() // x.shape[1] * distributed.get_world_size()
        mean = _sum_over_ranks(x.sum((0, 2, 3))) / count
        centred = x - _channels(mean)
        variance = _sum_over_ranks(centred.square().sum((0, 2, 3))) / count
        self._follow(mean, variance * count / max(1, count - 1))
        scale = (variance + self.eps).rsqrt() * self.weight
        return (centred * _channels(scale) + _channels(self.bias)).to(input.dtype)

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        """The running statistics. Args: variance: unbiased, as BatchNorm keeps it."""
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)
        self.num_batches_tracked += 1


def _channels(values: Tensor) -> Tensor:
    return values[None, :, None, None]


class _Sum(torch.autograd.Function):
    """The sum over all processes, of values on the way forward and of gradients on the way back."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _all_reduced(values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _all_reduced(gradient)


def _all_reduced(values: Tensor) -> Tensor:
    total = values.contiguous().clone()
    distributed.all_reduce(total)  # pyright: ignore[reportUnknownMemberType]
    return total


def _sum_over_ranks(values: Tensor) -> Tensor:
    return cast(Tensor, _Sum.apply(values))  # pyright: ignore[reportUnknownMemberType]


def share_batch_norm(module: nn.Module) -> None:
    """Let every BatchNorm of a network see the batches of all processes, in place. Names and values stay."""
    for name, child in module.named_children():
        if type(child) is nn.BatchNorm2d:
            shared = SharedBatchNorm2d(child.num_features, child.eps, child.momentum).to(child.weight)
            shared.load_state_dict(child.state_dict())
            setattr(module, name, shared)
        else:
            share_batch_norm(child)


class ParallelModel:
    """Runs a network's forward pass so that its backward pass averages the gradients over all processes.

    A process that is alone runs the network itself.

    Args:
        model: its parameters must stay the same objects.
    """

    def __init__(self, model: CagDde, ranks: Ranks) -> None:
        self._model, self._ranks = model, ranks
        self._wrapped: DistributedDataParallel | None = None
        self._learning: tuple[bool, ...] = ()

    def __call__(self, rgb: Tensor, flow: Tensor) -> Any:
        return self._runner()(rgb, flow)

    def alone(self) -> AbstractContextManager[None]:
        """Within it nothing is exchanged: for all but the last part of a batch."""
        runner = self._runner()
        return runner.no_sync() if isinstance(runner, DistributedDataParallel) else nullcontext()

    def _runner(self) -> nn.Module:
        """Wrapped anew when other parameters learn than before: it counts on those it was made with."""
        if self._ranks.size == 1:
            return self._model
        learning = tuple(parameter.requires_grad for parameter in self._model.parameters())
        if self._wrapped is None or learning != self._learning:
            self._wrapped = None
            gc.collect()  # the old one's hooks on the parameters end with it
            self._wrapped = DistributedDataParallel(self._model)
            self._learning = learning
        return self._wrapped
