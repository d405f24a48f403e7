"""Which weights a command's --model means: a file, a model of the registry, or the default. Reads no weights."""

from pathlib import Path

from core.cli.terminal import say
from core.errors import InputError


def chosen_model(model: Path | None) -> Path:
    """The weights to use, with a note on stderr where the default cannot be used.

    Args:
        model: a file, or the id or name of a listed model; None means the default.

    Raises: InputError when a name may mean two models.
    """
    if model is not None:
        return named_model(model)
    from core.registry import find_default

    found = find_default()
    if found.notice:
        say(f"note: {found.notice}")
    return found.path


def named_model(model: Path, encoders: bool = False) -> Path:
    """The weights of a file or listed model. What is neither is returned as it is: opening it tells what is wrong.

    Args:
        encoders: whether weights that predict nothing by themselves will do.

    Raises: InputError when a name may mean two models, or means such weights.
    """
    if model.exists() or len(model.parts) != 1:
        return model
    from core.registry import ModelRegistry

    registry, name = ModelRegistry(), str(model)
    if not any(name == record.name or record.id.startswith(name) for record in registry.models()):
        return model
    record = registry.get(name)
    if not encoders and (reason := record.not_a_model):
        raise InputError(reason)
    return record.path
