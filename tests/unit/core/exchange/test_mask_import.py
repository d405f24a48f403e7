"""Masks are matched first and kept afterwards: the preview tells the truth, and what came in between is kept."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, OutputError
from core.exchange.mask_import import import_masks, keep_found, match_masks, preview, record_of
from core.exchange.project_export import is_taken
from core.masks.patch import make_patch
from core.project import FrameState, Project
from core.video import open_clip, write_mp4
from core.video.png_writer import PngSequenceWriter

HW = (32, 48)


def mask_of(number: int) -> np.ndarray:
    noise = np.random.default_rng(number).integers(0, 256, HW, np.uint8)
    return np.where(noise > 128, np.uint8(255), np.uint8(0))


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "walk.mp4"
    write_mp4(path, (np.full((*HW, 3), 20 * number, np.uint8) for number in range(6)), 25)
    return path


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    writer = PngSequenceWriter(tmp_path / "masks")
    for number in (0, 1, 2, 9):
        writer.write(mask_of(number), number)
    return tmp_path / "masks"


def test_a_preview_needs_no_project_and_says_what_the_import_does(
    clip: Path, masks: Path, tmp_path: Path
) -> None:
    with open_clip(clip) as reader:
        info = reader.info
    seen: list[int] = []
    found = match_masks(record_of(info), masks, progress=seen.append)
    assert seen == [1, 2, 3, 4]
    before = preview(None, None, found, "accepted")
    assert (before.imported, before.missing) == ((0, 1, 2), (3, 4, 5))
    assert list(before.unmatched) == ["00009.png"]
    with Project.create(tmp_path / "p.cagdde") as project:
        number = project.add_clip(info).id
        assert preview(project, number, found, "accepted") == before
        assert keep_found(project, number, found, "accepted") == before
        assert [entry.name for entry in project.history(number, 1)] == ["Import masks, 3 frames"]
        again = import_masks(project, number, masks)
        assert (again.imported, again.unchanged) == ((), (0, 1, 2))


@pytest.mark.parametrize("kind", ["accepted", "corrected"])
def test_what_was_accepted_after_the_preview_is_kept(
    clip: Path, masks: Path, tmp_path: Path, kind: str
) -> None:
    with Project.create(tmp_path / "p.cagdde") as project, open_clip(clip) as reader:
        number = project.add_clip(reader.info).id
        found = match_masks(project.clip(number), masks)
        project.accept(number, 1, mask_of(77))
        layer = project.layer(number, 2)
        patch = make_patch(layer, np.ones_like(layer))
        assert patch is not None
        project.commit(number, 2, "Brush", patch)
        report = keep_found(project, number, found, "accepted" if kind == "accepted" else "corrected")
        assert report.imported == (0, 2)
        assert "frame 1 is accepted with another mask" in report.unmatched["00001.png"]
        kept = project.accepted_mask(number, 1)
        assert kept is not None
        assert np.array_equal(kept, mask_of(77))
        project.undo(number, 0)
        assert project.frame(number, 2).state is FrameState.CORRECTED
        assert project.layer(number, 2).all()


def test_reading_can_be_cancelled(clip: Path, masks: Path) -> None:
    with open_clip(clip) as reader, pytest.raises(Cancelled):
        match_masks(record_of(reader.info), masks, cancelled=lambda: True)


def test_a_target_is_free_taken_or_refused(clip: Path, tmp_path: Path) -> None:
    with Project.create(tmp_path / "p.cagdde") as project, open_clip(clip) as reader:
        project.add_clip(reader.info)
        target = tmp_path / "out"
        assert not is_taken(project, target)
        target.mkdir()
        assert not is_taken(project, target)
        (target / "walk").mkdir()
        assert is_taken(project, target)
        (target / "thesis.txt").touch()
        with pytest.raises(OutputError, match=r"thesis\.txt"):
            is_taken(project, target)
