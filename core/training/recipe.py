"""Training recipes: TOML files read into frozen dataclasses, every value with its default here."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.datasets.prepare import DataRecipe
from core.datasets.transform import TransformSettings
from core.errors import RecipeError
from core.network.config import CONFIGS
from core.network.objective import ObjectiveSettings
from core.training.document import from_document


@dataclass(frozen=True, slots=True)
class PhaseSettings:
    """A stretch of training at one size.

    iterations: optimiser steps. side: input side in pixels. head_rate, encoder_rate: learning rates; an encoder rate
    of 0 freezes the encoder, and its stages get encoder_rate * encoder_decay**(stages from the last one).
    encoder_stages: how many of the encoder's last stages learn, None for all.
    """

    iterations: int
    side: int
    head_rate: float
    encoder_rate: float = 0.0
    encoder_decay: float = 0.7
    encoder_stages: int | None = None


@dataclass(frozen=True, slots=True)
class OptimizerSettings:
    """AdamW with a warm-up and a cosine over the whole run.

    batch: samples a step, of which `accumulate` parts are run one after the other. clip_norm: gradient norm limit.
    final_rate: share of the rate left at the end. ema: decay of the averaged weights, which are what is kept.
    mixed_precision: bfloat16 autocast for the convolutions; losses and weights stay float32.
    """

    batch: int = 8
    accumulate: int = 1
    weight_decay: float = 0.01
    clip_norm: float = 5.0
    warmup: int = 100
    final_rate: float = 0.02
    ema: float = 0.998
    mixed_precision: bool = True


@dataclass(frozen=True, slots=True)
class SelectionSettings:
    """Clips, with masks and never trained on, that choose the checkpoint. Folders are relative to the data root.

    every: iterations between two looks. stride: only every n-th frame is looked at. side: input side in pixels, None
    for the architecture's.
    """

    clips: tuple[str, ...] = ()
    every: int = 250
    stride: int = 5
    side: int | None = None


@dataclass(frozen=True, slots=True)
class MixSettings:
    """How often a batch element comes from each group of the cache (relative)."""

    motion: float = 0.58
    composite: float = 0.22
    crowded: float = 0.0
    clip: float = 0.08
    unlabelled: float = 0.12


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything a training run depends on.

    model: name of an architecture. encoder_weights: torchvision-named encoder state dict to start from.
    start: a checkpoint of this program to start from instead. seed: of weights, sampling and augmentation.
    data_root: folder that the paths in data and selection are relative to. save_every: iterations between
    resumable states.
    """

    model: str
    phases: tuple[PhaseSettings, ...]
    data_root: str
    data: DataRecipe
    encoder_weights: str | None = None
    start: str | None = None
    seed: int = 0
    save_every: int = 250
    mix: MixSettings = field(default_factory=MixSettings)
    transform: TransformSettings = field(default_factory=TransformSettings)
    objective: ObjectiveSettings = field(default_factory=ObjectiveSettings)
    optimizer: OptimizerSettings = field(default_factory=OptimizerSettings)
    selection: SelectionSettings = field(default_factory=SelectionSettings)

    @property
    def iterations(self) -> int:
        return sum(phase.iterations for phase in self.phases)

    def phase_at(self, iteration: int) -> PhaseSettings:
        """The phase that contains an iteration (counted from 0)."""
        for phase in self.phases:
            if iteration < phase.iterations:
                return phase
            iteration -= phase.iterations
        return self.phases[-1]


def read_recipe(path: str | Path) -> Recipe:
    """Read a recipe file.

    Raises:
        RecipeError: missing, no TOML, an unknown or missing entry, or a value of the wrong kind.
    """
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecipeError(f"{path}: the recipe cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path}: is not valid TOML ({error}).") from error
    return parse_recipe(document, str(path))


def parse_recipe(document: dict[str, Any], where: str) -> Recipe:
    """A recipe from a parsed document; what the document leaves out takes its default.

    Args:
        where: the file's name for error messages.

    Raises:
        RecipeError: as `read_recipe`.
    """
    recipe: Recipe = from_document(Recipe, document, where, RecipeError)
    if recipe.model not in CONFIGS:
        raise RecipeError(f"{where}: model is {recipe.model!r}; expected one of {', '.join(CONFIGS)}.")
    if not recipe.phases:
        raise RecipeError(f"{where}: has no [[phases]]; at least one is needed.")
    if recipe.optimizer.batch < 2 * recipe.optimizer.accumulate:
        raise RecipeError(
            f"{where}: batch is {recipe.optimizer.batch} in {recipe.optimizer.accumulate} parts; "
            "BatchNorm needs at least 2 samples in each."
        )
    return recipe
