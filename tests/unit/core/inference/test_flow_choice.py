"""The flow of a run: which methods there are, what is recorded of them, and what is said where they differ."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from seeded_weights import seeded_state

from core.errors import InputError
from core.inference import InferenceSettings, Predictor, predict_clip
from core.inference.flow import FLOW_TIMING, choose_flow, flow_notices, flow_options
from core.registry import ModelRegistry

DIS = {"method": "dis", "long_side": 427, "preset": "medium", "timing": "t->t+1", "radius_floor_px": 1.0}
RAFT = {"method": "raft-small", "long_side": 512, "iterations": 12, "weights": "ab", "timing": "t->t+1"}


@pytest.fixture
def imported(repository: Path, tmp_path: Path) -> None:
    """Weights of raft-small, among the models of this person."""
    keys = json.loads((repository / "tests/fixtures/reference/raft_keys.json").read_text())
    torch.save(seeded_state(keys["torchvision_small"]), tmp_path / "raft_small_C_T_V2.pth")
    ModelRegistry().add(tmp_path / "raft_small_C_T_V2.pth")


def test_networks_are_offered_with_what_they_lack() -> None:
    options = {option.method: option.trouble for option in flow_options()}
    assert list(options) == ["dis", "raft-small", "raft-large", "white"]
    assert options["dis"] is None
    assert options["white"] is None
    assert "cagdde model import" in (options["raft-large"] or "")
    with pytest.raises(InputError, match="cagdde model import"):
        choose_flow("raft-small")


@pytest.mark.usefixtures("imported")
def test_imported_weights_make_a_network_usable() -> None:
    options = {option.method: option.trouble for option in flow_options()}
    assert options["raft-small"] is None
    assert options["raft-large"] is not None


@pytest.mark.usefixtures("imported")
def test_a_clip_is_predicted_with_raft_and_it_is_recorded(
    checkpoint: Path, image_clip: Callable[[int], Path]
) -> None:
    settings = InferenceSettings(device="cpu", size=64, runtime="torch", flow="raft-small")
    predictions = list(predict_clip(image_clip(2), checkpoint, settings))
    assert any(prediction.flow_picture.min() < 255 for prediction in predictions)
    predictor = Predictor.load(checkpoint, settings)
    described = predictor.flow_description
    weights = choose_flow("raft-small").description()["weights"]
    assert (described["method"], described["weights"]) == ("raft-small", weights)
    assert described["timing"] == FLOW_TIMING
    assert predictor.result_settings()["flow"]["weights"] == weights
    assert "dis flow and runs with raft-small flow" in predictor.notices[0]


def test_missing_weights_are_said_before_any_work(checkpoint: Path) -> None:
    with pytest.raises(InputError, match="raft-large are not there"):
        Predictor.load(checkpoint, InferenceSettings(device="cpu", flow="raft-large"))


@pytest.mark.parametrize(
    ("trained", "used", "words"),
    [
        (DIS, DIS, None),
        ({}, RAFT, None),
        (DIS, {"method": "white"}, "trained with dis flow and runs with no flow:"),
        (DIS, RAFT, "trained with dis flow and runs with raft-small flow:"),
        (
            DIS,
            DIS | {"long_side": 854, "preset": "fast"},
            "trained with dis flow (long side 427, preset medium) and runs with "
            "dis flow (long side 854, preset fast):",
        ),
        (
            RAFT,
            RAFT | {"iterations": 20, "weights": "cd"},
            "trained with raft-small flow (12 iterations) and runs with raft-small flow (20 iterations):",
        ),
        (
            {"method": "raft", "timing": "t-1->t", "radius_floor_px": 0.0},
            RAFT,
            "trained with raft flow (t-1->t) and runs with raft-small flow (t->t+1):",
        ),
        (
            {"method": "raft", "timing": "t-1->t"},
            DIS,
            "trained with raft flow (t-1->t) and runs with dis flow (t->t+1):",
        ),
    ],
)
def test_a_mismatch_is_one_plain_sentence(
    trained: dict[str, object], used: dict[str, object], words: str | None
) -> None:
    notices = flow_notices(trained, used)
    assert len(notices) == (words is not None)
    if words is not None:
        assert words in notices[0]
