"""Which model is the default. Imports nothing heavy: every program start asks this."""

import logging
from dataclasses import dataclass
from pathlib import Path

import msgspec
import platformdirs

from core.registry.choices import BUNDLED, CHOICES, read_choices
from core.resources import default_weights_path

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DefaultModel:
    """path: of the weights. notice: why it is the bundled model instead of the chosen one, or None."""

    id: str
    path: Path
    notice: str | None = None


def models_folder() -> Path:
    """Where the models of this user are."""
    return Path(platformdirs.user_data_dir("cagdde-studio", appauthor=False)) / "models"


def default_model() -> Path:
    """The weights to predict with when nobody names any: the chosen default, else the bundled model."""
    found = find_default()
    if found.notice:
        logger.warning(found.notice)
    return found.path


def find_default(folder: Path | None = None) -> DefaultModel:
    """The default of a registry, with a sentence where the chosen one cannot be used.

    Args:
        folder: the registry's; None for this user's.
    """
    folder = folder or models_folder()
    try:
        model = read_choices(folder).stack()[-1]
    except (OSError, msgspec.DecodeError) as error:
        return _bundled(f"{folder / CHOICES} cannot be read ({error}): the bundled model is used.")
    if model == BUNDLED:
        return _bundled(None)
    from core.registry.entry import read_entry

    record = read_entry(folder / model)
    if reason := record.trouble or record.not_a_model:
        return _bundled(
            f"The default model {model} cannot be used, the bundled one takes its place. {reason}"
        )
    return DefaultModel(model, record.path)


def _bundled(notice: str | None) -> DefaultModel:
    return DefaultModel(BUNDLED, default_weights_path(), notice)
