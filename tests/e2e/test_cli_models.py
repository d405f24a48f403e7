"""`cagdde model`: import, list, choose, compare, delete; and that the default is what predicts."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner, Result

from core.cli import app
from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint
from core.resources import default_weights_path

pytestmark = pytest.mark.e2e


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(4)
    path = tmp_path_factory.mktemp("weights") / "night.safetensors"
    save_checkpoint(path, build_model(CAGDDE_LITE), CheckpointMetadata(CAGDDE_LITE, licence="mine"))
    return path


@pytest.mark.parametrize(
    "command", ["list", "import", "default", "delete", "compare", "inspect", "publish", "calibrate"]
)
def test_help(command: str) -> None:
    result = run("model", command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_import_choose_roll_back_and_delete(weights: Path) -> None:
    imported = json.loads(run("model", "import", weights, "--json").stdout)
    assert "is there already" in run("model", "import", weights).stdout
    assert imported["kind"] == "model"
    assert run("model", "default", "night").exit_code == 0
    listed = run("model", "list").stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["bundled", "*"]
    refused = run("model", "delete", "night")
    assert refused.exit_code == 1
    assert "is the default model" in refused.stderr
    assert refused.stdout == ""
    assert "bundled" in run("model", "default", "--back").stdout
    assert run("model", "delete", imported["id"]).exit_code == 0
    facts = json.loads(run("model", "list", "--json").stdout)
    assert [model["id"] for model in facts["models"]] == ["bundled"]
    history = json.loads(run("model", "default", "--json").stdout)["history"]
    assert [change["model"] for change in history] == [imported["id"], "bundled"]


def test_refusals_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "thing.pth").write_text("thing")
    for words in (
        ("import", tmp_path / "thing.pth"),
        ("default", "nothing"),
        ("default", "--back"),
        ("delete", "bundled"),
        ("compare", "nothing", "bundled"),
    ):
        result = run("model", *words)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1
        assert result.stderr.startswith("cagdde: ")
    assert run("model", "default", "one", "--back").exit_code == 2


def test_inspect_knows_listed_models(weights: Path) -> None:
    run("model", "import", weights)
    assert json.loads(run("model", "inspect", "night", "--json").stdout)["licence"] == "mine"
    assert json.loads(run("model", "inspect", "bundled", "--json").stdout)["config"]["name"] == "cagdde-lite"


def test_an_encoder_is_told_from_a_model(tmp_path: Path) -> None:
    model = build_model(CAGDDE_LITE)
    torch.save(model.encoder.state_dict(), tmp_path / "trunk.pth")
    run("model", "import", tmp_path / "trunk.pth")
    assert "efficientnet_b0 encoder, for training" in run("model", "list").stdout
    assert json.loads(run("model", "inspect", "trunk", "--json").stdout) == {
        "encoder_weights": "efficientnet_b0"
    }
    refused = run("model", "compare", "trunk", "bundled")
    assert refused.exit_code == 1
    assert "predicts nothing by itself" in refused.stderr


def test_compare_tells_what_differs(weights: Path) -> None:
    run("model", "import", weights)
    found = json.loads(run("model", "compare", "bundled", "night", "--json").stdout)
    assert found["differs"]["licence"] == ["", "mine"]
    assert found["distance"]["encoder"] > 0.1
    same = run("model", "compare", default_weights_path(), "bundled")
    assert "Their descriptions are equal." in same.stdout
    assert "weights of encoder       differ by 0.00 %" in same.stdout


def test_compare_measures_both_on_clips(weights: Path, clip_folder: Path) -> None:
    result = run("model", "compare", "bundled", weights, "--clip", clip_folder, "--json")
    (clip, overall) = json.loads(result.stdout)["measured"]
    assert (clip["clip"], overall["clip"]) == (clip_folder.name, "all")
    assert clip["first"]["j"] != clip["second"]["j"]


@pytest.fixture
def clip_folder(tmp_path: Path) -> Path:
    """A bright square that moves, with its masks."""
    import numpy as np

    from core.opencv import cv2

    folder = tmp_path / "square"
    for part in ("frames", "masks"):
        (folder / part).mkdir(parents=True)
    for index in range(3):
        picture = np.full((64, 96, 3), 40, np.uint8)
        mask = np.zeros((64, 96), np.uint8)
        picture[20:44, 10 + 8 * index : 40 + 8 * index] = (255, 220, 200)
        mask[20:44, 10 + 8 * index : 40 + 8 * index] = 255
        cv2.imwrite(str(folder / "frames" / f"{index:05d}.png"), picture)
        cv2.imwrite(str(folder / "masks" / f"{index:05d}.png"), mask)
    return folder


def test_predict_uses_the_default_and_says_when_it_cannot(
    weights: Path, clip_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    imported = json.loads(run("model", "import", weights, "--default", "--json").stdout)
    words = ("predict", clip_folder / "frames", "-o", tmp_path / "out", "--json", "--overwrite", "--size", 96)
    assert json.loads(run(*words).stdout)["model"] == imported["path"]
    assert json.loads(run(*words, "--model", "bundled").stdout)["model"] == str(default_weights_path())
    shutil.rmtree(Path(imported["path"]).parent)
    fallen_back = run(*words)
    assert json.loads(fallen_back.stdout)["model"] == str(default_weights_path())
    assert "note: The default model night-" in fallen_back.stderr
    assert "BAD" not in run("model", "list").stdout


def test_the_bundled_model_says_how_it_is_calibrated() -> None:
    facts = json.loads(run("model", "inspect", "bundled", "--json").stdout)
    assert set(facts["calibration"]["weights"]) == {"own_iou", "rgb_5"}


def test_one_clip_calibrates_no_model(weights: Path, tmp_path: Path) -> None:
    out = tmp_path / "calibrated.safetensors"
    result = run("model", "calibrate", weights, "-o", out, "--clip", tmp_path / "walk")
    assert result.exit_code == 1
    assert "at least 2 clips" in result.stderr
    assert not out.exists()
