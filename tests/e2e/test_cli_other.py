"""The small commands: version, help, doctor, model inspect, and train's refusals."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from core.cli import app

pytestmark = pytest.mark.e2e


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_version() -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.stdout.startswith("cagdde ")


@pytest.mark.parametrize("command", [(), ("predict",), ("train",), ("doctor",), ("model", "inspect")])
def test_help(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_doctor_tells_versions_and_device() -> None:
    findings = {entry["name"]: entry for entry in json.loads(run("doctor", "--json").stdout)}
    assert findings["torch"]["good"]
    assert findings["device"]["text"].split(",")[0] in ("cpu", "cuda", "mps")
    assert "h264" in findings["codecs"]["text"]
    readable = run("doctor")
    assert "torch" in readable.stdout
    assert readable.exit_code == (0 if findings["default model"]["good"] else 1)


def test_model_inspect(tmp_path: Path) -> None:
    from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint

    path = tmp_path / "mine.safetensors"
    metadata = CheckpointMetadata(CAGDDE_LITE, flow={"method": "dis"}, licence="Apache-2.0")
    save_checkpoint(path, build_model(CAGDDE_LITE), metadata)
    facts = json.loads(run("model", "inspect", path, "--json").stdout)
    assert facts["config"]["name"] == "cagdde-lite"
    assert facts["flow"] == {"method": "dis"}
    assert "cagdde-lite" in run("model", "inspect", path).stdout


def test_model_inspect_of_something_else_is_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"something else")
    result = run("model", "inspect", other)
    assert result.exit_code == 1
    assert "other.safetensors" in result.stderr
    assert result.stdout == ""


def test_train_without_a_recipe_is_one_sentence(tmp_path: Path) -> None:
    result = run("train", tmp_path / "gone.toml", "--out", tmp_path / "run")
    assert result.exit_code == 1
    assert "gone.toml" in result.stderr
    assert run("train").exit_code == 2


def test_help_loads_nothing_heavy() -> None:
    script = "import sys, core.cli.commands; print(sorted({'torch', 'av', 'cv2', 'openvino'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
