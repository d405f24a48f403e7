"""Data sets are found in the folders they are distributed in, and refused with the path that was expected."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.datasets.benchmark import BENCHMARKS, open_benchmark, open_pairs
from core.errors import InputError
from core.opencv import cv2
from core.types import SizeHW

SIZE: SizeHW = (12, 16)
WHITE = (255, 255, 255)


def picture(path: Path, *colours: tuple[int, int, int]) -> None:
    """Columns of equal width in the given colours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = np.array(colours, np.uint8)[np.arange(SIZE[1]) * len(colours) // SIZE[1]]
    _write(path, np.broadcast_to(columns[:, ::-1], (*SIZE, 3)).copy())


def mask(path: Path, *columns: int) -> None:
    """Columns of equal width, grey."""
    path.parent.mkdir(parents=True, exist_ok=True)
    grey = np.array(columns, np.uint8)[np.arange(SIZE[1]) * len(columns) // SIZE[1]]
    _write(path, np.broadcast_to(grey, SIZE).copy())


def _write(path: Path, picture: NDArray[np.uint8]) -> None:
    done, data = cv2.imencode(path.suffix, picture)
    assert done
    path.write_bytes(data.tobytes())


def frames(folder: Path, *names: str) -> None:
    for name in names:
        picture(folder / name, (200, 30, 30))


def davis(root: Path, lines: str, listed: str = "ImageSets/480p/val.txt") -> None:
    for clip in ("bear", "swan"):
        frames(root / "JPEGImages/480p" / clip, "00000.jpg", "00001.jpg")
        for name in ("00000.png", "00001.png"):
            mask(root / "Annotations/480p" / clip / name, 0, 255)
    path = root / listed
    path.parent.mkdir(parents=True)
    path.write_text(lines, encoding="utf-8")


def test_davis_reads_its_lists_of_frames(tmp_path: Path) -> None:
    line = "/JPEGImages/480p/swan/0000{0}.jpg /Annotations/480p/swan/0000{0}.png\n"
    davis(tmp_path, line.format(0) + line.format(1))
    found = open_benchmark("davis16", tmp_path)
    assert (found.title, found.split, [clip.name for clip in found.clips]) == (
        "DAVIS 2016, val",
        "val",
        ["swan"],
    )
    clip = found.clips[0]
    assert [frame.name for frame in clip.frames] == ["00000.jpg", "00001.jpg"]
    assert clip.source == tmp_path / "JPEGImages/480p/swan"
    assert clip.annotated == (0, 1)


def test_davis_of_2017_lists_clips_and_colours_objects(tmp_path: Path) -> None:
    davis(tmp_path, "bear\n", "ImageSets/2016/train.txt")
    picture(tmp_path / "Annotations/480p/bear/00000.png", (0, 0, 0), (128, 0, 0))
    (clip,) = open_benchmark("davis16", tmp_path, "train").clips
    truth = clip.read_truth(0)
    assert truth is not None
    assert (truth[:, :8] == 0).all()
    assert (truth[:, 8:] == 255).all()


def test_segtrack_joins_its_objects(tmp_path: Path) -> None:
    frames(tmp_path / "JPEGImages/bmx", "bmx_2.png", "bmx_10.png")
    frames(tmp_path / "JPEGImages/girl", "girl_1.bmp")
    for name in ("bmx_2", "bmx_10"):
        mask(tmp_path / f"GroundTruth/bmx/1/{name}.png", 255, 0, 0, 0)
        mask(tmp_path / f"GroundTruth/bmx/2/{name}.png", 0, 0, 0, 255)
    mask(tmp_path / "GroundTruth/girl/girl_1.bmp", 0, 255)
    bmx, girl = open_benchmark("segv2", tmp_path).clips
    assert [frame.name for frame in bmx.frames] == ["bmx_2.png", "bmx_10.png"]
    truth = bmx.read_truth(1)
    assert truth is not None
    assert truth[0].tolist() == [255] * 4 + [0] * 8 + [255] * 4
    assert girl.annotated == (0,)


def fbms(root: Path, clip: str, count: int) -> Path:
    folder = root / "Testset" / clip
    frames(folder, *(f"{clip}_{number:04d}.jpg" for number in range(1, count + 1)))
    (folder / "GroundTruth").mkdir()
    return folder / "GroundTruth"


def test_fbms_is_annotated_sparsely_in_colours_on_white(tmp_path: Path) -> None:
    truth = fbms(tmp_path, "camel01", 4)
    picture(truth / "camel01_0001_gt.ppm", WHITE, (0, 0, 0))
    picture(truth / "camel01_0003_gt.ppm", WHITE, (0, 255, 255))
    picture(truth / "camel01_0003_PROB_gt.ppm", WHITE, WHITE)
    mask(truth / "camel01_0003_gt.pgm", 0, 0)
    (clip,) = open_benchmark("fbms", tmp_path).clips
    assert len(clip.frames) == 4
    assert clip.annotated == (0, 2)
    assert clip.read_truth(1) is None
    for index in clip.annotated:
        found = clip.read_truth(index)
        assert found is not None
        assert found[0].tolist() == [0] * 8 + [255] * 8


def test_fbms_takes_frames_and_background_from_the_definition_file(tmp_path: Path) -> None:
    truth = fbms(tmp_path, "cars1", 3)
    mask(truth / "cars1_01.pgm", 90, 0)
    (truth / "cars1Def.dat").write_text(
        "Total number of regions in this shot:\n2\n\nScale of region 0:\n90\n\nScale of region 1:\n0\n\n"
        "Frame number:\n1\nFile name:\ncars1_01.pgm\nInput file name:\ncars1_0002.ppm\n",
        encoding="utf-8",
    )
    (clip,) = open_benchmark("fbms", tmp_path, "test").clips
    assert clip.annotated == (1,)
    found = clip.read_truth(1)
    assert found is not None
    assert found[0].tolist() == [0] * 8 + [255] * 8


def test_fbms_pairs_masks_that_carry_only_numbers(tmp_path: Path) -> None:
    truth = fbms(tmp_path, "tennis", 3)
    mask(truth / "003.pgm", 0, 255)
    (clip,) = open_benchmark("fbms", tmp_path).clips
    assert clip.annotated == (2,)


def test_fbms_of_salient_objects_has_plain_masks(tmp_path: Path) -> None:
    truth = fbms(tmp_path, "dogs01", 2)
    mask(truth / "dogs01_0002_gt.png", 0, 255)
    (clip,) = open_benchmark("fbms", tmp_path).clips
    assert clip.annotated == (1,)
    assert clip.background is None


@pytest.mark.parametrize("inside", [False, True])
def test_davsod_has_a_folder_for_each_split(tmp_path: Path, inside: bool) -> None:
    for split, clip in (("Easy-35", "select_0043"), ("Normal-25", "select_0001")):
        frames(tmp_path / split / clip / "Imgs", "0001.png", "0002.png")
        mask(tmp_path / split / clip / "GT_object_level/0001.png", 0, 255)
    root = tmp_path / "Easy-35" if inside else tmp_path
    found = open_benchmark("davsod", root)
    assert found.split == "easy-35"
    assert [(clip.name, clip.annotated) for clip in found.clips] == [("select_0043", (0,))]
    assert open_benchmark("davsod", tmp_path, "Normal-25").clips[0].name == "select_0001"


def test_davsod_reads_a_split_from_a_list(tmp_path: Path) -> None:
    for clip in ("select_0001", "select_0002"):
        frames(tmp_path / clip / "Imgs", "0001.png")
        mask(tmp_path / clip / "GT_object_level/0001.png", 0, 255)
    (tmp_path / "Easy-35.txt").write_text("select_0002\n", encoding="utf-8")
    assert [clip.name for clip in open_benchmark("davsod", tmp_path).clips] == ["select_0002"]


@pytest.mark.parametrize(
    ("images", "truth"),
    [("boat/Imgs", "boat/ground-truth"), ("ViSal_test/boat", "GT/boat"), ("boat", "boat/GroundTruth")],
)
def test_visal_keeps_frames_that_are_not_annotated(tmp_path: Path, images: str, truth: str) -> None:
    frames(tmp_path / images, "boat_001.jpg", "boat_002.jpg", "boat_003.jpg")
    mask(tmp_path / truth / "boat_003.png", 0, 255)
    (clip,) = open_benchmark("visal", tmp_path).clips
    assert (clip.name, len(clip.frames), clip.annotated) == ("boat", 3, (2,))


def test_stills_are_clips_of_one_frame(tmp_path: Path) -> None:
    frames(tmp_path / "DUTS-TE/DUTS-TE-Image", "a.jpg", "b.jpg", "c.jpg")
    mask(tmp_path / "DUTS-TE/DUTS-TE-Mask/a.png", 0, 255)
    mask(tmp_path / "DUTS-TE/DUTS-TE-Mask/b.png", 0, 255)
    found = open_benchmark("duts", tmp_path, "test")
    assert [(clip.name, clip.source.name, clip.annotated) for clip in found.clips] == [
        ("a", "a.jpg", (0,)),
        ("b", "b.jpg", (0,)),
    ]
    pairs = open_pairs(tmp_path / "DUTS-TE/DUTS-TE-Image", tmp_path / "DUTS-TE/DUTS-TE-Mask")
    assert [clip.name for clip in pairs.clips] == ["a", "b"]


def test_plain_clips_or_one_of_them(tmp_path: Path) -> None:
    for clip in ("one", "two"):
        frames(tmp_path / clip / "frames", "1.jpg")
        mask(tmp_path / clip / "masks/1.png", 0, 255)
    (tmp_path / "notes").mkdir()
    assert [clip.name for clip in open_benchmark("clips", tmp_path).clips] == ["one", "two"]
    assert [clip.name for clip in open_benchmark("clips", tmp_path / "two").clips] == ["two"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("davis16", "JPEGImages/480p/CLIP with"),
        ("segv2", "GroundTruth/CLIP"),
        ("fbms", "Testset/CLIP/GroundTruth"),
        ("davsod", "Easy-35/CLIP/Imgs"),
        ("visal", "CLIP/ground-truth"),
        ("duts", "DUTS-TE/DUTS-TE-Mask"),
        ("pairs", "images with"),
        ("clips", "CLIP/frames"),
    ],
)
def test_a_wrong_layout_is_refused_with_what_was_expected(tmp_path: Path, name: str, expected: str) -> None:
    assert name in BENCHMARKS
    (tmp_path / "something").mkdir()
    with pytest.raises(InputError, match="is not laid out as") as refusal:
        open_benchmark(name, tmp_path)
    assert expected in str(refusal.value)


def test_a_clip_without_its_folder_of_masks_is_named(tmp_path: Path) -> None:
    davis(tmp_path, "bear\nlost\n")
    with pytest.raises(InputError, match=r"Clip lost: expected the folder .*JPEGImages/480p/lost"):
        open_benchmark("davis16", tmp_path)
    for clip in ("one", "two"):
        frames(tmp_path / clip / "frames", "1.jpg")
    mask(tmp_path / "one/masks/1.png", 0, 255)
    with pytest.raises(InputError, match=r"Clip two: expected the folder .*two/masks"):
        open_benchmark("clips", tmp_path)


def test_masks_of_other_names_are_refused(tmp_path: Path) -> None:
    frames(tmp_path / "one/frames", "00001.jpg")
    mask(tmp_path / "one/masks/frame1.png", 0, 255)
    with pytest.raises(InputError, match=r"expected a mask with the name of a frame .*00001\.png"):
        open_benchmark("clips", tmp_path)


def test_unknown_names_and_splits_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data set 'vos'"):
        open_benchmark("vos", tmp_path)
    with pytest.raises(InputError, match="no split 'test': choose one of val, train"):
        open_benchmark("davis16", tmp_path, "test")
    with pytest.raises(InputError, match="no split 'val': leave --split out"):
        open_benchmark("segv2", tmp_path, "val")
    with pytest.raises(InputError, match="there is no such folder"):
        open_benchmark("segv2", tmp_path / "gone")


def test_a_damaged_mask_is_named(tmp_path: Path) -> None:
    frames(tmp_path / "one/frames", "1.jpg")
    mask(tmp_path / "one/masks/1.png", 0, 255)
    (clip,) = open_benchmark("clips", tmp_path).clips
    (tmp_path / "one/masks/1.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"masks/1\.png: is not a picture"):
        clip.read_truth(0)
