"""The command: what it imports, what it does without a display, what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.display import display_problem
from app.main import parser

HEAVY = ("torch", "openvino", "av", "cv2", "pyqtgraph")


def test_the_window_loads_nothing_heavy(repository: Path) -> None:
    code = (
        f"import sys, app.main, app.main_window, app.starter;print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=repository, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_wrong_usage_is_exit_code_two() -> None:
    with pytest.raises(SystemExit) as ending:
        parser().parse_args(["--nonsense"])
    assert ending.value.code == 2


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    problem = display_problem()
    if sys.platform.startswith("linux"):
        assert problem is not None
        assert "no display" in problem


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 displays are asked on Linux alone")
def test_a_display_that_does_not_answer_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":987")
    problem = display_problem()
    assert problem is not None
    assert ":987" in problem or "apt-get" in problem


def test_headless_passes_failures_on(repository: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "app.main",
        "--headless",
        "--out",
        str(tmp_path / "out"),
        str(tmp_path / "gone.mp4"),
    ]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 1
    assert "gone.mp4" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_default_model_that_cannot_be_used_is_said_headless(
    repository: Path, tmp_path: Path, model_path: Path
) -> None:
    from core.registry import ModelRegistry

    registry = ModelRegistry()
    record = registry.set_default(registry.add(model_path).id)
    record.path.write_bytes(b"")
    command = [sys.executable, "-m", "app.main", "--headless", str(tmp_path / "gone.mp4")]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 1
    assert f"The default model {record.id} cannot be used" in done.stderr
