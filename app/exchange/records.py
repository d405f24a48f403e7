"""What the dialogs of export and import hand on: plain values."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from core.exchange.mask_import import ImportAs
    from core.exchange.project_formats import ExportFormat

Scope = Literal["shown", "all", "marked"]


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """everything: all frames, with the model's masks under the corrections; else the accepted ones."""

    form: "ExportFormat"
    target: Path
    scope: Scope
    everything: bool
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class ExportFacts:
    """What there is to export.

    accepted, frames: by scope and the clip's name, how many frames are accepted and how many there are.
    """

    accepted: dict[Scope, dict[str, int]]
    frames: dict[Scope, dict[str, int]]


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """source: a folder of masks or a COCO file. first_number: which names give to the clip's first frame."""

    source: Path
    kind: "ImportAs"
    first_number: int
