"""Reads and checks recipe files, and places the folders of their data sets. What the entries mean: recipe."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.errors import RecipeError
from core.network.config import CONFIGS
from core.training.document import from_document
from core.training.recipe import PhaseSettings, Recipe, SetSource


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
    for number, phase in enumerate(recipe.phases, 1):
        _check_phase(phase, recipe, f"{where}: phase {number}")
    if (recipe.data is None) == (recipe.sets is None):
        raise RecipeError(f"{where}: needs either [data] or [sets], to know what to train on.")
    if recipe.optimizer.batch < 2 * recipe.optimizer.accumulate:
        raise RecipeError(
            f"{where}: batch is {recipe.optimizer.batch} in {recipe.optimizer.accumulate} parts; "
            "BatchNorm needs at least 2 samples in each."
        )
    return recipe


def _check_phase(phase: PhaseSettings, recipe: Recipe, where: str) -> None:
    missing = [name for name in ("side", "head_rate") if not getattr(phase, name)]
    if missing:
        raise RecipeError(f"{where}: an entry is missing ({', '.join(missing)}).")
    if bool(phase.iterations) == bool(phase.epochs):
        raise RecipeError(f"{where}: needs either iterations or epochs, to know how long it is.")
    if phase.epochs and recipe.sets is None:
        raise RecipeError(f"{where}: epochs need [sets]; samples that are made are counted in iterations.")


def with_folders(recipe: Recipe, folders: Mapping[str, Path]) -> Recipe:
    """The recipe with the folders of its data sets given from outside, those of its ablation included.

    Args:
        folders: by the data set's name; relative ones are relative to the working directory.

    Raises:
        RecipeError: the recipe has no data set of a name.
    """

    def placed(sources: tuple[SetSource, ...]) -> tuple[SetSource, ...]:
        return tuple(
            replace(one, folder=str(folders[one.name].absolute())) if one.name in folders else one
            for one in sources
        )

    sets, ablation = recipe.sets, recipe.ablation
    known = {one.name for part in (sets, ablation) if part is not None for one in part.sources}
    unknown = sorted(set(folders) - known)
    if unknown:
        raise RecipeError(
            f"The recipe has no data set {unknown[0]!r} to take a folder; it has {', '.join(sorted(known)) or 'none'}."
        )
    return replace(
        recipe,
        sets=None if sets is None else replace(sets, sources=placed(sets.sources)),
        ablation=None if ablation is None else replace(ablation, sources=placed(ablation.sources)),
    )
