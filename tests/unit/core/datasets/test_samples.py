"""Samples, stills set in motion, the prepared cache and augmentation, on generated pictures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.datasets.layers import still_layer
from core.datasets.layout import find_clip, find_stills
from core.datasets.prepare import DataRecipe, StillsSource, prepare
from core.datasets.sample import Sample, load_sample, save_sample
from core.datasets.synthetic_motion import MotionSettings, animate_composite, animate_still
from core.datasets.transform import TransformSettings, make_example
from core.errors import InputError
from core.flow import DisFlow
from core.opencv import cv2
from core.types import FlowField

SMALL = MotionSettings(long_side=160)


def textured(height: int, width: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 2)


def disc(height: int, width: int) -> np.ndarray:
    mask = np.zeros((height, width), np.uint8)
    cv2.circle(mask, (width // 2, height // 2), height // 4, 255, -1)
    return mask


@pytest.fixture
def still() -> Sample:
    mask = disc(120, 160)
    rgb = np.where(mask[..., None] > 0, textured(120, 160, 2), textured(120, 160, 1) // 2)
    return Sample(rgb, mask, disc(120, 160) // 2, None, "still/test")


@pytest.fixture
def data(tmp_path: Path, still: Sample) -> Path:
    """A small data root: stills, a clip with masks, a clip with a teacher's maps, cut-outs and backgrounds."""
    for name in ("stills/a/images", "stills/a/masks", "clips/b/frames", "clips/b/masks", "clips/c/frames"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("clips/c/teacher", "cutouts", "backgrounds"):
        (tmp_path / name).mkdir(parents=True)
    assert still.ground_truth is not None
    for i in range(3):
        rgb = np.roll(still.rgb, 3 * i, 1)[..., ::-1]
        cv2.imwrite(str(tmp_path / f"stills/a/images/{i}.png"), rgb)
        cv2.imwrite(str(tmp_path / f"stills/a/masks/{i}.png"), np.roll(still.ground_truth, 3 * i, 1))
        for clip, maps in (("b", "masks"), ("c", "teacher")):
            cv2.imwrite(str(tmp_path / f"clips/{clip}/frames/{i:05d}.png"), rgb)
            cv2.imwrite(
                str(tmp_path / f"clips/{clip}/{maps}/{i:05d}.png"), np.roll(still.ground_truth, 3 * i, 1)
            )
    cv2.imwrite(str(tmp_path / "cutouts/x.png"), np.dstack((still.rgb, still.ground_truth)))
    cv2.imwrite(str(tmp_path / "backgrounds/y.png"), textured(100, 150, 9))
    return tmp_path


RECIPE = DataRecipe(
    stills=(StillsSource("stills/a", 1.0),),
    clips=("clips/b",),
    unlabelled=("clips/c",),
    cutouts="cutouts",
    backgrounds="backgrounds",
    composites=3,
    crowded=2,
    motion=SMALL,
)


def test_a_sample_survives_its_file(tmp_path: Path, still: Sample) -> None:
    sample = replace(
        still, flow=FlowField(np.random.default_rng(0).normal(0, 5, (30, 40, 2)).astype(np.float32))
    )
    save_sample(tmp_path / "s.npz", sample)
    read = load_sample(tmp_path / "s.npz")
    assert read.ground_truth is not None
    assert read.teacher is not None
    assert read.flow is not None
    assert sample.flow is not None
    assert sample.ground_truth is not None
    assert sample.teacher is not None
    assert np.array_equal(read.ground_truth, sample.ground_truth)
    assert np.array_equal(read.teacher, sample.teacher)
    assert np.abs(read.flow.uv - sample.flow.uv).max() < 0.02
    assert np.abs(read.rgb.astype(int) - sample.rgb).mean() < 6
    assert read.origin == "still/test"


def test_a_sample_needs_something_to_learn_from() -> None:
    with pytest.raises(ValueError, match="ground truth or a teacher"):
        Sample(np.zeros((4, 4, 3), np.uint8), None, None, None, "x")


def test_an_object_that_moves_alone_stands_out_in_the_flow(still: Sample) -> None:
    settings = replace(SMALL, static=0, camera=0, object=1, both=0, object_px=(4.0, 6.0))
    moved = animate_still(still, DisFlow(), np.random.default_rng(0), settings)
    assert moved.flow is not None
    assert moved.ground_truth is not None
    speed = np.hypot(moved.flow.uv[..., 0], moved.flow.uv[..., 1])
    inside = cv2.erode(moved.ground_truth, np.ones((9, 9))) > 0
    outside = cv2.dilate(moved.ground_truth, np.ones((25, 25))) == 0
    assert np.median(speed[inside]) > 1
    assert np.median(speed[inside]) > 4 * np.median(speed[outside])


def test_motion_depends_on_the_seed_alone(still: Sample) -> None:
    one, two, other = (
        animate_still(still, DisFlow(), np.random.default_rng(seed), SMALL, still_layer(still))
        for seed in (5, 5, 6)
    )
    assert one.flow is not None
    assert two.flow is not None
    assert other.flow is not None
    assert np.array_equal(one.flow.uv, two.flow.uv)
    assert np.array_equal(one.rgb, two.rgb)
    assert not np.array_equal(one.flow.uv, other.flow.uv)


def test_a_distractor_changes_the_picture_but_never_the_object(still: Sample) -> None:
    plain = animate_still(still, DisFlow(), np.random.default_rng(7), SMALL)
    crowded = animate_still(still, DisFlow(), np.random.default_rng(7), SMALL, still_layer(still))
    assert plain.ground_truth is not None
    assert crowded.ground_truth is not None
    assert np.array_equal(plain.ground_truth, crowded.ground_truth)
    inside = cv2.erode(plain.ground_truth, np.ones((9, 9))) > 0
    assert np.abs(plain.rgb[inside].astype(int) - crowded.rgb[inside]).max() <= 1
    assert not np.array_equal(plain.rgb, crowded.rgb)
    assert plain.teacher is not None
    assert crowded.teacher is None


def test_a_composite_has_its_object_where_the_mask_says(still: Sample) -> None:
    scene = np.zeros((100, 150, 3), np.uint8)
    made = animate_composite(still_layer(still), scene, DisFlow(), np.random.default_rng(3), SMALL)
    assert made.ground_truth is not None
    assert made.rgb[made.ground_truth > 0].mean() > 60
    assert made.rgb[made.ground_truth == 0].mean() < 5


def test_a_cache_is_made_once_and_the_same_again(data: Path, tmp_path: Path) -> None:
    folder = prepare(RECIPE, data, tmp_path / "one")
    counts = {group.name: len(list(group.iterdir())) for group in folder.iterdir()}
    assert counts == {"motion": 3, "composite": 3, "crowded": 2, "clip": 3, "unlabelled": 3}
    written = {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")}
    next(iter(sorted((folder / "motion").iterdir()))).unlink()
    prepare(RECIPE, data, tmp_path / "one")
    again = {path: path.stat().st_mtime_ns for path in folder.rglob("*.npz")}
    assert sum(again[path] != written[path] for path in written) == 1, "only what was missing is made"
    twin = prepare(RECIPE, data, tmp_path / "two")
    for path in sorted(folder.rglob("*.npz")):
        assert path.read_bytes() == (twin / path.relative_to(folder)).read_bytes()


def test_wrong_folders_are_named(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    with pytest.raises(InputError, match="masks"):
        find_stills(tmp_path)
    with pytest.raises(InputError, match="frames"):
        find_clip(tmp_path)


def example(sample: Sample, seed: int = 0, **settings: float):
    return make_example(sample, (64, 96), np.random.default_rng(seed), TransformSettings(**settings))  # type: ignore[arg-type]


def test_ignored_pixels_do_not_count(still: Sample) -> None:
    assert still.ground_truth is not None
    truth = still.ground_truth.copy()
    truth[:60] = 128
    made = example(replace(still, ground_truth=truth, teacher=None), min_crop=1.0)
    assert 0.3 < made.valid.mean() < 0.7
    assert not made.ground_truth[made.valid == 0].any()


def test_the_teacher_enters_where_the_settings_say(still: Sample) -> None:
    made = example(still, teacher_rgb_side=1.0, teacher_white=0.5)
    inside = made.ground_truth > 0
    assert 0.4 < made.rgb_side.max() < 0.6, "the teacher's 127"
    assert made.flow.min() == 255
    assert np.isclose(made.ground_truth[inside].max(), 0.75, atol=0.01)
    moving = example(replace(still, flow=FlowField(np.ones((60, 80, 2), np.float32) * 3)), white_flow=0.0)
    assert moving.ground_truth.max() == 1.0
    assert moving.flow.min() < 255


def test_without_ground_truth_the_teacher_is_the_target_and_counts_less(still: Sample) -> None:
    made = example(replace(still, ground_truth=None), pseudo_weight=0.3)
    assert made.weight == 0.3
    assert np.array_equal(made.ground_truth, made.rgb_side)


def test_a_flip_turns_motion_around(still: Sample) -> None:
    sample = replace(still, flow=FlowField(np.full((60, 80, 2), (4, 0), np.float32)))
    colors = {tuple(example(sample, seed, white_flow=0.0).flow[0, 0]) for seed in range(12)}
    assert len(colors) == 2, "to the right as it is, to the left when flipped"
