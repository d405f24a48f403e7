"""`cagdde predict` as a person or a script uses it: files, exit codes, sentences, interruptions, full disks."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from core.cli import app

HEIGHT, WIDTH, FRAMES = 62, 98, 6
resource = pytest.importorskip("resource", reason="POSIX limits and signals")
QUICK = ("--runtime", "torch", "--device", "cpu", "--size", "64", "--threads", "1")
Run = Callable[..., Result]

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


def write_clip(path: Path, frames: int = FRAMES) -> Path:
    """An H.264 clip of an odd size, whose content moves."""
    from core.video import write_mp4

    scene = np.random.default_rng(2).integers(0, 256, (20, 60, 3), dtype=np.uint8)
    scene = scene.repeat(4, 0).repeat(4, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_mp4(path, [scene[4 : 4 + HEIGHT, i % 80 : i % 80 + WIDTH] for i in range(frames)], 25)
    return path


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clips" / "walk.mp4")


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.fixture
def predict(model: Path, tmp_path: Path) -> Run:
    """Runs the command in this process with the small model, into tmp_path/out."""

    def run(*arguments: object, weights: Path = model) -> Result:
        places = ("-o", str(tmp_path / "out"), "--model", str(weights))
        words = ["predict", *places, *QUICK, *map(str, arguments)]
        return CliRunner().invoke(app, words)

    return run


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")} if folder.exists() else set()


def write_images(folder: Path) -> Path:
    """Three images."""
    from core.opencv import cv2

    folder.mkdir(parents=True)
    for index in range(3):
        cv2.imwrite(str(folder / f"{index}.png"), np.full((40, 64, 3), 60 * index, np.uint8))
    return folder


def picture(path: Path) -> np.ndarray:
    from core.opencv import cv2

    decoded = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert decoded is not None, path
    return np.asarray(decoded)


def test_everything_is_written_at_the_clips_own_size(predict: Run, clip: Path, tmp_path: Path) -> None:
    from core.video import open_clip

    result = predict(clip, "--threshold", "0.4")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == ""
    out = tmp_path / "out" / "walk"
    expected = {f"{kind}/{i:05d}.png" for kind in ("maps", "masks", "flow") for i in range(FRAMES)}
    assert names(tmp_path / "out") == {
        "walk",
        *(
            f"walk/{name}"
            for name in expected
            | {"maps", "masks", "flow", "overlay.mp4", "scores.csv", "sheet.png", "prediction.json"}
        ),
    }
    saliency, mask, flow = (picture(out / kind / "00002.png") for kind in ("maps", "masks", "flow"))
    assert saliency.shape == mask.shape == (HEIGHT, WIDTH)
    assert flow.shape == (HEIGHT, WIDTH, 3)
    np.testing.assert_array_equal(mask, np.where(saliency >= 0.4 * 255, 255, 0))
    with open_clip(out / "overlay.mp4") as overlay:
        assert overlay.info.frame_count == FRAMES
        assert overlay.info.size_hw == (HEIGHT, WIDTH)
        assert overlay.info.frames_per_second == pytest.approx(25, rel=0.01)
    assert min(picture(out / "sheet.png").shape[:2]) > 300


def test_scores_have_named_columns(predict: Run, clip: Path, tmp_path: Path) -> None:
    assert predict(clip, "--save", "scores").exit_code == 0
    assert names(tmp_path / "out" / "walk") == {"scores.csv", "prediction.json"}
    with (tmp_path / "out" / "walk" / "scores.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "frame", "pts_seconds", "rgb_1", "rgb_2", "rgb_3", "rgb_4", "rgb_5",
        "flow_1", "flow_2", "flow_3", "flow_4", "flow_5", "expected_iou",
    ]  # fmt: skip
    assert [int(row["frame"]) for row in rows] == list(range(FRAMES))
    assert float(rows[3]["pts_seconds"]) == pytest.approx(0.12)
    assert all(0 <= float(row[name]) <= 1 for row in rows for name in list(row)[2:-1])
    assert {row["expected_iou"] for row in rows} == {""}  # the model is not calibrated


def test_json_is_all_there_is_on_stdout(predict: Run, clip: Path, tmp_path: Path) -> None:
    missing = tmp_path / "clips" / "missing.mp4"
    result = predict(clip, missing, "--save", "maps", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    by_input = {Path(entry["input"]).name: entry for entry in document["clips"]}
    good, bad = by_input["walk.mp4"], by_input["missing.mp4"]
    assert good["error"] is None
    assert good["frames"] == FRAMES
    assert good["frames_per_second"] > 0
    assert Path(good["output"]) == tmp_path / "out" / "walk"
    assert set(good["mean_scores"]) == {
        f"{stream}_{level}" for stream in ("rgb", "flow") for level in range(1, 6)
    }
    assert "missing.mp4" in bad["error"]
    assert bad["output"] is None
    assert document["device"] == "cpu"
    assert len([line for line in result.stderr.splitlines() if "missing.mp4" in line]) == 1


def test_progress_has_rate_and_device(predict: Run, clip: Path) -> None:
    lines = [line for line in predict(clip, "--save", "maps").stderr.splitlines() if "[1/1] walk" in line]
    assert f"{FRAMES}/{FRAMES}" in lines[-1]
    assert "frames/s" in lines[-1]
    assert "cpu, float32" in lines[-1]


def test_same_names_get_their_own_folders(predict: Run, tmp_path: Path) -> None:
    first = write_clip(tmp_path / "a" / "walk.mp4", 2)
    second = write_clip(tmp_path / "b" / "walk.mp4", 3)
    assert predict(first, second, first, "--save", "maps").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["walk", "walk-2"]
    assert len(list((tmp_path / "out" / "walk-2" / "maps").iterdir())) == 3


def test_folders_of_clips_and_folders_of_images(predict: Run, clip: Path, tmp_path: Path) -> None:
    write_clip(clip.parent / "run.mp4", 2)
    images = write_images(tmp_path / "dog" / "frames")
    assert predict(clip.parent, images, "--save", "masks").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["dog", "run", "walk"]
    assert names(tmp_path / "out" / "dog") == {
        "masks", "prediction.json", *(f"masks/{i:05d}.png" for i in range(3))
    }  # fmt: skip


def test_results_that_are_there_are_kept_unless_told(predict: Run, clip: Path, tmp_path: Path) -> None:
    kept = tmp_path / "out" / "walk" / "scores.csv"
    kept.parent.mkdir(parents=True)
    kept.write_text("keep me")
    refused = predict(clip, "--save", "maps")
    assert refused.exit_code == 1
    assert "--overwrite" in refused.stderr
    assert kept.read_text() == "keep me"
    assert predict(clip, "--save", "maps", "--overwrite").exit_code == 0
    assert names(tmp_path / "out" / "walk") == {
        "maps", "prediction.json", *(f"maps/{i:05d}.png" for i in range(FRAMES))
    }  # fmt: skip


def test_overwriting_never_takes_an_input_or_a_stranger(predict: Run, clip: Path, tmp_path: Path) -> None:
    own = tmp_path / "out" / "walk" / "mine.txt"
    own.parent.mkdir(parents=True)
    own.write_text("keep me")
    refused = predict(clip, "--save", "maps", "--overwrite")
    assert refused.exit_code == 1
    assert "mine.txt" in refused.stderr
    assert own.read_text() == "keep me"
    frames = write_images(tmp_path / "out" / "dog" / "frames")
    before = names(tmp_path)
    refused = predict(frames, "--save", "maps", "--overwrite")
    assert refused.exit_code == 1
    assert "where inputs lie" in refused.stderr
    assert names(tmp_path) == before


def test_results_inside_the_input_folder_are_no_inputs(predict: Run, clip: Path, tmp_path: Path) -> None:
    assert predict(clip.parent, "-o", clip.parent / "out").exit_code == 0
    again = predict(clip.parent, "-o", clip.parent / "out", "--overwrite")
    assert again.exit_code == 0, again.stderr
    assert [path.name for path in (clip.parent / "out").iterdir()] == ["walk"]


BAD_INPUTS = {
    "empty.mp4": b"",
    "text.mp4": b"just some words, not a video at all\n" * 50,
    "truncated.mp4": None,
    "film.cagdde": b"SQLite format 3\0" + bytes(4000),
}


@pytest.mark.parametrize("name", [*BAD_INPUTS, "missing.mp4", "empty-folder"])
def test_a_bad_input_is_one_sentence_and_the_others_are_done(
    predict: Run, clip: Path, tmp_path: Path, name: str
) -> None:
    bad = tmp_path / "bad" / name
    bad.parent.mkdir()
    if name == "empty-folder":
        bad.mkdir()
    elif name in BAD_INPUTS:
        content = BAD_INPUTS[name]
        bad.write_bytes(clip.read_bytes()[: clip.stat().st_size // 8] if content is None else content)
    result = predict(bad, clip, "--save", "maps")
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    complaints = [line for line in result.stderr.splitlines() if line.startswith("cagdde:")]
    assert len(complaints) == 1
    assert name in complaints[0]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["walk"]
    assert len(list((tmp_path / "out" / "walk" / "maps").iterdir())) == FRAMES


def test_an_audio_only_file(predict: Run, shared: Path) -> None:
    result = predict(shared / "data" / "videos" / "sample_alac.mp4")
    assert result.exit_code == 1
    assert "sample_alac.mp4" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--save", "maps,holograms"),
        ("--save", ""),
        ("--threshold", "1.5"),
        ("--flow", "guess"),
        ("--device", "tpu"),
        ("--size", "7"),
        ("--no-such-option",),
    ],
)
def test_wrong_usage_is_exit_2(predict: Run, clip: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = predict(clip, *arguments)
    assert result.exit_code == 2
    assert "Error" in result.stderr
    assert not (tmp_path / "out").exists()


def test_no_input_is_exit_2(predict: Run) -> None:
    assert predict().exit_code == 2


def test_wrong_weights_are_one_sentence(predict: Run, clip: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.safetensors"
    foreign.write_bytes(b"no weights")
    for weights in (foreign, tmp_path / "gone.safetensors"):
        result = predict(clip, "--json", weights=weights)
        assert result.exit_code == 1
        assert weights.name in result.stderr
        assert weights.name in json.loads(result.stdout)["error"]


def test_an_output_that_is_a_file_is_one_sentence(predict: Run, clip: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")
    result = predict(clip)
    assert result.exit_code == 1
    assert str(tmp_path / "out") in result.stderr


# From here on in a process of its own, as a shell starts it.


def start(
    clip: Path, out: Path, model: Path, *options: str, file_limit: int | None = None
) -> subprocess.Popen[str]:
    def limit() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a background job inherits it ignored
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    command = [sys.executable, "-m", "core.cli", "predict", str(clip), "-o", str(out), "--model", str(model)]
    return subprocess.Popen(
        [*command, *QUICK, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit,
    )


@pytest.mark.parametrize("product", ["maps", "overlay", "scores"])
def test_a_file_that_cannot_grow_leaves_nothing(
    model: Path, clip: Path, tmp_path: Path, product: str
) -> None:
    with start(clip, tmp_path / "out", model, "--save", product, file_limit=128) as process:
        stdout, stderr = process.communicate(timeout=100)
    assert process.returncode == 1, stderr
    assert "Traceback" not in stderr
    complaint = next(line for line in stderr.splitlines() if line.startswith("cagdde:"))
    assert "walk" in complaint
    assert "partial" not in complaint
    assert stdout == ""
    assert names(tmp_path / "out") == set()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = os.geteuid() == 0 and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False
    ).returncode  # fmt: skip
    if not mounted:
        pytest.skip("mounting a small disk needs root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    predict: Run, tiny_disk: Path, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clips" / "long.mp4", 60)
    (tmp_path / "out").symlink_to(tiny_disk)
    result = predict(clip)
    assert result.exit_code == 1
    assert "disk is full" in result.stderr
    assert names(tiny_disk) == set()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupting_is_a_sentence_and_leaves_no_half_clip(model: Path, tmp_path: Path, number: int) -> None:
    clip = write_clip(tmp_path / "clips" / "long.mp4", 2000)
    with start(clip, tmp_path / "out", model) as process:
        assert process.stderr is not None
        first_lines = [process.stderr.readline()]
        while "1/2000" not in first_lines[-1]:
            assert first_lines[-1], "".join(first_lines)
            first_lines.append(process.stderr.readline())
        time.sleep(0.3)
        process.send_signal(number)
        _, rest = process.communicate(timeout=60)
    assert process.returncode == 130, rest
    assert "stopped on request" in rest
    assert "Traceback" not in rest
    assert names(tmp_path / "out") == set()
