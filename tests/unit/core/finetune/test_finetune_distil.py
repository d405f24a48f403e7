"""Staying close to the base model: nothing pulls away from it at the base model itself, everything pulls back to it."""

import pytest
import torch

from core.datasets.transform import Example
from core.finetune.distil import Taught, distillation
from core.finetune.groups import EncoderCut, frozen_stages, prepare_model
from core.finetune.job import preset_settings
from core.finetune.losses import TERMS, BatchLoss, Whole
from core.finetune.views import View, pictures_of
from core.network import CAGDDE_LITE, build_model
from core.network.cagdde import CagDde, ModelOutput

SETTINGS = preset_settings("quick", mixed_precision=False)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def model() -> CagDde:
    torch.manual_seed(0)
    made = build_model(CAGDDE_LITE).eval()
    prepare_model(made, SETTINGS)
    return made


def example(seed: int) -> Example:
    values = torch.rand(2, 64, 64, 3, generator=torch.Generator().manual_seed(seed))
    rgb, flow = (values * 255).to(torch.uint8).numpy()
    truth = (values[0, :, :, 0] > 0.5).float().numpy()
    return Example(rgb, flow, truth, truth, truth * 0 + 1, 1.0)


def run(model: CagDde, seed: int) -> ModelOutput:
    return model(*pictures_of([example(seed)], CPU).chunk(2))


def test_at_the_base_model_the_distance_is_zero_and_has_no_slope(model: CagDde) -> None:
    model.zero_grad()
    output = run(model, 0)
    distance = distillation(output, [Taught.of(output)])
    assert float(distance.detach()) == pytest.approx(0, abs=1e-5)
    torch.autograd.backward(distance)
    slopes = [float(p.grad.abs().max()) for p in model.parameters() if p.grad is not None]
    assert slopes
    assert max(slopes) < 1e-5


def test_another_output_is_far_in_every_part(model: CagDde) -> None:
    with torch.no_grad():
        output, taught = run(model, 0), Taught.of(run(model, 0))
        for changed in (
            output._replace(final_logits=output.final_logits + 1),
            output._replace(side_logits=(output.side_logits[0] - 1, *output.side_logits[1:])),
            output._replace(scores=output.scores * 0.5),
        ):
            assert float(distillation(changed, [taught])) > 0.01


def test_parts_of_a_batch_add_up_to_the_whole(model: CagDde) -> None:
    cut = EncoderCut(model, frozen_stages(SETTINGS))
    loss = BatchLoss(model, cut, CPU, SETTINGS)
    with torch.no_grad():
        output = run(model, 7)
        far = Taught.of(output._replace(final_logits=output.final_logits + 2))
    views = [View(example(n), None, far if n % 2 else None) for n in range(4)]
    whole = Whole.of(views)
    assert (whole.corrected, whole.replay) == (2, 2)
    found: list[tuple[dict[str, float], torch.Tensor]] = []
    for parts in (1, 4):
        model.zero_grad()
        terms = loss.gradients(views, whole, parts)
        assert model.head.weight.grad is not None
        found.append((terms, model.head.weight.grad.clone()))
    assert set(found[0][0]) == set(TERMS)
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-4)
    assert torch.allclose(found[0][1], found[1][1], rtol=1e-3, atol=1e-6)
