"""Averages of networks that were trained from the same start: often better than each (Wortsman et al., ICML 2022)."""

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from core.errors import CheckpointError
from core.network import CagDde, CheckpointMetadata, load_checkpoint


@torch.no_grad()
def interpolate(base: CagDde, other: CagDde, share: float) -> CagDde:
    """Move a network's weights and BatchNorm statistics towards another's, in place.

    Args:
        share: 0 keeps `base`, 1 makes it `other`.

    Returns:
        `base`.

    Raises:
        ValueError: the architectures differ or share is outside [0, 1].
    """
    if base.config != other.config or not 0 <= share <= 1:
        raise ValueError(f"cannot interpolate {base.config.name} and {other.config.name} by {share}")
    blend(base, other.state_dict(), share)
    return base


@torch.no_grad()
def blend(model: CagDde, values: dict[str, Tensor], share: float) -> None:
    """Move a network's weights and BatchNorm statistics towards others, in place: 0 keeps them, 1 takes the others."""
    for name, tensor in model.state_dict().items():
        if tensor.is_floating_point():
            tensor.lerp_(values[name].to(tensor.device), share)


def average_checkpoints(paths: list[Path]) -> tuple[CagDde, CheckpointMetadata]:
    """The mean of several checkpoints' weights, each counting alike.

    Returns:
        The network, and the first one's metadata without metrics and calibration, its training naming the others.

    Raises:
        CheckpointError: a file cannot be read, or the architectures differ.
    """
    model, metadata = load_checkpoint(paths[0])
    runs = [metadata.training]
    for count, path in enumerate(paths[1:], start=2):
        other, its = load_checkpoint(path)
        if other.config != model.config:
            raise CheckpointError(
                f"{path}: is a {other.config.name}, {paths[0]} a {model.config.name}; "
                "only networks of one architecture can be averaged."
            )
        interpolate(model, other, 1 / count)
        runs.append(its.training)
    training = metadata.training if len(runs) == 1 else {"average_of": runs}
    return model, replace(metadata, training=training, metrics={}, calibration=None)
