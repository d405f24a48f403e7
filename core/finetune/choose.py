"""The choice between the old and the tuned weights: interpolation, and the gate that may keep the old model."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from core.finetune.job import FinetuneSettings
from core.finetune.measure import FrameRunner, measure_maps
from core.finetune.outcome import Candidate, Forgetting, Measures
from core.network.cagdde import CagDde
from core.training.average import blend

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Interpolations that are compared: 0 is the base model, 1 the tuned one."""

_NEARLY = 0.8
"""Share of the largest gain that a smaller interpolation must keep to be preferred."""


@dataclass(frozen=True, slots=True)
class Choice:
    """a: 0 keeps the old model. reason: one sentence. forgetting: of the chosen weights; None without a set."""

    a: float
    reason: str
    candidates: tuple[Candidate, ...]
    forgetting: Forgetting | None


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
    before: Measures | None = None
    for a in SHARES:
        model = interpolated(base, tuned, a)
        chosen = measure_maps(selection.maps(model), on_frame=on_frame)
        kept = measure_maps(regression.maps(model), on_frame=on_frame) if regression.frames else None
        before = kept if a == 0 else before
        candidates.append(_candidate(a, chosen, kept, before, settings))
        on_candidate(candidates[-1])
    a, reason = decide(candidates, settings)
    frames = 0 if before is None else before.frames
    return Choice(a, reason, tuple(candidates), _forgetting(candidates, a, frames, settings))


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

    The frames that chose have trained by now: they only tell that the refit has not failed.

    Returns:
        The choice with the refit's forgetting; None where the trial's weights are to be used.
    """
    model = interpolated(base, refit, choice.a)
    old = choice.candidates[0]
    if measure_maps(selection.maps(model), on_frame=on_frame).j < old.selection_j:
        return None
    if choice.forgetting is None:
        return choice
    kept = measure_maps(regression.maps(model), on_frame=on_frame)
    lost = 100 * (choice.forgetting.max_f_before - kept.max_f)
    if lost > settings.allowed_points:
        return None
    forgetting = replace(choice.forgetting, max_f_after=kept.max_f, j_after=kept.j, lost_points=lost)
    return replace(choice, forgetting=forgetting)


def _candidate(
    a: float, chosen: Measures, kept: Measures | None, before: Measures | None, settings: FinetuneSettings
) -> Candidate:
    if kept is None or before is None:
        return Candidate(a, chosen.j, chosen.max_f, 0.0, 0.0, True)
    lost = 100 * (before.max_f - kept.max_f)
    allowed = lost <= settings.allowed_points
    why_not = (
        ""
        if allowed
        else f"it loses {lost:.1f} points of max F on the regression set, {settings.allowed_points} are allowed"
    )
    return Candidate(a, chosen.j, chosen.max_f, kept.max_f, kept.j, allowed, why_not)


def decide(candidates: Sequence[Candidate], settings: FinetuneSettings) -> tuple[float, str]:
    """The allowed interpolation nearest to the old model that has nearly the best gain of J on the selection part.

    Nearly: a few frames chosen from say little, and what is nearer to the old model forgets less.

    Args:
        candidates: a = 0 first.

    Returns:
        a and a sentence. 0 where no other one gains at least `least_gain`: the old model is kept.
    """
    old = candidates[0]
    better = [c for c in candidates[1:] if c.selection_j - old.selection_j >= settings.least_gain]
    allowed = [c for c in better if c.allowed]
    if allowed:
        most = max(c.selection_j for c in allowed) - old.selection_j
        best = next(c for c in allowed if c.selection_j - old.selection_j >= _NEARLY * most)
        return best.a, (
            f"The new model is chosen with a = {best.a:g}: J on the frames held out for choosing rises from "
            f"{old.selection_j:.3f} to {best.selection_j:.3f}."
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
    candidates: Sequence[Candidate], a: float, frames: int, settings: FinetuneSettings
) -> Forgetting | None:
    if not frames:
        return None
    old, new = candidates[0], next(c for c in candidates if c.a == a)
    return Forgetting(
        frames,
        old.regression_max_f,
        new.regression_max_f,
        old.regression_j,
        new.regression_j,
        100 * (old.regression_max_f - new.regression_max_f),
        settings.allowed_points,
    )
