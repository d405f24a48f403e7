"""Looking for a clip that was moved can be cancelled between two files."""

from pathlib import Path

import pytest
from project_material import clip_info

from core.errors import Cancelled
from core.project import Project
from core.project.clip_search import find_clip


def test_a_cancelled_search_looks_into_no_further_file(tmp_path: Path) -> None:
    place, folder = tmp_path / "p.cagdde", tmp_path / "films"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.mp4").write_bytes(b"not it")
    with Project.create(place) as project:
        record = project.add_clip(clip_info(tmp_path / "gone.mp4"))
    asked: list[bool] = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 1

    with pytest.raises(Cancelled, match="gone"):
        find_clip(record, place, [folder], cancelled)
    assert len(asked) == 2
    assert find_clip(record, place, [folder]).status == "missing"
