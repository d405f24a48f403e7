"""`cagdde bench`: real clips at a tiny size, rows that fail, the page between its markers, Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner, Result

from core.bench.child import run_alone
from core.bench.own_folders import use_own_folders
from core.bench.page import BEGIN, END, to_markdown, write_into
from core.bench.plan import QUICK, Material, clips_of, plan
from core.bench.rows import GROUPS, BenchReport, Figures, Row, figures_of
from core.cli import app
from core.errors import InputError, StudioError

TINY = replace(QUICK, sizes=((48, 64),), frames=8, pairs=2, seeks=3)
REPORT = BenchReport(
    "cagdde bench --quick",
    1_800_000_000.0,
    12.0,
    0.5,
    {"processor": "a processor", "torch": "2.13"},
    (
        Row("decode", "H.264, 64x48", Figures(1.234, 2.0, 810.4, None, "a note"), 101.6),
        Row("flow", "raft-large, 64x48", failure="The weights | are not there."),
        Row("gpu", "a network", Figures(12.34, None, 81.0, 512.0), 900.0),
    ),
)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def refuse(sentence: str) -> None:
    raise InputError(sentence)


def die(code: int) -> None:
    os._exit(code)


def fill_memory(mebibytes: int) -> int:
    return len(b"x" * (mebibytes << 20))


def own_folder_of_the_cache() -> str:
    import platformdirs

    return platformdirs.user_cache_dir("cagdde-studio", appauthor=False)


def test_a_run_of_single_stages(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nan earlier table\n{END}\nafter\n")
    words = ("--only", "decode", "--only", "seek", "--out", tmp_path / "out.json", "--write", page)
    result = run("bench", "--quick", "--json", *words)
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["format"] == "cagdde-bench/1"
    assert document == json.loads((tmp_path / "out.json").read_text())
    assert {"processor", "memory", "torch", "Python"} <= set(document["machine"])
    assert [row["group"] for row in document["rows"]] == ["decode", "seek"]
    for row in document["rows"]:
        assert row["failure"] == ""
        assert 0 < row["figures"]["median_ms"] <= row["figures"]["p95_ms"]
        assert 20 < row["peak_mib"] < 2000
    assert document["rows"][0]["figures"]["frames_per_second"] > 0
    assert document["rows"][1]["figures"]["frames_per_second"] is None
    assert "[2/2] seek" in result.stderr
    text = page.read_text()
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| H.264, 320x180 |" in text
    assert "an earlier table" not in text


def test_an_unknown_group_is_wrong_usage() -> None:
    result = run("bench", "--only", "everything")
    assert result.exit_code == 2
    assert "decode" in result.stderr


def test_every_group_has_measurements(tmp_path: Path) -> None:
    clips, long_clip = clips_of(TINY, tmp_path)
    assert long_clip is None
    material = Material(clips, None, tmp_path / "random.safetensors")
    found = plan(TINY, material, GROUPS, has_gpu=True)
    assert {one.group for one in found} == set(GROUPS)
    assert not [one for one in plan(TINY, material, GROUPS, has_gpu=False) if one.group == "gpu"]
    flows = [one.name for one in found if one.group == "flow"]
    assert [name.split(",")[0] for name in flows] == ["dis", "raft-small", "raft-large", "white"]
    runtimes = [one.name.rsplit(", ", 1)[1] for one in found if one.group == "network"]
    assert set(runtimes) == {"plain loop", "auto", "torch", "openvino"}


def test_a_measurement_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="no weights"):
        run_alone(tmp_path, refuse, "no weights")
    with pytest.raises(StudioError, match="code 3"):
        run_alone(tmp_path, die, 3)
    with pytest.raises(StudioError, match="TypeError"):
        run_alone(tmp_path, refuse)


def test_memory_is_of_that_process_alone_and_caches_are_below_its_folder(tmp_path: Path) -> None:
    ballast = b"x" * (300 << 20)
    small, large = run_alone(tmp_path, fill_memory, 1), run_alone(tmp_path, fill_memory, 200)
    assert small.peak_mib < 200
    assert 180 < large.peak_mib - small.peak_mib < 260
    assert len(ballast) == 300 << 20
    assert Path(run_alone(tmp_path, own_folder_of_the_cache).value).is_relative_to(tmp_path)


def test_own_folders_are_everything_that_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(tempfile, "tempdir", tempfile.gettempdir())
    use_own_folders(tmp_path)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TMPDIR"):
        assert Path(os.environ[name]).parent == tmp_path
    assert Path(tempfile.gettempdir()).parent == tmp_path


def test_figures_of_single_times() -> None:
    figures = figures_of([10.0, 20.0, 40.0])
    assert (figures.median_ms, figures.frames_per_second) == (20.0, 50.0)
    assert figures.p95_ms == pytest.approx(38.0)
    assert figures_of([10.0]).p95_ms is None


def test_tables_hold_failures_in_their_rows() -> None:
    text = to_markdown(REPORT)
    assert "| H.264, 64x48 | 1.23 | 2.00 | 810 | 102 | a note |" in text
    assert "| raft-large, 64x48 |  |  |  |  | The weights / are not there. |" in text
    assert "| a network | 12.3 |  | 81.0 | 900 | 512 |  |" in text
    assert "**Seek" not in text
    assert "processor a processor; torch 2.13" in text
    assert "load 0.5" in text


def test_a_page_without_a_place_is_refused_and_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{END}\n{BEGIN}\n")
    with pytest.raises(InputError, match="has no place"):
        write_into(page, REPORT)
    assert page.read_text() == f"{END}\n{BEGIN}\n"
    with pytest.raises(InputError, match=r"gone\.md: cannot be read"):
        write_into(tmp_path / "gone.md", REPORT)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way there")
def test_interrupting_ends_everything(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "core.cli", "bench", "--quick"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert process.stderr is not None
    try:
        assert process.stderr.readline().startswith("[1/")
        children = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.wait()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert not alive
    assert "stopped on request" in process.stderr.read()
    process.stderr.close()
    assert not list(tmp_path.glob("cagdde-bench-*"))
