"""The network a recipe starts from: encoder weights, or a checkpoint that may lack CAG and DDE."""

from dataclasses import replace

import torch

from core.errors import CheckpointError
from core.network.cagdde import CagDde, build_model
from core.network.checkpoint import load_checkpoint, read_state_dict
from core.network.modules import Reducer
from core.training.recipe import Recipe

_ADDED = ("gates.", "fusions.")
"""What a start may lack: it then begins as in build_model, adding nothing."""


def initial_model(recipe: Recipe) -> CagDde:
    """The network a recipe starts from, in training mode.

    Raises:
        CheckpointError: the start weights are missing, damaged or do not fit.
    """
    if recipe.start:
        return _from_checkpoint(recipe, recipe.start)
    model = build_model(recipe.config)
    if recipe.encoder_weights:
        load_encoder(model, recipe.encoder_weights)
    return model


def _from_checkpoint(recipe: Recipe, path: str) -> CagDde:
    start, _ = load_checkpoint(path)
    if recipe.architecture is None:
        return start
    wanted = replace(start.config, cag=recipe.config.cag, fusion=recipe.config.fusion)
    if replace(wanted, input_side=recipe.config.input_side) != recipe.config:
        raise CheckpointError(
            f"{path}: is a {start.config.name}; only a {recipe.config.name} can be the start of this training."
        )
    model = build_model(recipe.config)
    values, own = start.state_dict(), model.state_dict()
    fresh = () if start.config.cag else ("gates.",)  # without CAG they were never trained
    taken = {
        name: value
        for name, value in values.items()
        if not name.startswith(fresh) and name in own and own[name].shape == value.shape
    }
    lacking = [name for name in own if name not in taken and not name.startswith(_ADDED)]
    assert not lacking, lacking
    model.load_state_dict(taken, strict=False)
    if model.config.cag and not start.config.cag:
        _make_up_for_the_gates(model)
    return model


@torch.no_grad()
def _make_up_for_the_gates(model: CagDde) -> None:
    """Double what the reducers give: gates begin at a score of one half, and the network as its start was."""
    for reducer in model.reducers:
        assert isinstance(reducer, Reducer)
        reducer.bn.weight.mul_(2)
        reducer.bn.bias.mul_(2)


def load_encoder(model: CagDde, path: str) -> None:
    """Load torchvision-named encoder weights; a classifier in the file is ignored. Raises CheckpointError."""
    state = read_state_dict(path)
    wanted = set(model.encoder.state_dict())
    missing = sorted(name for name in wanted - set(state) if not name.endswith("num_batches_tracked"))
    if missing:
        raise CheckpointError(
            f"{path}: lacks {missing[0]} and {len(missing) - 1} more weights of a {model.config.encoder} encoder."
        )
    try:
        model.encoder.load_state_dict({name: state[name] for name in wanted & set(state)}, strict=False)
    except RuntimeError as error:
        raise CheckpointError(f"{path}: does not fit a {model.config.encoder} encoder ({error}).") from error
