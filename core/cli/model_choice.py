"""Which weights a command's --model means: a file, a model of the registry, or the default. Reads no weights."""

from pathlib import Path

from core.cli.terminal import say


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


def named_model(model: Path) -> Path:
    """The weights of a file or listed model. What is neither is returned as it is: opening it tells what is wrong."""
    if model.exists() or len(model.parts) != 1:
        return model
    from core.registry import ModelRegistry

    registry = ModelRegistry()
    if any(str(model) == record.name or record.id.startswith(str(model)) for record in registry.models()):
        return registry.get(str(model)).path
    return model
