"""The record of which model was made the default, and when. Whether that one can be used: default.py."""

from pathlib import Path
from typing import Literal

import msgspec

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
