"""The objective against its formulas, recipes, and a small run of the real trainer."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.errors import RecipeError, StudioError
from core.network import CAGDDE_LITE, build_model, load_checkpoint
from core.network.cagdde import ModelOutput
from core.network.objective import ObjectiveSettings, Targets, objective, soft_iou, ssim
from core.opencv import cv2
from core.training.optimizer import build_optimizer, set_modes, set_rates
from core.training.recipe import OptimizerSettings, PhaseSettings
from core.training.recipe_file import read_recipe
from core.training.run import train_from_recipe
from core.training.start import load_encoder


def random_output(n: int = 2, size: int = 32) -> ModelOutput:
    g = torch.Generator().manual_seed(0)
    sides = tuple(torch.randn(n, 2, size >> i, size >> i, generator=g).requires_grad_() for i in range(1, 6))
    scores = torch.rand(n, 5, 2, generator=g).requires_grad_()
    return ModelOutput(torch.randn(n, 1, size, size, generator=g).requires_grad_(), sides, scores)


def targets(truth: torch.Tensor) -> Targets:
    return Targets(truth, truth, torch.ones_like(truth), torch.ones(truth.shape[0]))


def test_ssim_is_the_windowed_one_with_zero_padding() -> None:
    g = torch.Generator().manual_seed(1)
    a, b = torch.rand(2, 1, 20, 28, generator=g), torch.rand(2, 1, 20, 28, generator=g)
    offsets = torch.arange(11.0) - 5
    line = torch.exp(-(offsets**2) / 4.5)
    window = torch.outer(line, line)[None, None] / line.sum() ** 2

    def blur(x: torch.Tensor) -> torch.Tensor:
        return functional.conv2d(x, window, padding=5)

    ma, mb = blur(a), blur(b)
    va, vb, cov = blur(a * a) - ma**2, blur(b * b) - mb**2, blur(a * b) - ma * mb
    expected = ((2 * ma * mb + 1e-4) * (2 * cov + 9e-4)) / ((ma**2 + mb**2 + 1e-4) * (va + vb + 9e-4))
    assert torch.allclose(ssim(a, b), expected.mean((1, 2, 3)), atol=1e-5)
    assert torch.allclose(ssim(a, a), torch.ones(2), atol=1e-5)


def test_soft_iou_counts_false_negatives_and_survives_empty_ground_truth() -> None:
    p = torch.tensor([[[[1.0, 1.0, 0.0, 0.0]]]])
    g = torch.tensor([[[[1.0, 0.0, 1.0, 0.0]]]])
    assert soft_iou(p, g, 0.0).item() == pytest.approx(1 / 3)
    empty = torch.zeros_like(p)
    assert soft_iou(empty, empty, 1.0).item() == 1.0
    assert torch.isnan(soft_iou(empty, empty, 0.0)).item(), "the authors' 0/0"


def test_every_term_is_there_and_they_add_up() -> None:
    truth = (torch.rand(2, 1, 32, 32) > 0.5).float()
    output = random_output()
    terms = objective(output, targets(truth), ObjectiveSettings())
    parts = [terms[name] for name in ("bce", "ssim", "iou", "side", "confidence")]
    assert terms["total"].item() == pytest.approx(sum(part.item() for part in parts), rel=1e-5)
    expected = functional.binary_cross_entropy_with_logits(output.final_logits, truth)
    assert terms["bce"].item() == pytest.approx(expected.item(), rel=1e-5)
    gaps = 0.0
    for level in range(5):
        size = output.side_logits[level].shape[-2:]
        small = functional.interpolate(truth, size, mode="nearest")
        for stream in range(2):
            reached = soft_iou(torch.sigmoid(output.side_logits[level][:, stream : stream + 1]), small, 1.0)
            gaps += (output.scores[:, level, stream] - reached).abs().mean().item()
    assert terms["confidence"].item() == pytest.approx(gaps, rel=1e-5)


def test_the_confidence_loss_moves_the_side_map_only_as_the_authors_had_it() -> None:
    truth = (torch.rand(2, 1, 32, 32) > 0.5).float()
    for settings, leaks in ((ObjectiveSettings(), False), (ObjectiveSettings(detach_iou_target=False), True)):
        output = random_output()
        objective(output, targets(truth), settings)["confidence"].backward()
        assert (output.side_logits[2].grad is not None) == leaks


def test_invalid_pixels_and_weightless_samples_do_not_count() -> None:
    truth = (torch.rand(2, 1, 32, 32) > 0.5).float()
    valid = torch.ones_like(truth)
    valid[:, :, :16] = 0
    wrong = truth.clone()
    wrong[:, :, :16] = 1 - wrong[:, :, :16]
    for a, b in ((truth, wrong),):
        one = objective(random_output(), Targets(a, a, valid, torch.ones(2)), ObjectiveSettings())
        two = objective(random_output(), Targets(b, b, valid, torch.ones(2)), ObjectiveSettings())
        assert one["total"].item() == pytest.approx(two["total"].item(), rel=1e-6)
    other = truth.clone()
    other[1] = 1 - other[1]
    alone = torch.tensor([1.0, 0.0])
    one = objective(
        random_output(), Targets(truth, truth, torch.ones_like(truth), alone), ObjectiveSettings()
    )
    two = objective(
        random_output(), Targets(other, other, torch.ones_like(truth), alone), ObjectiveSettings()
    )
    assert one["total"].item() == pytest.approx(two["total"].item(), rel=1e-6)


def test_a_frozen_encoder_and_its_batchnorm_stay() -> None:
    model = build_model(CAGDDE_LITE)
    set_modes(model, PhaseSettings(1, 64, 1e-3))
    assert not any(p.requires_grad for p in model.encoder.parameters())
    set_modes(model, PhaseSettings(1, 64, 1e-3, encoder_rate=1e-4))
    assert all(p.requires_grad for p in model.encoder.parameters())
    norms = [m for m in model.encoder.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms
    assert not any(m.training for m in norms)


def test_rates_warm_up_fall_and_reach_deep_encoder_stages_less() -> None:
    model = build_model(CAGDDE_LITE)
    settings = OptimizerSettings(warmup=10)
    optimizer = build_optimizer(model, settings)
    phase = PhaseSettings(100, 64, 1e-3, encoder_rate=1e-4, encoder_decay=0.5)
    rates = [set_rates(optimizer, settings, phase, i, 100) for i in (0, 9, 50, 99)]
    assert rates[0] < rates[1]
    assert rates[1] > rates[2] > rates[3] > 0
    depth = {group["depth"]: group["lr"] for group in optimizer.param_groups if group["role"] == "encoder"}
    assert depth[0] == pytest.approx(2 * depth[1])
    assert depth[0] == pytest.approx(0.1 * rates[3])
    grouped = sum(len(group["params"]) for group in optimizer.param_groups)
    assert grouped == len(list(model.parameters()))


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A recipe over four generated stills and a clip, at a size that trains in seconds."""
    for name in ("stills/images", "stills/masks", "clip/frames", "clip/masks"):
        (tmp_path / "data" / name).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for i in range(4):
        mask = np.zeros((72, 96), np.uint8)
        cv2.circle(mask, (30 + 8 * i, 36), 16, 255, -1)
        rgb = cv2.GaussianBlur(rng.integers(0, 256, (72, 96, 3)).astype(np.uint8), (0, 0), 2)
        rgb[mask > 0] = rgb[mask > 0] // 2 + np.array([0, 0, 120], np.uint8)
        for folder, kind, picture in (("stills", "images", rgb), ("stills", "masks", mask)):
            cv2.imwrite(str(tmp_path / "data" / folder / kind / f"{i}.png"), picture)
        cv2.imwrite(str(tmp_path / f"data/clip/frames/{i}.png"), rgb)
        cv2.imwrite(str(tmp_path / f"data/clip/masks/{i}.png"), mask)
    text = f"""
model = "cagdde-lite"
data_root = "{(tmp_path / "data").as_posix()}"
save_every = 2
seed = 3
phases = [{{ iterations = 2, side = 64, head_rate = 1e-3 }},
          {{ iterations = 2, side = 64, head_rate = 1e-3, encoder_rate = 1e-4 }}]
[data]
stills = [{{ folder = "stills", pairs = 1 }}]
[data.motion]
long_side = 96
[optimizer]
batch = 2
warmup = 1
[selection]
clips = ["clip"]
every = 2
stride = 1
side = 64
"""
    path = tmp_path / "recipe.toml"
    path.write_text(text, encoding="utf-8")
    return path


def terms_of(folder: Path) -> dict[int, dict[str, float]]:
    events = [json.loads(line) for line in (folder / "progress.jsonl").read_text().splitlines()]
    return {event["iteration"]: event["terms"] for event in events if event["event"] == "step"}


def test_a_stopped_and_resumed_run_is_the_run_that_was_not_stopped(recipe: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    train_from_recipe(recipe, tmp_path / "whole", cache=cache, workers=0)
    train_from_recipe(recipe, tmp_path / "cut", cache=cache, workers=0, minutes=0)
    state = train_from_recipe(recipe, tmp_path / "cut", cache=cache, workers=0, resume=True)
    assert state.iteration == 4
    assert terms_of(tmp_path / "whole") == terms_of(tmp_path / "cut")
    one, _ = load_checkpoint(tmp_path / "whole" / "last.safetensors")
    two, metadata = load_checkpoint(tmp_path / "cut" / "last.safetensors")
    for (name, a), b in zip(one.state_dict().items(), two.state_dict().values(), strict=True):
        assert torch.equal(a, b), name
    assert metadata.flow["timing"] == "t->t+1"
    assert metadata.training["seed"] == 3
    assert (tmp_path / "cut" / "best.safetensors").is_file()
    assert 0 <= state.best <= 1


def test_accumulated_parts_see_the_whole_batch(recipe: Path, tmp_path: Path) -> None:
    text = recipe.read_text().replace("batch = 2", "batch = 4\naccumulate = 2")
    recipe.write_text(text)
    state = train_from_recipe(recipe, tmp_path / "run", cache=tmp_path / "cache", workers=0)
    assert state.iteration == 4
    assert len(terms_of(tmp_path / "run")) == 4


def test_a_run_folder_is_never_overwritten(recipe: Path, tmp_path: Path) -> None:
    train_from_recipe(recipe, tmp_path / "run", cache=tmp_path / "cache", workers=0, minutes=0)
    with pytest.raises(RecipeError, match="holds another run"):
        train_from_recipe(recipe, tmp_path / "run", cache=tmp_path / "cache", workers=0)
    recipe.write_text(recipe.read_text().replace("seed = 3", "seed = 4"))
    with pytest.raises(RecipeError, match="another recipe"):
        train_from_recipe(recipe, tmp_path / "run", cache=tmp_path / "cache", workers=0, resume=True)
    with pytest.raises(RecipeError, match="no state to resume"):
        train_from_recipe(recipe, tmp_path / "new", workers=0, resume=True)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('model = "cagdde-lite"', 'model = "u2net"', "expected one of"),
        ("save_every = 2", "save_evry = 2", "unknown entry 'save_evry'"),
        ("seed = 3", 'seed = "three"', "seed: expected int"),
        ("side = 64, head_rate = 1e-3 },", "side = 64 },", "head_rate"),
        ("[optimizer]", "[optimizer", "not valid TOML"),
        ("batch = 2", "batch = 1", "at least 2 samples"),
    ],
)
def test_wrong_recipes_are_explained(recipe: Path, old: str, new: str, words: str) -> None:
    recipe.write_text(recipe.read_text().replace(old, new))
    with pytest.raises(RecipeError, match=words) as caught:
        read_recipe(recipe)
    assert str(recipe) in str(caught.value)


def test_missing_recipes_and_data_are_one_sentence(recipe: Path, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="cannot be read"):
        read_recipe(tmp_path / "none.toml")
    recipe.write_text(recipe.read_text().replace('folder = "stills"', 'folder = "elsewhere"'))
    with pytest.raises(StudioError, match="elsewhere"):
        train_from_recipe(recipe, tmp_path / "run", workers=0)


def test_the_committed_recipe_reads() -> None:
    path = Path(__file__).parents[4] / "resources" / "recipes" / "cagdde-lite-1.toml"
    recipe = read_recipe(path)
    assert recipe.iterations > 1000
    assert recipe.data is not None
    assert not any("dev" in clip for clip in recipe.data.clips)


def test_encoder_weights_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    torch.save({"features.0.0.weight": torch.zeros(3)}, tmp_path / "e.pth")
    with pytest.raises(StudioError, match=r"e\.pth: lacks"):
        load_encoder(build_model(replace(CAGDDE_LITE)), str(tmp_path / "e.pth"))
