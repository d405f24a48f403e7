"""Predicting many clips in parts, by --shard and as torchrun's processes, and going on with what is done."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from core.cli import app
from core.cli.predict_shard import Shard, chosen_shard
from core.errors import InputError

QUICK = ("--runtime", "torch", "--device", "cpu", "--size", "64", "--threads", "1", "--save", "maps,scores")
MakeClip = Callable[..., Path]


@pytest.fixture
def clips(image_clip: MakeClip, tmp_path: Path) -> Path:
    """Three clips in a folder."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in ("bear", "cat", "dog"):
        image_clip(2).rename(folder / name)
    return folder


def words(clips: Path, out: Path, checkpoint: Path, *more: str) -> list[str]:
    return ["predict", str(clips), "-o", str(out), "--model", str(checkpoint), *QUICK, *more]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_two_processes_write_what_one_writes(
    clips: Path, checkpoint: Path, tmp_path: Path, repository: Path
) -> None:
    """One is told its part, the other finds it where torchrun writes it."""
    assert run(*words(clips, tmp_path / "alone", checkpoint)).exit_code == 0
    command = [sys.executable, "-m", "core.cli", *words(clips, tmp_path / "together", checkpoint, "--json")]
    torchruns = {"RANK": "1", "WORLD_SIZE": "2", "LOCAL_RANK": "1"}
    processes = [
        subprocess.Popen(
            command + more, cwd=repository, env={**os.environ, **variables}, stdout=subprocess.PIPE
        )
        for more, variables in ((["--shard", "1/2"], {}), ([], torchruns))
    ]
    told = [json.loads(process.communicate(timeout=100)[0]) for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    assert [[Path(clip["input"]).name for clip in one["clips"]] for one in told] == [["bear", "dog"], ["cat"]]
    assert [one["shard"] for one in told] == ["1/2", "2/2"]
    assert files(tmp_path / "together") == files(tmp_path / "alone")


def test_a_run_goes_on_with_what_is_not_done(clips: Path, checkpoint: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(*words(clips, out, checkpoint, "--shard", "1/2")).exit_code == 0
    before = (out / "bear" / "maps" / "00000.png").stat().st_mtime_ns
    result = run(*words(clips, out, checkpoint, "--resume", "--json"))
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)["clips"]
    assert [clip["kept"] for clip in told] == [True, False, True]
    assert all(len(clip["mean_scores"]) == 10 for clip in told)
    assert (out / "bear" / "maps" / "00000.png").stat().st_mtime_ns == before


def test_results_made_otherwise_are_not_kept(clips: Path, checkpoint: Path, tmp_path: Path) -> None:
    out, clip = tmp_path / "out", clips / "bear"
    assert run(*words(clip, out, checkpoint)).exit_code == 0
    refused = run(*words(clip, out, checkpoint, "--resume", "--threshold", "0.4"))
    assert refused.exit_code == 1
    assert "made otherwise (threshold): add --overwrite" in refused.stderr
    (out / "bear" / "prediction.json").write_text("{")
    assert "made otherwise" in run(*words(clip, out, checkpoint, "--resume")).stderr
    again = run(*words(clip, out, checkpoint, "--resume", "--overwrite", "--json"))
    assert [clip["kept"] for clip in json.loads(again.stdout)["clips"]] == [False]


@pytest.mark.parametrize("text", ["0/2", "3/2", "1/0", "1", "a/b", "-1/2", "1/2/3", ""])
def test_nonsense_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match="expected a part and how many there are"):
        chosen_shard(text)


def test_the_parts_are_the_whole_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    items = list(range(7))
    parts = [Shard(number, 3).of(items) for number in (1, 2, 3)]
    assert sorted(item for part in parts for item in part) == items
    monkeypatch.setenv("RANK", "2")
    monkeypatch.setenv("WORLD_SIZE", "3")
    assert chosen_shard(None).of(items) == parts[2]
    assert chosen_shard("1/1").of(items) == items
