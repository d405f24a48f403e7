"""Training on data sets as they lie on disk: splits, epochs, flow on disk, starts without CAG, the ablations."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from set_recipe import FRAMES, make_clips, write_recipe
from typer.testing import CliRunner

from core.cli import app
from core.errors import InputError, RecipeError, StudioError
from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint
from core.network.config import Fusion
from core.training.distributed import Ranks
from core.training.material import Preparation, open_material
from core.training.optimizer import build_optimizer, set_rates
from core.training.recipe import (
    ArchitectureChanges,
    Recipe,
)
from core.training.recipe_file import read_recipe, with_folders
from core.training.set_batches import SetPlan
from core.training.set_clips import open_clips, split_clips
from core.training.start import initial_model

RECIPES = Path(__file__).parents[4] / "resources" / "recipes"


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    return read_recipe(write_recipe(tmp_path / "recipe.toml", make_clips(tmp_path / "data")))


def test_whole_clips_choose_and_the_draw_is_of_the_seed_alone(recipe: Recipe) -> None:
    assert recipe.sets is not None
    clips = open_clips(recipe.sets.sources, Path())
    train, held = split_clips(clips, 0.34, seed=3)
    assert len(train) == 2
    assert len(held) == 1
    assert split_clips(clips[::-1], 0.34, seed=3)[1] == held
    assert split_clips(clips, 0.0, seed=3)[1] == []
    assert len({split_clips(clips, 0.34, seed)[1][0].name for seed in range(12)}) > 1


def test_every_frame_comes_once_an_epoch(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    material = open_material(recipe, Preparation(tmp_path / "cache"), Ranks())
    plan = material.plan
    assert isinstance(plan, SetPlan)
    assert len(plan) == 2 * (2 * FRAMES // 4) == material.recipe.iterations
    assert material.recipe.selection.every == 2
    seen: Counter[int] = Counter()
    monkeypatch.setattr(SetPlan, "_example", lambda self, index, slot, frame, size: seen.update([int(frame)]))
    monkeypatch.setattr("core.training.set_batches.collate", list)
    for index in range(len(plan)):
        plan[index]
    assert seen == Counter(dict.fromkeys(range(2 * FRAMES), 2))


def test_processes_share_one_batch(recipe: Recipe, tmp_path: Path) -> None:
    how = Preparation(tmp_path / "cache")
    whole = open_material(recipe, how, Ranks()).plan[1]
    parts = [
        SetPlan(recipe, plan.clips, plan.fields, Ranks(rank, 2))[1]
        for plan in [open_material(recipe, how, Ranks()).plan]
        if isinstance(plan, SetPlan)
        for rank in (0, 1)
    ]
    for rank, part in enumerate(parts):
        assert torch.equal(part.flow, whole.flow[rank::2])
        assert torch.equal(part.targets.ground_truth, whole.targets.ground_truth[rank::2])
    assert set(np.unique(whole.targets.ground_truth.numpy())) == {0.0, 1.0}, "grey masks are thresholded"
    assert whole.flow.shape[1] % 16 == 0


def test_flow_is_computed_once(recipe: Recipe, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    how = Preparation(tmp_path / "cache", on_progress=lambda done, total: told.append((done, total)))
    material = open_material(recipe, how, Ranks())
    assert told[-1] == (3 * FRAMES, 3 * FRAMES)
    assert material.flow["method"] == "dis"
    assert material.flow["timing"] == "t->t+1"
    told.clear()
    open_material(recipe, how, Ranks())
    assert told == []
    for field in (tmp_path / "cache").rglob("*.npy"):
        field.write_bytes(b"")
    assert isinstance(material.plan, SetPlan)
    assert material.plan.fields is not None
    with pytest.raises(InputError, match="delete it, and it is computed again"):
        material.plan.fields(material.plan.clips[0], 0)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('folder = "', 'folder = "/nowhere', "there is no such folder"),
        ('name = "clips", ', 'name = "davis16", ', "does not say which part of davis16|is not laid out"),
        ('name = "clips", ', 'name = "clips", clips = ["four"], ', "holds no clip four"),
        ("[sets]", "[data]\n[sets]", "either .data. or .sets."),
        ("epochs = 1, ", "epochs = 1, iterations = 1, ", "either iterations or epochs"),
        ("batch = 4", "batch = 40", "8 frames to train on, a batch takes 40"),
    ],
)
def test_what_cannot_be_trained_is_said_in_a_sentence(
    recipe: Recipe, tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(StudioError, match=words):
        open_material(read_recipe(path), Preparation(tmp_path / "cache"), Ranks())


def test_folders_may_be_given_from_outside(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="no data set 'duts'"):
        with_folders(recipe, {"duts": tmp_path})
    moved = with_folders(recipe, {"clips": tmp_path / "elsewhere"})
    assert moved.sets is not None
    assert moved.sets.sources[0].folder == str(tmp_path / "elsewhere")
    result = CliRunner().invoke(
        app, ["train", str(RECIPES / "paper-1-pretrain.toml"), "-o", str(tmp_path / "run"), "--device", "cpu"]
    )
    assert result.exit_code == 1
    assert "add --data duts=FOLDER" in result.stderr


def test_cag_and_dde_begin_by_changing_nothing(recipe: Recipe, tmp_path: Path) -> None:
    torch.manual_seed(1)
    plain = replace(CAGDDE_LITE, cag=False, fusion="cat")
    start = build_model(plain).eval()
    path = tmp_path / "start.safetensors"
    save_checkpoint(path, start, CheckpointMetadata(plain))
    rgb, flow = torch.rand(2, 1, 3, 64, 64)
    changes: tuple[tuple[bool, Fusion, bool], ...] = (
        (True, "dde", True),
        (False, "cat", True),
        (True, "add", False),
    )
    for cag, fusion, same in changes:
        wanted = replace(recipe, start=str(path), architecture=ArchitectureChanges(cag, fusion))
        model = initial_model(wanted).eval()
        assert model.config == replace(CAGDDE_LITE, cag=cag, fusion=fusion)
        assert torch.equal(model.head.weight, start.head.weight)
        with torch.no_grad():
            output, before = model(rgb, flow), start(rgb, flow)
        assert torch.allclose(output.final_logits, before.final_logits, atol=1e-5) == same
        assert torch.allclose(output.scores, torch.tensor(0.5))


def test_the_papers_recipes_say_what_the_paper_says() -> None:
    one, two = read_recipe(RECIPES / "paper-1-pretrain.toml"), read_recipe(RECIPES / "paper-2-train.toml")
    assert (one.config.cag, one.config.fusion) == (False, "cat")
    assert (two.config.cag, two.config.fusion) == (True, "dde")
    model = build_model(CAGDDE_LITE)
    for recipe in (one, two):
        counted = recipe.counted(400)
        assert counted.iterations == 100 * 100
        assert counted.selection.every == 100
        optimizer = build_optimizer(model, recipe.optimizer)
        assert isinstance(optimizer, torch.optim.Adam)
        rates: list[set[float]] = []
        for epoch in (0, 39, 40, 99):
            phase = counted.phase_at(epoch * 100)
            set_rates(optimizer, recipe.optimizer, phase, epoch * 100, counted.iterations)
            rates.append({group["lr"] for group in optimizer.param_groups})
        assert rates == [{1e-5}, {1e-5}, {5e-6}, {5e-6}]
        assert {group["weight_decay"] for group in optimizer.param_groups} == {5e-4}
    assert two.sets is not None
    assert two.ablation is not None
    assert [(source.name, source.split) for source in two.sets.sources] == [
        ("davis16", "train"),
        ("davsod", "train"),
    ]
    assert not {"train"} & {source.split for source in two.ablation.sources}, (
        "never measured on what was trained on"
    )


def test_an_ablation_trains_every_variant_once_and_prints_both_tables(tmp_path: Path) -> None:
    data = make_clips(tmp_path / "data")
    make_clips(tmp_path / "judged", ("four",))
    folder = (tmp_path / "judged").as_posix()
    judged = f'[ablation]\nsources = [{{ name = "clips", folder = "{folder}" }}]\nstride = 2\n'
    path = write_recipe(tmp_path / "recipe.toml", data, judged)
    text = path.read_text().replace("epochs = 1", "iterations = 1", 1)
    phases = text.index("          {")  # one step is enough
    path.write_text(text[:phases].rstrip().rstrip(",") + "]\n" + text[text.index("[sets]") :])
    words = ["ablate", str(path), "-o", str(tmp_path / "out"), "--device", "cpu", "--workers", "0"]

    first = CliRunner().invoke(app, words)

    assert first.exit_code == 0, first.stderr
    rows = [line.split("|")[1].strip() for line in first.stdout.splitlines() if line.startswith("|")]
    assert [row for row in rows if row not in ("", "---")] == [
        "Baseline (concatenation)", "+ CAG", "+ DDE", "+ CAG + DDE",
        "Addition", "Multiplication", "Concatenation", "DDE",
    ]  # fmt: skip
    assert "| *0.898* | *0.018* | *0.670* | *0.072* |" in first.stdout, "published rows are marked"
    assert (tmp_path / "out" / "ablation.md").read_text() == first.stdout
    document = json.loads((tmp_path / "out" / "ablation.json").read_text())
    recipes = {key: result["recipe"]["architecture"] for key, result in document["variants"].items()}
    assert recipes["add-cag"] == {"cag": True, "fusion": "add"}
    assert recipes["dde"] == {"cag": False, "fusion": "dde"}
    (tmp_path / "out" / "cat" / "result.json").unlink()  # as if it had been stopped while measuring
    again = CliRunner().invoke(app, words)
    assert again.stdout == first.stdout
    assert "[cat] measuring" in again.stderr
    assert "[dde]" not in again.stderr, "what is done is kept"
    path.write_text(path.read_text().replace("seed = 3", "seed = 4"))
    other = CliRunner().invoke(app, words)
    assert "holds an ablation of another recipe" in other.stderr
