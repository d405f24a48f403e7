"""The published RAFT state dicts, of princeton-vl and torchvision, brought into our network's form. Reads no files."""

import re
from collections.abc import Iterator
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from core.flow.raft.config import LEVELS, RaftConfig, RaftName

Layout = Literal["princeton", "torchvision"]

_TORCHVISION_RULES: tuple[tuple[str, str], ...] = (
    (r"feature_encoder\.(.+)", r"fnet.\1"),
    (r"context_encoder\.(.+)", r"cnet.\1"),
    (r"(.net)\.convnormrelu\.0\.(.+)", r"\1.conv1.\2"),
    (r"(.net)\.convnormrelu\.1\.(.+)", r"\1.norm1.\2"),
    (r"(.net)\.conv\.(.+)", r"\1.conv2.\2"),
    (r"(.net\.layer.+)\.convnormrelu(\d)\.0\.(.+)", r"\1.conv\2.\3"),
    (r"(.net\.layer.+)\.convnormrelu(\d)\.1\.(.+)", r"\1.norm\2.\3"),
    (r"update_block\.motion_encoder\.convcorr(\d)\.0\.(.+)", r"update_block.encoder.convc\1.\2"),
    (r"update_block\.motion_encoder\.convflow(\d)\.0\.(.+)", r"update_block.encoder.convf\1.\2"),
    (r"update_block\.motion_encoder\.conv\.0\.(.+)", r"update_block.encoder.conv.\1"),
    (r"update_block\.recurrent_block\.convgru(\d)\.conv(.)\.(.+)", r"update_block.gru.conv\2\1.\3"),
    (r"mask_predictor\.convrelu\.0\.(.+)", r"update_block.mask.0.\1"),
    (r"mask_predictor\.conv\.(.+)", r"update_block.mask.2.\1"),
)
"""torchvision's names to those of princeton-vl, applied one after the other."""

_MASK_SCALE = 0.25
"""By which both publications multiply the weights of the convex combination before the softmax."""


def published_layout(state: dict[str, Tensor]) -> Layout | None:
    """In which of the two layouts a state dict is; None for other weights."""
    if {"fnet.conv1.weight", "update_block.encoder.convc1.weight"} <= state.keys():
        return "princeton"
    if {"feature_encoder.convnormrelu.0.weight", "update_block.flow_head.conv1.weight"} <= state.keys():
        return "torchvision"
    return None


def published_network(state: dict[str, Tensor]) -> RaftName:
    """Which of the two networks it is: the large one alone learns its upsampling."""
    large = any(name.startswith(("update_block.mask.", "mask_predictor.")) for name in state)
    return "raft-large" if large else "raft-small"


def convert_published(published: dict[str, Tensor], config: RaftConfig) -> dict[str, Tensor]:
    """A state dict for our network.

    Args:
        published: names as published, without a "module." prefix.

    Raises:
        ValueError: an entry is missing, too much, or has not the shape that it should have; the message says which.
    """
    source = _Published({_princeton_name(name, config): value for name, value in published.items()})
    try:
        state = dict(_our_entries(source, config))
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is missing") from error
    except (RuntimeError, IndexError) as error:
        raise ValueError(" ".join(str(error).split())[:200]) from error
    if source.left:
        raise ValueError(f"it has {source.left[0]} beside them")
    return state


def _princeton_name(name: str, config: RaftConfig) -> str:
    for pattern, replacement in _TORCHVISION_RULES:
        name = re.sub(f"^{pattern}$", replacement, name)
    return re.sub(r"(gru\.conv.)1\.", r"\1.", name) if len(config.gates) == 1 else name


class _Published:
    """A state dict in princeton-vl's names, and which of its entries nobody has taken yet."""

    def __init__(self, state: dict[str, Tensor]) -> None:
        self._state = state
        self._left = dict.fromkeys(state)

    def take(self, name: str) -> Tensor:
        self._left.pop(name, None)
        return self._state[name].float()

    def convolution(self, name: str, norm: str | None = None) -> tuple[Tensor, Tensor]:
        """Weight and bias; with the batch normalisation that follows it, as one. 1x1 kernels become matrices."""
        weight, bias = self.take(f"{name}.weight"), self.take(f"{name}.bias")
        weight = weight.flatten(1) if weight.shape[2:] == (1, 1) else weight
        if norm is None:
            return weight, bias
        deviation = (self.take(f"{norm}.running_var").double() + 1e-5).sqrt()
        scale = self.take(f"{norm}.weight").double() / deviation
        shift = self.take(f"{norm}.bias").double() - self.take(f"{norm}.running_mean").double() * scale
        return (weight * scale.view(-1, *[1] * (weight.ndim - 1))).float(), (bias * scale + shift).float()

    @property
    def left(self) -> list[str]:
        """Entries without a place in the network. The shortcuts' norms are listed twice in the published files."""
        return [name for name in self._left if not re.search(r"num_batches_tracked$|\.norm[34]\.", name)]


_Entries = Iterator[tuple[str, Tensor]]


def _our_entries(source: _Published, config: RaftConfig) -> _Entries:
    yield from _encoder(source, "features", "fnet", config, batch_norm=False)
    yield from _encoder(source, "context", "cnet", config, batch_norm=not config.bottleneck)
    theirs = "update_block.encoder"
    weight, bias = source.convolution(f"{theirs}.convc1")
    yield from _entry("update.motion.windows", _for_windows(weight, config), bias)
    if len(config.correlation) > 1:
        yield from _entry("update.motion.correlation", *source.convolution(f"{theirs}.convc2"))
    for number in (0, 1):
        yield from _entry(f"update.motion.flow.{number}", *source.convolution(f"{theirs}.convf{number + 1}"))
    yield from _entry("update.motion.merge", *source.convolution(f"{theirs}.conv"))
    for number in range(len(config.gates)):
        yield from _gated_pass(source, config, number)
    for number in (0, 1):
        name = f"update_block.flow_head.conv{number + 1}"
        yield from _entry(f"update.head.{number}", *source.convolution(name))
    if config.convex:
        yield from _entry("upsampling.inner", *source.convolution("update_block.mask.0"))
        weight, bias = source.convolution("update_block.mask.2")
        yield from _entry("upsampling.weights", _MASK_SCALE * weight, _MASK_SCALE * bias)


def _entry(name: str, weight: Tensor, bias: Tensor) -> _Entries:
    yield f"{name}.weight", weight
    yield f"{name}.bias", bias


def _encoder(source: _Published, ours: str, theirs: str, config: RaftConfig, batch_norm: bool) -> _Entries:
    def norm(name: str) -> str | None:
        return name if batch_norm else None

    yield from _entry(f"{ours}.stem", *source.convolution(f"{theirs}.conv1", norm(f"{theirs}.norm1")))
    for block in range(6):
        name = f"{theirs}.layer{block // 2 + 1}.{block % 2}"
        for number in range(3 if config.bottleneck else 2):
            found = source.convolution(f"{name}.conv{number + 1}", norm(f"{name}.norm{number + 1}"))
            yield from _entry(f"{ours}.blocks.{block}.convolutions.{number}", *found)
        if block in (2, 4):
            found = source.convolution(f"{name}.downsample.0", norm(f"{name}.downsample.1"))
            yield from _entry(f"{ours}.blocks.{block}.shortcut", *found)
    yield from _entry(f"{ours}.last", *source.convolution(f"{theirs}.conv2"))


def _for_windows(weight: Tensor, config: RaftConfig) -> Tensor:
    """Weights of a window that is listed column after column, for one listed row after row with a gap between rows."""
    by_column = weight.view(len(weight), LEVELS, config.window, config.window)
    rows = F.pad(by_column.transpose(2, 3), (0, 1))
    return rows.flatten(2)[..., :-1].flatten(1)


def _gated_pass(source: _Published, config: RaftConfig, number: int) -> _Entries:
    """Takes apart what is convolved with the state, the context and the motion."""
    suffix = str(number + 1) if len(config.gates) > 1 else ""
    gates = [source.convolution(f"update_block.gru.conv{gate}{suffix}") for gate in "zrq"]
    sizes = [config.hidden, config.context, config.motion]
    parts: list[tuple[Tensor, ...]] = [torch.split(weight, sizes, 1) for weight, _ in gates]
    own = [torch.cat([hidden, motion], 1) for hidden, _, motion in parts]
    name = f"update.passes.{number}"
    yield from _entry(
        f"{name}.context",
        torch.cat([context for _, context, _ in parts]),
        torch.cat([bias for _, bias in gates]),
    )
    yield f"{name}.gates.weight", torch.cat(own[:2])
    yield f"{name}.candidate.weight", own[2]
