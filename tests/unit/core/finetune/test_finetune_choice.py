"""The gate: which interpolation is chosen, when the old model is kept, and what an interpolation is."""

from dataclasses import replace

import pytest
import torch

from core.finetune.choose import decide, interpolated
from core.finetune.job import preset_settings
from core.finetune.outcome import Candidate
from core.metrics.bootstrap import bootstrap
from core.network import CAGDDE_LITE, build_model

SETTINGS = preset_settings("quick")


def candidates(js: list[float], forgets: tuple[float, ...] = ()) -> list[Candidate]:
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    return [
        Candidate(a, j, 0.9, 0.9, 0.8, a not in forgets, "it loses much" if a in forgets else "")
        for a, j in zip(shares, js, strict=True)
    ]


def test_the_best_allowed_interpolation_is_chosen() -> None:
    a, reason = decide(candidates([0.5, 0.6, 0.7, 0.8, 0.9], forgets=(1.0,)), SETTINGS)
    assert a == 0.75
    assert "0.500 to 0.800" in reason


def test_of_equals_the_one_nearer_to_the_old_model() -> None:
    assert decide(candidates([0.5, 0.7, 0.7, 0.7, 0.7]), SETTINGS)[0] == 0.25


def test_nearly_the_best_gain_nearer_to_the_old_model_is_preferred() -> None:
    assert decide(candidates([0.5, 0.55, 0.595, 0.6, 0.6]), SETTINGS)[0] == 0.5


def test_the_old_model_is_kept_where_the_tuned_one_forgets() -> None:
    a, reason = decide(candidates([0.5, 0.6, 0.7, 0.8, 0.9], forgets=(0.25, 0.5, 0.75, 1.0)), SETTINGS)
    assert a == 0
    assert reason.startswith("The old model is kept because the tuned one forgets")


def test_the_old_model_is_kept_where_nothing_is_gained() -> None:
    a, reason = decide(candidates([0.5, 0.501, 0.45, 0.4, 0.3]), replace(SETTINGS, least_gain=0.01))
    assert a == 0
    assert "not better" in reason


def test_what_is_gained_here_must_outweigh_what_is_lost_elsewhere() -> None:
    losses = (0.0, 0.0, 0.004, 0.02, 0.03)
    given = candidates([0.5, 0.51, 0.515, 0.52, 0.521])
    costly = [replace(c, worst_group="small", group_loss=loss) for c, loss in zip(given, losses, strict=True)]
    assert decide(given, SETTINGS)[0] == 0.75
    assert decide(costly, SETTINGS)[0] == 0.25
    a, reason = decide([costly[0], *costly[3:]], SETTINGS)
    assert a == 0
    assert "gains less than it forgets" in reason
    assert "in the regression set's group small" in reason


def test_interpolation_ends_are_exact_and_the_middle_lies_between() -> None:
    torch.manual_seed(0)
    base, other = build_model(CAGDDE_LITE), build_model(CAGDDE_LITE)
    tuned = other.state_dict()
    for a, expected in ((0.0, base.state_dict()), (1.0, tuned)):
        made = interpolated(base, tuned, a).state_dict()
        assert all(
            torch.equal(made[name], value)
            for name, value in expected.items()
            if value.dtype.is_floating_point
        )
    middle = interpolated(base, tuned, 0.5).state_dict()
    name = "head.weight"
    assert torch.allclose(middle[name], (base.state_dict()[name] + tuned[name]) / 2)


def test_few_units_or_zero_inside_are_not_established() -> None:
    assert bootstrap([0.1, 0.2], True).words.startswith("not established: 2 clips")
    assert "includes zero" in bootstrap([0.1, -0.1, 0.2, -0.2, 0.01, -0.02], False).words
    sure = bootstrap([0.1, 0.12, 0.09, 0.2, 0.15], True)
    assert sure.established
    assert sure.words == "established"
    assert sure.low <= sure.mean <= sure.high


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_shares_outside_are_refused(share: float) -> None:
    model = build_model(CAGDDE_LITE)
    with pytest.raises(ValueError, match="interpolate"):
        interpolated(model, model.state_dict(), share)
