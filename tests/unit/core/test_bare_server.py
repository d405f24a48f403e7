"""Training runs where neither PyAV nor Qt is installed: its modules import with both of them out of reach."""

import subprocess
import sys
from pathlib import Path

import pytest

ABSENT = (
    *("av", "openvino", "msgspec", "platformdirs", "psutil", "rich", "typer"),
    *("PySide6", "shiboken6", "superqt", "qtpy", "pyqtgraph"),
)

IMPORT_ALL = """
import importlib, pkgutil, sys
for name in {absent!r}:
    sys.modules[name] = None  # import then raises ModuleNotFoundError
package = importlib.import_module({package!r})
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def import_all(package: str, repository: Path, absent: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    program = IMPORT_ALL.format(absent=absent, package=package)
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize(
    "package", ["core.training", "core.datasets", "core.network", "core.flow", "core.metrics"]
)
def test_imports_without_video_library_and_qt(package: str, repository: Path) -> None:
    result = import_all(package, repository, ABSENT)

    assert result.returncode == 0, result.stderr


def test_a_finetuning_job_runs_without_project_and_video_library(repository: Path) -> None:
    program = f"""
import sys
for name in {(*ABSENT, "core.project", "core.video")!r}:
    sys.modules[name] = None
import core.finetune.run
"""
    command = [sys.executable, "-c", program]
    result = subprocess.run(command, cwd=repository, capture_output=True, text=True, timeout=100, check=False)

    assert result.returncode == 0, result.stderr


def test_the_check_sees_an_import_that_is_out_of_reach(repository: Path) -> None:
    result = import_all("core.flow", repository, ("cv2",))

    assert result.returncode != 0
    assert "cv2" in result.stderr
