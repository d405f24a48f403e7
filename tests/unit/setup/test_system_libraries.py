"""The set-up script asks for exactly what is missing, and goes on where the program starts without it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the script has nothing to do outside Linux")

NOTHING = "echo '\tlibc.so.6 => /lib/libc.so.6 (0x0)'"
TWO_MISSING = "printf '\\tlibxcb-render-util.so.0 => not found\\n\\tlibGL.so.1 => not found\\n'"
UNKNOWN = "echo '\tlibunheardof.so.7 => not found'"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of commands that stands before the real ones: an ordinary user, and a loader that the test sets."""
    folder = tmp_path / "tools"
    folder.mkdir()
    command(folder, "id", "echo 1000")
    for name in ("Xvfb", "xauth", "xdotool"):
        command(folder, name, "true")
    return folder


def command(folder: Path, name: str, body: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


def run(repository: Path, tools: Path, purpose: str = "tests", python: str = sys.executable):
    environment = os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"}
    script = [shutil.which("bash") or "bash", ".ci/system_libraries", python, purpose]
    return subprocess.run(
        script, cwd=repository, env=environment, capture_output=True, text=True, check=False
    )


def test_nothing_missing_is_silent(repository: Path, tools: Path) -> None:
    command(tools, "ldd", NOTHING)

    result = run(repository, tools, "headless")

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_names_the_packages_in_one_command_and_goes_on(repository: Path, tools: Path) -> None:
    command(tools, "ldd", TWO_MISSING)

    result = run(repository, tools)

    assert "sudo apt-get update && sudo apt-get install" in result.stderr
    assert "libgl1 libxcb-render-util0\n" in result.stderr
    assert "Going on without them." in result.stderr
    assert result.returncode == 0


def test_stops_where_the_program_does_not_start(repository: Path, tools: Path) -> None:
    command(tools, "ldd", TWO_MISSING)
    python = tools / "python-without-qt"
    command(tools, python.name, f'[ "$1" = -c ] && exit 1\nexec "{sys.executable}" "$@"')

    result = run(repository, tools, python=str(python))

    assert "Without them the program does not start." in result.stderr
    assert result.returncode == 1


def test_names_a_library_whose_package_it_does_not_know(repository: Path, tools: Path) -> None:
    command(tools, "ldd", UNKNOWN)

    result = run(repository, tools)

    assert "libunheardof.so.7" in result.stderr
    assert result.returncode == 0


def test_with_root_and_apt_it_updates_then_installs(repository: Path, tools: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    command(tools, "ldd", f'[ -s "{calls}" ] || {TWO_MISSING}')
    command(tools, "id", "echo 0")
    command(tools, "apt-get", f'echo "$@" >> "{calls}"')

    result = run(repository, tools)

    assert result.returncode == 0
    update, install = calls.read_text().splitlines()
    assert update.startswith("update")
    assert install.endswith("libgl1 libxcb-render-util0")


@pytest.mark.parametrize("arguments", [[], ["python3"], ["python3", "everything"]])
def test_wrong_usage(repository: Path, arguments: list[str]) -> None:
    result = subprocess.run(
        [".ci/system_libraries", *arguments], cwd=repository, capture_output=True, check=False
    )

    assert result.returncode == 2
