"""A clip and its project, made at the first change; strokes that the disk refuses are kept until it takes them."""

from pathlib import Path

import numpy as np
import pytest
from project_material import SIZE_HW, clip_info, mask, stroke

from core.errors import OutputError, ProjectError
from core.masks import FOREGROUND, empty_layer
from core.project import FrameState, Project
from core.project.clip_work import ClipWork, LazyProject

SALIENCY = np.full((3, 5), 200, np.uint8)


@pytest.fixture
def draft(tmp_path: Path):
    work = ClipWork(
        LazyProject(tmp_path / "drafts" / "walk.cagdde", named=False), clip_info(tmp_path / "walk.mp4")
    )
    yield work
    work.lazy.close()


def test_looking_makes_no_file(draft: ClipWork):
    draft.attach()
    editor = draft.editor(2, SALIENCY)
    assert (editor.mask == 255).all()
    assert draft.mask(1, None) is None
    assert draft.records() == {}
    assert not draft.lazy.path.exists()


def test_the_first_stroke_makes_the_project_and_the_next_start_finds_it(draft: ClipWork):
    patch = stroke(empty_layer(SIZE_HW), 1)
    draft.write_stroke(3, "Brush", patch)
    draft.lazy.close()
    again = ClipWork(LazyProject(draft.lazy.path, named=False), draft.info)
    again.attach()
    assert again.record(3).state is FrameState.CORRECTED
    assert again.layer(3)[patch.rectangle.slices].any()
    again.lazy.close()


def test_a_stroke_on_a_layer_that_has_changed_meanwhile_is_kept(draft: ClipWork):
    first, second = stroke(empty_layer(SIZE_HW), 1), stroke(empty_layer(SIZE_HW), 2)
    draft.write_stroke(0, "Brush", first)
    draft.write_stroke(0, "Brush", second)
    changed = second.before != second.after
    assert np.array_equal(draft.layer(0)[second.rectangle.slices][changed], second.after[changed])


def test_a_disk_that_refuses_loses_nothing(draft: ClipWork, monkeypatch: pytest.MonkeyPatch):
    patch, commit = stroke(empty_layer(SIZE_HW), 1), Project.commit

    def full(*_: object) -> int:
        raise OutputError("the disk is full.")

    monkeypatch.setattr(Project, "commit", full)
    with pytest.raises(OutputError):
        draft.write_stroke(0, "Brush", patch)
    assert draft.unsaved == 1
    assert draft.layer(0)[patch.rectangle.slices].any(), "what is on screen is still there"
    monkeypatch.setattr(Project, "commit", commit)
    draft.flush()
    assert draft.unsaved == 0
    project, clip = draft.ensure()
    assert project.layer(clip, 0)[patch.rectangle.slices].any()


def test_a_stroke_on_an_accepted_frame_is_refused_and_not_tried_again(draft: ClipWork):
    project, clip = draft.ensure()
    project.accept(clip, 0, mask(1))
    with pytest.raises(ProjectError, match="accepted"):
        draft.write_stroke(0, "Brush", stroke(empty_layer(SIZE_HW), 1))
    assert draft.unsaved == 0
    frozen = draft.mask(0, None)
    assert frozen is not None
    assert np.array_equal(frozen, mask(1))
    assert draft.editor(0, SALIENCY).accepted


def test_a_named_project_takes_the_clip_in_and_one_that_is_only_read_does_not(tmp_path: Path):
    path, info = tmp_path / "named.cagdde", clip_info(tmp_path / "walk.mp4")
    with Project.create(path) as writer:
        reader = ClipWork(LazyProject(path, True, Project.open(path)), info)
        reader.attach()
        assert reader.clip is None
        with pytest.raises(ProjectError):
            reader.ensure()
        assert writer.clips() == []
        reader.lazy.close()
    work = ClipWork(LazyProject(path, named=True), info)
    work.attach()
    assert work.clip == 1
    layer = work.layer(0).copy()
    layer[:] = FOREGROUND
    assert not work.layer(0).any()
    work.lazy.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"x")
    lazy = LazyProject(tmp_path / "file" / "drafts" / "a.cagdde", named=False)
    with pytest.raises(OutputError, match="drafts cannot be made"):
        lazy.ready()


def test_a_tidied_project_is_whole_in_its_one_file(draft: ClipWork, tmp_path: Path):
    draft.write_stroke(3, "Brush", stroke(empty_layer(SIZE_HW), 1))
    draft.lazy.tidy()
    copy = tmp_path / "copy.cagdde"
    copy.write_bytes(draft.lazy.path.read_bytes())
    with Project.open(copy) as project:
        assert project.layer(1, 3).any()
        assert project.check() == [] or all(not finding.serious for finding in project.check())
