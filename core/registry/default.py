"""Which model is the default, and the history of that choice. Imports nothing heavy: every program start asks this."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs

from core.resources import default_weights_path

logger = logging.getLogger(__name__)

BUNDLED = "bundled"
"""The id of the model that ships with the program."""

CHOICES = "default.json"
FORMAT = "cagdde-default/1"


class Change(msgspec.Struct, frozen=True):
    """One change of the default. at: seconds since 1970. model: the id that is the default from then on."""

    at: float
    model: str
    how: Literal["set", "rolled back"]


class Choices(msgspec.Struct, frozen=True):
    """Every change of the default, oldest first. Nothing else is stored: the default follows from it."""

    changes: list[Change] = []
    format: str = FORMAT

    def stack(self) -> list[str]:
        """The default, last, after those that rolling back would return to."""
        result = [BUNDLED]
        for change in self.changes:
            if change.how == "set":
                if change.model != result[-1]:
                    result.append(change.model)
                continue
            if len(result) > 1:
                result.pop()
            while len(result) > 1 and result[-1] != change.model:
                result.pop()
        return result


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


def read_choices(folder: Path) -> Choices:
    """The history of the default in a registry. Raises OSError or msgspec.DecodeError when it is damaged."""
    try:
        content = (folder / CHOICES).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Choices()
    choices = msgspec.json.decode(content, type=Choices)
    if choices.format != FORMAT:
        raise msgspec.ValidationError(f"it has format {choices.format}, this program reads {FORMAT}")
    return choices


def _bundled(notice: str | None) -> DefaultModel:
    return DefaultModel(BUNDLED, default_weights_path(), notice)
