"""`cagdde eval` as a person or a script uses it: a model on clips, maps beside it, exit codes, files, interruption."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from core.cli import app
from core.opencv import cv2

QUICK = ("--runtime", "torch", "--device", "cpu", "--size", "64", "--threads", "1")

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model of the test's own, with random heads."""
    import torch

    from core.network import CAGDDE_LITE, CheckpointMetadata, build_model, save_checkpoint

    torch.manual_seed(5)
    network = build_model(CAGDDE_LITE)
    for name, parameter in network.named_parameters():
        if parameter.ndim == 4 and not name.startswith("encoder"):
            torch.nn.init.kaiming_normal_(parameter)
    path = tmp_path_factory.mktemp("weights") / "random.safetensors"
    save_checkpoint(path, network, CheckpointMetadata(CAGDDE_LITE, licence="Apache-2.0"))
    return path


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Two clips in the layout of DAVIS 2016, val."""
    root = tmp_path / "DAVIS"
    for number, name in enumerate(("boat", "swan")):
        noise = np.random.default_rng(number).integers(0, 150, (48, 80, 3), dtype=np.uint8)
        for index in range(4):
            truth = np.zeros((48, 80), np.uint8)
            truth[12:32, 8 + 4 * index : 28 + 4 * index] = 255
            write(
                root / f"JPEGImages/480p/{name}/{index:05d}.png", np.where(truth[..., None] > 0, 250, noise)
            )
            write(root / f"Annotations/480p/{name}/{index:05d}.png", truth)
    (root / "ImageSets/480p").mkdir(parents=True)
    (root / "ImageSets/480p/val.txt").write_text("boat\nswan\n", encoding="utf-8")
    return root


def write(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    done, data = cv2.imencode(path.suffix, picture.astype(np.uint8))
    assert done
    path.write_bytes(data.tobytes())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["eval", *(str(argument) for argument in arguments)])


def test_a_model_beside_maps_gives_the_same_files_every_time(
    tmp_path: Path, clips: Path, model: Path
) -> None:
    data = ("--dataset", "davis16", "--root", clips)
    methods = ("--model", model, "--maps", clips / "Annotations/480p", "--protocol", "all")
    for name in ("one", "two"):
        result = run(*data, *methods, *QUICK, "--out", tmp_path / name)
        assert result.exit_code == 0, result.output
    assert "Overall, protocol davsod" in result.stdout
    assert "CAG-DDE, Table 1 of the paper (published, protocol authors)" in result.stdout
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["eval.csv", "eval.html", "eval.json", "eval.md"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    found = json.loads((tmp_path / "one/eval.json").read_text(encoding="utf-8"))
    assert [method["name"] for method in found["methods"]] == ["random", "480p"]
    assert found["methods"][0]["facts"]["flow"] == "dis"
    assert found["protocols"][0]["reports"][1]["overall"]["j"] == 1
    assert [row["pairs"] for row in found["flicker"]] == [3, 3, 6]
    said = [(row["method"], row["says"]) for row in found["confidence"]]
    assert len(said) == 14
    assert ("random", "IoU with the mask before, carried by flow") in said
    assert ("random", "score of level 5, flow") in said


def test_json_alone_is_on_stdout(clips: Path) -> None:
    maps = clips / "Annotations/480p"
    result = run("--maps", maps, "--gt", maps, "--quick", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["protocols"][0]["reports"][0]["overall"]["j"] == 1
    assert result.stdout == run("--maps", maps, "--gt", maps, "--quick", "--json").stdout


def test_stills_lie_in_any_two_folders(clips: Path, model: Path) -> None:
    images, masks = clips / "JPEGImages/480p/boat", clips / "Annotations/480p/boat"
    result = run("--root", images, "--gt", masks, "--model", model, *QUICK, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert (found["data"]["clips"], found["flicker"]) == (4, [])
    assert found["protocols"][0]["protocol"] == "frames"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give either --dataset"),
        (("--dataset", "davis16"), "--dataset needs --root"),
        (("--gt", "."), "a model needs pictures"),
        (("--gt", ".", "--maps", ".", "--model", "x"), "a model needs pictures"),
        (("--gt", ".", *("--maps", ".") * 7), "at most 6"),
        (("--gt", ".", "--maps", ".", "--flow", "none"), "flow is 'none'"),
    ],
)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...], words: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    plain = re.sub(r"\x1b\[[0-9;]*m", "", result.output).replace("│", " ")  # rich colours where it is told to
    assert words in " ".join(plain.split())


def test_what_cannot_be_evaluated_exits_with_1_and_writes_nothing(tmp_path: Path, clips: Path) -> None:
    out = tmp_path / "out"
    maps = clips / "Annotations/480p"
    gaps = shutil.copytree(maps, tmp_path / "gaps")
    (gaps / "swan/00002.png").unlink()
    for arguments, words in (
        (("--dataset", "vos", "--root", clips), "no data set 'vos'"),
        (("--dataset", "segv2", "--root", clips), "is not laid out as SegTrackV2"),
        (("--dataset", "davis16", "--root", clips, "--maps", clips / "gone"), "no such folder of maps"),
        (("--gt", maps, "--maps", gaps), "gaps/swan/00002.png: there is no such map; 1 of the 4"),
        (("--gt", maps, "--maps", maps, "--protocol", "other"), "no evaluation protocol 'other'"),
    ):
        result = run(*arguments, "--out", out)
        assert result.exit_code == 1
        assert words in result.stderr
        assert not out.exists()
    out.mkdir()
    (out / "eval.json").write_text("{}", encoding="utf-8")
    result = run("--gt", maps, "--maps", maps, "--out", out)
    assert (result.exit_code, "--overwrite" in result.stderr) == (1, True)
    assert (out / "eval.json").read_text(encoding="utf-8") == "{}"


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_interrupted_it_exits_with_130_and_leaves_nothing(tmp_path: Path, clips: Path, model: Path) -> None:
    program = subprocess.Popen(
        [
            *(sys.executable, "-m", "core.cli", "eval", "--dataset", "davis16", "--root", str(clips)),
            *("--model", str(model), *QUICK, "--size", "1024", "--out", str(tmp_path / "out")),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        time.sleep(2.0)
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=60)
    finally:
        program.kill()
    assert program.returncode == 130, said
    assert "stopped on request" in said
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []
