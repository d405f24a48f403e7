"""`cagdde-studio --self-test` from a checkout: it passes, touches nothing of the person's, and can fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(1200)]

STEPS = (
    "show window", "predict sample", "convert model", "paint stroke", "save project", "open project again",
    "accept frames", "finetune", "close window",
)  # fmt: skip
WITHOUT_SAMPLE = """
import sys
from pathlib import Path
import core.resources
core.resources.sample_clip_path = lambda: Path("gone.mp4").absolute()
from app.main import main
sys.exit(main(["--self-test"]))
"""


def self_test(home: Path, repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    temporary = home / "temporary"
    temporary.mkdir(parents=True)
    names = {name: str(home / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    environment = {**os.environ, **names, "HOME": str(home), "TMPDIR": str(temporary)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=repository, env=environment, capture_output=True, text=True
    )


def test_it_passes_and_leaves_nothing(tmp_path: Path, repository: Path) -> None:
    done = self_test(tmp_path / "home", repository, "-m", "app.main", "--self-test")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line[4:].split("  ")[0] for line in lines[:-1]] == list(STEPS)
    assert lines[-1].startswith("The self-test passed in ")
    assert "3 steps in a child process" in done.stdout
    assert [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")] == ["home", "home/temporary"]


def test_it_fails_with_the_step_that_failed(tmp_path: Path, repository: Path) -> None:
    done = self_test(tmp_path / "home", repository, "-c", WITHOUT_SAMPLE)
    assert done.returncode == 1
    assert "the self-test failed: predict sample: " in done.stderr
    assert "gone.mp4" in done.stderr
    assert "ok  show window" in done.stdout
    assert "Traceback" not in done.stderr
