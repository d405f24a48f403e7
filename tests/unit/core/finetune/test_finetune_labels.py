"""Masks that contradict each other are found, and then nothing is trained."""

from pathlib import Path

import numpy as np
from finetune_clip import ACCEPTED, small_settings, square_mask

from core.finetune.job import TUNED_NAME
from core.finetune.labels import LabelledFrame, contradiction, looks_inverted
from core.finetune.outcome import read_report
from core.finetune.report import write_page
from core.finetune.run import run_finetune
from core.finetune.snapshot import snapshot
from core.project import Project
from core.resources import default_weights_path
from core.types import GrayImage
from core.video import open_clip


def labelled(truth: GrayImage, index: int = 0) -> LabelledFrame:
    return LabelledFrame("dog", index, square_mask(0)[::2, ::2], truth)


def test_a_reversed_mask_looks_inverted_and_an_honest_correction_does_not() -> None:
    assert looks_inverted(labelled(255 - square_mask(0)))
    assert not looks_inverted(labelled(square_mask(0)))
    assert not looks_inverted(labelled(square_mask(59))), "quite another place, but an object"
    assert not looks_inverted(labelled(np.zeros_like(square_mask(0)))), "there is no object"


def test_some_inverted_contradict_all_inverted_do_not() -> None:
    good, bad = labelled(square_mask(0), 3), labelled(255 - square_mask(0), 7)
    assert contradiction([good, good]) is None
    assert contradiction([bad, bad]) is None
    words = contradiction([good, bad, good])
    assert words is not None
    assert "1 of 3 looks inverted (dog: 7)" in words


def test_half_of_the_masks_inverted_keeps_the_old_model_and_says_why(
    tmp_path: Path, clip_folder: Path
) -> None:
    with Project.create(tmp_path / "p.cagdde") as project, open_clip(clip_folder) as reader:
        number = project.add_clip(reader.info).id
        for place, index in enumerate(ACCEPTED):
            mask = square_mask(index)
            project.accept(number, index, 255 - mask if place % 2 else mask)
        snapshot(project, default_weights_path(), small_settings(), tmp_path / "job")

    result = run_finetune(tmp_path / "job")

    assert (result.outcome, result.kept_old, result.chosen_a, result.iterations) == ("finished", True, 0.0, 0)
    assert "contradict each other" in result.reason
    assert not (tmp_path / "job" / TUNED_NAME).exists()
    assert result.clips, "the report part is measured all the same"
    assert result.planned == result.lineage.trained_frames == 0
    page = write_page(tmp_path / "job").read_text()
    assert "<h1>The old model stays</h1>" in page
    assert f"none of {len(ACCEPTED)} accepted frames trained" in page
    assert "Curves" not in page
    assert "How much of the tuning" not in page
    assert read_report(tmp_path / "job").selections == ()
