"""What a recipe trains on and is chosen by, made ready: samples or data sets, flow, and the clips that choose."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch.utils.data import Dataset

from core.datasets.prepare import prepare
from core.errors import RecipeError
from core.flow import FlowChoice
from core.training.batches import Batch, BatchPlan
from core.training.distributed import Ranks
from core.training.recipe import Recipe
from core.training.selection import SelectionSet

_OURS = {"timing": "t->t+1", "radius_floor_px": 1.0}


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """recipe: its epochs counted. plan: this process's part of every batch. flow: what a checkpoint records of it."""

    recipe: Recipe
    plan: Dataset[Batch]
    selection: SelectionSet
    flow: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Preparation:
    """How material is made ready.

    cache: folder for samples and flow fields. workers: processes. device, flow_weights: of a flow network.
    on_progress: gets how many flow fields are done, and of how many.
    """

    cache: Path
    workers: int = 1
    device: str = "cpu"
    flow_weights: Path | None = None
    on_progress: Callable[[int, int], None] = lambda done, total: None


def open_material(recipe: Recipe, how: Preparation, ranks: Ranks) -> Material:
    """Make what is missing, the first process alone, and open it.

    Raises:
        InputError, OutputError: data cannot be read, or the cache not be written.
        RecipeError: the batch cannot be shared out evenly.
    """
    parts = ranks.size * recipe.optimizer.accumulate
    if ranks.size > 1 and recipe.optimizer.batch % parts:
        raise RecipeError(
            f"The recipe's batch of {recipe.optimizer.batch} cannot be shared out evenly among {ranks.size} processes "
            f"with {recipe.optimizer.accumulate} part(s) each: choose a batch that {parts} divides."
        )
    return _sets(recipe, how, ranks) if recipe.sets is not None else _samples(recipe, how, ranks)


def _samples(recipe: Recipe, how: Preparation, ranks: Ranks) -> Material:
    assert recipe.data is not None
    root = Path(recipe.data_root)
    folder = prepare(recipe.data, root, how.cache, how.workers) if ranks.first else None
    folder = Path(ranks.agree(str(folder)))
    chosen = recipe.selection
    selection = SelectionSet(
        [root / clip for clip in chosen.clips] if ranks.first else [],
        recipe.config,
        chosen.stride,
        side=chosen.side,
    )
    flow = {"method": "dis", **asdict(recipe.data.flow), **_OURS}
    return Material(recipe, BatchPlan(recipe, folder, ranks), selection, flow)


def _sets(recipe: Recipe, how: Preparation, ranks: Ranks) -> Material:
    from core.training.field_store import FieldStore
    from core.training.set_batches import SetPlan
    from core.training.set_clips import open_clips, split_clips

    assert recipe.sets is not None
    clips = open_clips(recipe.sets.sources, Path(recipe.data_root))
    train, held = split_clips(clips, recipe.selection.share, recipe.seed)
    fields = None
    if recipe.sets.second == "flow":
        fields = FieldStore(how.cache, FlowChoice(recipe.sets.flow, how.flow_weights, how.device))
        if ranks.first:
            fields.fill(clips, how.workers, how.on_progress)
    ranks.agree("ready")
    plan = SetPlan(recipe, train, fields, ranks)
    chosen = recipe.selection
    selection = SelectionSet([], recipe.config, chosen.stride, recipe.sets.second, chosen.side)
    selection.add(held, fields)
    flow = {**fields.description, **_OURS} if fields else {"method": recipe.sets.second}
    return Material(plan.recipe, plan, selection, flow)
