"""The ablations of the paper's Tables 2 and 3: every variant trained from one start and measured. Tables: beside."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core.errors import InputError, RecipeError
from core.flow import FlowChoice
from core.network.checkpoint import load_checkpoint
from core.network.config import Fusion
from core.training.distributed import Ranks, join_ranks, leave_ranks
from core.training.document import from_document
from core.training.field_store import FieldStore
from core.training.recipe import ArchitectureChanges, Recipe
from core.training.run import pick_device, train
from core.training.selection import SelectionSet
from core.training.set_clips import SetClip, open_clips
from core.training.state import RunState
from core.training.trainer import BEST_NAME, STATE_NAME, Event
from core.video.atomic import AtomicFile

RESULT_NAME = "result.json"


@dataclass(frozen=True, slots=True)
class Variant:
    """A row of the tables. key: names its folder. title: as in the paper."""

    key: str
    title: str
    cag: bool
    fusion: Fusion


VARIANTS = (
    Variant("cat", "Baseline (concatenation)", False, "cat"),
    Variant("cat-cag", "+ CAG", True, "cat"),
    Variant("dde", "+ DDE", False, "dde"),
    Variant("dde-cag", "+ CAG + DDE", True, "dde"),
    Variant("add-cag", "Addition", True, "add"),
    Variant("mul-cag", "Multiplication", True, "mul"),
)
"""In the order in which they are trained."""


@dataclass(frozen=True, slots=True)
class Score:
    """One variant on one data set. max_f, s_measure, mae, j: all in [0, 1]; frames: that counted."""

    max_f: float
    s_measure: float
    mae: float
    j: float
    frames: int


@dataclass(frozen=True, slots=True)
class VariantResult:
    """What became of a variant.

    recipe: of its training, as plain values. iterations: steps in all. best_iteration: that the clips of the selection
    chose. last_total: the objective at the last step, which has fewer terms without CAG. scores: by the data set.
    """

    recipe: dict[str, Any]
    iterations: int
    best_iteration: int
    last_total: float
    scores: dict[str, Score]


@dataclass(frozen=True, slots=True)
class Means:
    """What the variants are trained with. cache: by default out/cache, one for all of them."""

    device: str = "auto"
    workers: int = 1
    cache: Path | None = None
    flow_weights: Path | None = None


def variant_recipe(recipe: Recipe, variant: Variant) -> Recipe:
    """The recipe with a variant's architecture. Without CAG there are no side maps and scores to train."""
    return replace(
        recipe,
        architecture=ArchitectureChanges(variant.cag, variant.fusion),
        objective=replace(recipe.objective, sides=variant.cag),
        ablation=None,
    )


def run_ablation(
    recipe: Recipe, out: Path, means: Means, on_event: Callable[[Event], None] = lambda event: None
) -> dict[str, VariantResult]:
    """Train and measure every variant; what is done is not done again, what was begun goes on.

    Args:
        out: gets a run folder for each variant, with its result.
        on_event: called with the events of the trainings, each with its "variant".

    Returns:
        By the variants' keys.

    Raises:
        RecipeError: the recipe names nothing to measure on, or the folder holds ablations of another recipe.
        StudioError: as for a training.
    """
    if recipe.ablation is None or recipe.sets is None:
        raise RecipeError("An ablation needs a recipe with [sets] to train on and [ablation] to measure on.")
    judged = open_clips(recipe.ablation.sources, Path(recipe.data_root))
    joined = join_ranks(means.device)
    try:
        run = _Run(recipe, out, means, judged, joined, on_event)
        return {variant.key: run.result(variant) for variant in VARIANTS}
    finally:
        leave_ranks()


@dataclass(frozen=True, slots=True)
class _Run:
    recipe: Recipe
    out: Path
    means: Means
    judged: list[SetClip]
    joined: tuple[Ranks, str]
    on_event: Callable[[Event], None]

    @property
    def cache(self) -> Path:
        return self.means.cache or self.out / "cache"

    def result(self, variant: Variant) -> VariantResult:
        """Of one variant, trained and measured where it is not yet."""
        recipe, folder = variant_recipe(self.recipe, variant), self.out / variant.key
        plain = _plain(replace(recipe, ablation=self.recipe.ablation))
        done = _read_result(folder / RESULT_NAME)
        if done is None:
            return self._make(variant, recipe, folder, plain)
        if done.recipe != plain:
            raise RecipeError(f"{folder}: holds an ablation of another recipe; choose another folder.")
        return done

    def _make(self, variant: Variant, recipe: Recipe, folder: Path, plain: dict[str, Any]) -> VariantResult:
        terms: dict[str, float] = {}

        def tell(event: Event) -> None:
            terms.update(event.get("terms", {}))
            self.on_event({"variant": variant.key, **event})

        state = self._train(recipe, folder, tell)
        looks, scores = state.history, dict[str, Score]()
        best = max(looks, key=lambda look: look["j"])["iteration"] if looks else state.iteration
        ranks = self.joined[0]
        if ranks.first:
            tell({"event": "measuring"})
            scores = self._measure(folder / BEST_NAME)
        result = VariantResult(plain, state.iteration, best, round(terms.get("total", 0.0), 5), scores)
        if ranks.first:
            with AtomicFile(folder / RESULT_NAME) as file:
                file.write(json.dumps(asdict(result), indent=2).encode())
        ranks.agree("measured")
        return result

    def _train(self, recipe: Recipe, folder: Path, on_event: Callable[[Event], None]) -> RunState:
        return train(
            recipe,
            folder,
            resume=(folder / STATE_NAME).exists(),
            cache=self.cache,
            workers=self.means.workers,
            flow_weights=self.means.flow_weights,
            on_event=on_event,
            joined=self.joined,
        )

    def _measure(self, weights: Path) -> dict[str, Score]:
        """The chosen weights on every data set of the ablation."""
        wanted, sets = self.recipe.ablation, self.recipe.sets
        assert wanted is not None
        assert sets is not None
        device = pick_device(self.joined[1])
        model = load_checkpoint(weights)[0].to(device)
        fields = FieldStore(self.cache, FlowChoice(sets.flow, self.means.flow_weights, device.type))
        fields.fill(self.judged, self.means.workers, lambda done, total: None)
        scores: dict[str, Score] = {}
        for label in dict.fromkeys(clip.set for clip in self.judged):
            frames = SelectionSet([], model.config, wanted.stride, side=self.recipe.selection.side)
            frames.add([clip for clip in self.judged if clip.set == label], fields)
            row = frames.report(model, device, wanted.protocol, mixed_precision=False).overall
            scores[label] = Score(row.max_f, row.s_measure, row.mae, row.j, row.frames)
        return scores


def _plain(recipe: Recipe) -> dict[str, Any]:
    """As JSON gives it back."""
    return json.loads(json.dumps(asdict(recipe)))


def _read_result(path: Path) -> VariantResult | None:
    """None where it is not there yet."""
    try:
        return from_document(VariantResult, json.loads(path.read_text(encoding="utf-8")), str(path))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); delete it, and it is made again.") from error
