"""Projects with a clip for these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from project_material import clip_info

from core.project import Project


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "walk.cagdde"


@pytest.fixture
def project(path: Path, tmp_path: Path) -> Iterator[Project]:
    """Open, with one clip whose number is 1 and whose file does not exist."""
    with Project.create(path) as made:
        assert made.add_clip(clip_info(tmp_path / "walk.mp4")).id == 1
        yield made
