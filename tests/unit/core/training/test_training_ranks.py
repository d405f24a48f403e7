"""Training under torchrun on two processors: the losses, and the weights, of one process with the doubled batch."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from set_recipe import make_clips, write_recipe

from core.errors import RecipeError
from core.network import load_checkpoint
from core.training.distributed import Ranks
from core.training.material import Preparation, open_material
from core.training.recipe_file import read_recipe
from core.training.run import train_from_recipe

Torchrun = Callable[..., subprocess.CompletedProcess[str]]


def steps(events: list[dict[str, Any]]) -> list[dict[str, float]]:
    return [event["terms"] for event in events if event["event"] == "step"]


def test_two_processes_train_as_one_with_the_doubled_batch(tmp_path: Path, torchrun: Torchrun) -> None:
    recipe = write_recipe(tmp_path / "recipe.toml", make_clips(tmp_path / "data"))
    heard: list[dict[str, Any]] = []
    train_from_recipe(recipe, tmp_path / "alone", device="cpu", workers=0, on_event=heard.append)
    out = tmp_path / "together"

    ended = torchrun("core.cli", "train", recipe, "--out", out, "--device", "cpu", "--workers", 0)

    assert ended.returncode == 0, ended.stderr
    events = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [event["event"] for event in events].count("finished") == 1, "the first process alone speaks"
    one, two = steps(heard), steps(events)
    assert len(one) == len(two) == 4
    for mine, theirs in zip(one, two, strict=True):
        assert mine == pytest.approx(theirs, abs=2e-4), "each step shows what the ones before it changed"
    state = {
        name: load_checkpoint(tmp_path / name / "last.safetensors")[0].state_dict()
        for name in ("alone", "together")
    }
    for name, value in state["alone"].items():
        assert torch.allclose(value.float(), state["together"][name].float(), atol=2e-3), name
    assert steps([json.loads(line) for line in (out / "progress.jsonl").read_text().splitlines()]) == two


def test_a_batch_that_cannot_be_shared_evenly_is_refused(tmp_path: Path) -> None:
    recipe = read_recipe(write_recipe(tmp_path / "recipe.toml", make_clips(tmp_path / "data")))
    with pytest.raises(RecipeError, match="batch of 4 cannot be shared out evenly among 3 processes"):
        open_material(recipe, Preparation(tmp_path / "cache"), Ranks(0, 3))
