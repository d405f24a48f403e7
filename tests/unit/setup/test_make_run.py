"""`make run` hands the clip on as it was typed, to the window or, without a display, to the command line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


@pytest.fixture
def checkout(repository: Path, tmp_path: Path) -> Path:
    """A checkout whose installation is done, with programs that only print what they are given."""
    folder = tmp_path / "a checkout"
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(repository / name, folder)
    for name in ("cagdde", "cagdde-studio"):
        write_program(programs / name, f'printf "%s" "{name}"; printf "|%s" "$@"; echo')
    (folder / ".ci").mkdir()
    write_program(folder / ".ci" / "system_libraries", "exit 0")
    for stamp in (".made", ".installed"):
        (folder / ".venv" / stamp).touch()
        os.utime(folder / ".venv" / stamp, (2e9, 2e9))
    return folder


def write_program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def make_run(checkout: Path, *arguments: str, display: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in (*DISPLAYS, "MAKEFLAGS")}
    if display is not None:
        environment["DISPLAY"] = display
    command = ["make", "--no-print-directory", "run", *arguments]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("clip", ["clip.mp4", "my holiday.mp4", 'it\'s "5$" & more; echo.mp4'])
def test_without_a_display_the_command_line_does_the_work(checkout: Path, clip: str) -> None:
    result = make_run(checkout, f"CLIP={clip}")

    assert f"cagdde|predict|{clip}|-o|out|--overwrite" in result.stdout.splitlines()
    assert f"The results are in {checkout}/out" in result.stdout
    assert result.returncode == 0


def test_with_a_display_the_window_opens(checkout: Path) -> None:
    result = make_run(checkout, "CLIP=my holiday.mp4", display=":7")

    assert result.stdout.splitlines() == ["cagdde-studio|my holiday.mp4"]


def test_the_sample_clip_is_the_default(checkout: Path) -> None:
    result = make_run(checkout)

    assert "cagdde|predict|resources/sample/sample.mp4|-o|out|--overwrite" in result.stdout.splitlines()


def test_a_failure_is_not_called_a_result(checkout: Path) -> None:
    write_program(checkout / ".venv" / "bin" / "cagdde", "exit 1")

    result = make_run(checkout)

    assert result.returncode != 0
    assert "The results are in" not in result.stdout


def test_an_old_python_is_named(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv" / ".made").unlink()
    (checkout / ".venv" / ".installed").unlink()
    old = tmp_path / "python3.9"
    write_program(old, '[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1')

    result = make_run(checkout, f"PYTHON={old}")

    assert "needs Python 3.11 or newer" in result.stderr
    assert "Python 3.9.2" in result.stderr
    assert result.returncode != 0
