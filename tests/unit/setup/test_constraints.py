"""constraints.txt pins what is installed, so that another machine gets what was tested here."""

import re
from importlib.metadata import distributions
from pathlib import Path

OURS_OR_THE_VENVS = {"cagdde-studio", "pip", "wheel"}
PINNED_BY_TORCH = ("nvidia-", "cuda-", "triton")
"""torch's CUDA build names the exact versions of these itself."""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(repository: Path) -> dict[str, str]:
    lines = (repository / "constraints.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {normal(name): version for name, version in pairs}


def test_every_installed_version_is_the_pinned_one(repository: Path) -> None:
    pinned = pins(repository)
    installed = {normal(d.name): d.version.partition("+")[0] for d in distributions()}

    differing = {
        name: f"installed {version}, pinned {pinned.get(name, 'nowhere')}"
        for name, version in installed.items()
        if pinned.get(name) != version
        and name not in OURS_OR_THE_VENVS
        and not name.startswith(PINNED_BY_TORCH)
    }

    assert not differing


def test_torch_is_pinned_without_a_build(repository: Path) -> None:
    assert pins(repository)["torch"] == "2.13.0"
