"""The choice between the old and the tuned weights: interpolation, and the gate that may keep the old model."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from core.finetune.job import FinetuneSettings
from core.finetune.measure import FrameMaps, FrameRunner, j_by_clip, measure_maps
from core.finetune.outcome import Candidate, Forgetting, Measures
from core.network.cagdde import CagDde
from core.training.average import blend

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Interpolations that are compared: 0 is the base model, 1 the tuned one."""

_NEARLY = 0.9
"""Share of the largest net gain that a smaller interpolation must keep to be preferred."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a network reaches on the regression set. groups: J of each group of it, by its name."""

    measures: Measures
    groups: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Choice:
    """a: 0 keeps the old model. reason: one sentence. before: the base model on the regression set; None without one.
    forgetting: of the chosen weights, likewise."""

    a: float
    reason: str
    candidates: tuple[Candidate, ...] = ()
    before: Kept | None = None
    forgetting: Forgetting | None = None


def interpolated(base: CagDde, tuned: dict[str, Tensor], a: float) -> CagDde:
    """A new network between both; 0 is the base to the bit, 1 the tuned one. Raises: ValueError outside [0, 1]."""
    if not 0 <= a <= 1:
        raise ValueError(f"cannot interpolate by {a}")
    model = copy.deepcopy(base).eval()
    blend(model, tuned, a)
    return model


def choose(
    base: CagDde,
    tuned: dict[str, Tensor],
    selection: FrameRunner,
    regression: FrameRunner,
    settings: FinetuneSettings,
    on_candidate: Callable[[Candidate], None] = lambda candidate: None,
    on_frame: Callable[[], None] = lambda: None,
) -> Choice:
    """Compare every interpolation on the selection part and the regression set.

    Args:
        on_frame: called after each measured frame; may raise to end it.
    """
    candidates: list[Candidate] = []
    before: Kept | None = None
    for a in SHARES:
        model = interpolated(base, tuned, a)
        chosen = measure_maps(selection.maps(model), on_frame=on_frame)
        kept = look_back(regression, model, on_frame)
        before = kept if a == 0 else before
        candidates.append(_candidate(a, chosen, kept, before, settings))
        on_candidate(candidates[-1])
    a, reason = decide(candidates, settings)
    return Choice(a, reason, tuple(candidates), before, _forgetting(candidates, a, before, settings))


def check_refit(
    base: CagDde,
    refit: dict[str, Tensor],
    choice: Choice,
    selection: FrameRunner,
    regression: FrameRunner,
    settings: FinetuneSettings,
    on_frame: Callable[[], None] = lambda: None,
) -> Choice | None:
    """The trial's choice for the refit weights, where they forget little enough too.

    The frames that chose have trained by now: they only tell that the refit has not failed. So what it loses elsewhere
    is held against what the trial gained.

    Returns:
        The choice with the refit's forgetting; None where the trial's weights are to be used.
    """
    model = interpolated(base, refit, choice.a)
    old, trial = choice.candidates[0], next(c for c in choice.candidates if c.a == choice.a)
    chosen = measure_maps(selection.maps(model), on_frame=on_frame)
    if chosen.j < old.selection_j:
        return None
    kept = look_back(regression, model, on_frame)
    if kept is None:
        return choice
    found = _candidate(choice.a, chosen, kept, choice.before, settings)
    if not found.allowed or _net_gain(old, replace(found, selection_j=trial.selection_j)) <= 0:
        return None
    return replace(choice, forgetting=_forgetting((old, found), choice.a, choice.before, settings))


def look_back(
    regression: FrameRunner, model: CagDde, on_frame: Callable[[], None] = lambda: None
) -> Kept | None:
    """Measure the regression set; None where there is none."""
    if not regression.frames:
        return None
    maps: list[FrameMaps] = []
    for item in regression.maps(model):
        maps.append(item)
        on_frame()
    return Kept(measure_maps(maps), j_by_clip(maps))


def _candidate(
    a: float, chosen: Measures, kept: Kept | None, before: Kept | None, settings: FinetuneSettings
) -> Candidate:
    if kept is None or before is None:
        return Candidate(a, chosen.j, chosen.max_f, 0.0, 0.0, True)
    losses = {name: j - kept.groups[name] for name, j in before.groups.items()}
    worst = max(losses, key=lambda name: losses[name])
    why_not = _why_not(before.measures, kept.measures, worst, losses[worst], settings)
    measures = kept.measures
    return Candidate(
        a, chosen.j, chosen.max_f, measures.max_f, measures.j, not why_not, why_not, worst, losses[worst]
    )


def _why_not(before: Measures, kept: Measures, worst: str, loss: float, settings: FinetuneSettings) -> str:
    """What is forgotten too much; empty where nothing is."""
    points, lost = 100 * (before.max_f - kept.max_f), before.j - kept.j
    if points > settings.allowed_points:
        allowed = f"{settings.allowed_points:g} are allowed"
        return f"it loses {points:.1f} points of max F on the regression set, {allowed}"
    if lost > settings.allowed_loss:
        return f"J falls by {lost:.3f} on the regression set, {settings.allowed_loss:g} is allowed"
    if loss > settings.allowed_group_loss:
        allowed = f"{settings.allowed_group_loss:g} is allowed"
        return f"J falls by {loss:.3f} in the regression set's group {worst}, {allowed}"
    return ""


def _net_gain(old: Candidate, new: Candidate) -> float:
    """J that is gained on the selection part, less what is lost in the worst group of the regression set."""
    return new.selection_j - old.selection_j - max(0.0, new.group_loss)


def decide(candidates: Sequence[Candidate], settings: FinetuneSettings) -> tuple[float, str]:
    """The allowed interpolation nearest to the old model that has nearly the best net gain.

    Net: J gained on the selection part, less J lost in the worst group of the regression set. What is gained here must
    outweigh what is lost anywhere else. Nearly: a few frames chosen from say little, and what is nearer to the old
    model forgets less.

    Args:
        candidates: a = 0 first.

    Returns:
        a and a sentence. 0 where no other one has a net gain of `least_gain`: the old model is kept.
    """
    old = candidates[0]
    better = [c for c in candidates[1:] if c.selection_j - old.selection_j >= settings.least_gain]
    allowed = [c for c in better if c.allowed]
    worth = [c for c in allowed if _net_gain(old, c) >= settings.least_gain]
    if worth:
        most = max(_net_gain(old, c) for c in worth)
        best = next(c for c in worth if _net_gain(old, c) >= _NEARLY * most)
        return best.a, (
            f"The new model is chosen with a = {best.a:g}: J on the frames held out for choosing rises from "
            f"{old.selection_j:.3f} to {best.selection_j:.3f}."
        )
    if allowed:
        best = max(allowed, key=lambda c: _net_gain(old, c))
        return 0.0, (
            f"The old model is kept because the tuned one gains less than it forgets: with a = {best.a:g}, J on the "
            f"frames held out for choosing rises by {best.selection_j - old.selection_j:.3f} and falls by "
            f"{best.group_loss:.3f} in the regression set's group {best.worst_group}."
        )
    if better:
        best = max(better, key=lambda c: c.selection_j)
        return 0.0, (
            f"The old model is kept because the tuned one forgets: with a = {best.a:g}, {best.why_not}."
        )
    best = max(candidates[1:], key=lambda c: c.selection_j)
    return 0.0, (
        "The old model is kept because the tuned one is not better on the frames held out for choosing: "
        f"J {best.selection_j:.3f} with a = {best.a:g}, {old.selection_j:.3f} before."
    )


def _forgetting(
    candidates: Sequence[Candidate], a: float, before: Kept | None, settings: FinetuneSettings
) -> Forgetting | None:
    if before is None:
        return None
    old, new = candidates[0], next(c for c in candidates if c.a == a)
    return Forgetting(
        before.measures.frames,
        old.regression_max_f,
        new.regression_max_f,
        old.regression_j,
        new.regression_j,
        100 * (old.regression_max_f - new.regression_max_f),
        settings.allowed_points,
        new.worst_group,
        new.group_loss,
    )
