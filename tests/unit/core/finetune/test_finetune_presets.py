"""The larger presets: what they ask for, and that each runs to its end, cut down to seconds."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.finetune.job import PresetName, preset_settings
from core.finetune.outcome import read_report
from core.finetune.run import run_finetune
from core.finetune.snapshot import snapshot
from core.network import (
    CAGDDE_LITE,
    CAGDDE_R101,
    CheckpointMetadata,
    ModelConfig,
    build_model,
    save_checkpoint,
)
from core.project import Project

SMALL_R101 = replace(CAGDDE_R101, encoder="resnet18", widths=(8,) * 5, decoder_widths=(8,) * 5, input_side=64)
SMALL_LITE = replace(CAGDDE_LITE, input_side=64)


def test_the_papers_preset_is_the_papers_recipe() -> None:
    paper = preset_settings("paper")
    assert (paper.side, paper.batch, paper.optimizer, paper.rate) == (448, 4, "adam", 1e-5)
    assert (paper.weight_decay, paper.encoder_share) == (5e-4, 1.0)
    assert preset_settings("thorough").side == CAGDDE_LITE.input_side


@pytest.mark.parametrize(("preset", "config"), [("thorough", SMALL_LITE), ("paper", SMALL_R101)])
def test_a_larger_preset_runs_to_its_end(
    preset: PresetName, config: ModelConfig, project_path: Path, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    save_checkpoint(tmp_path / "base.safetensors", build_model(config), CheckpointMetadata(config))
    settings = preset_settings(
        preset, iterations=2, side=64, views=2, batch=2, device="cpu", mixed_precision=False
    )
    with Project.open(project_path) as project:
        snapshot(project, tmp_path / "base.safetensors", settings, tmp_path / "job")
    events: list[str] = []
    result = run_finetune(tmp_path / "job", lambda event: events.append(event["event"]))
    assert result.outcome == "finished"
    assert result.iterations >= 2
    assert {"probe", "step", "selection", "choosing", "reporting"} <= set(events)
    assert read_report(tmp_path / "job").settings["preset"] == preset
