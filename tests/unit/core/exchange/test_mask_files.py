"""Masks of every usual kind are read as what they mean."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.exchange.coco_masks import packed_mask, unpacked_mask
from core.exchange.mask_files import find_masks, read_mask
from core.opencv import cv2

OBJECT = np.zeros((6, 9), np.uint8)
OBJECT[1:4, 2:7] = 1


def written(path: Path, picture: np.ndarray) -> Path:
    assert cv2.imwrite(str(path), picture)
    return path


@pytest.mark.parametrize(
    "picture",
    [
        OBJECT,  # numbers of objects
        OBJECT * 255,
        np.where(OBJECT, 128, 127).astype(np.uint8),  # soft
        np.where(OBJECT, 40000, 100).astype(np.uint16),
        np.dstack([OBJECT * 0, OBJECT * 0, OBJECT * 64]),  # a colour of DAVIS
        np.dstack([OBJECT * 255] * 3),
    ],
)
def test_foreground_is_told_from_background(tmp_path: Path, picture: np.ndarray) -> None:
    assert np.array_equal(read_mask(written(tmp_path / "m.png", picture)), OBJECT * 255)


def test_an_empty_mask_is_empty(tmp_path: Path) -> None:
    assert not read_mask(written(tmp_path / "m.png", OBJECT * 0)).any()


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_a_damaged_mask_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.png").write_bytes(content)
    with pytest.raises(InputError, match=r"m\.png is damaged"):
        read_mask(tmp_path / "m.png")


def test_coco_is_exact_and_reads_its_other_forms() -> None:
    noise = np.where(np.random.default_rng(1).random((13, 17)) > 0.5, np.uint8(255), np.uint8(0))
    packed = packed_mask(noise)
    assert packed["area"] == np.count_nonzero(noise)
    segmentation = json.loads(json.dumps(packed["segmentation"]))
    assert np.array_equal(unpacked_mask(segmentation, (13, 17)), noise)
    runs = {"size": [2, 3], "counts": [1, 2, 3]}  # down the columns
    assert unpacked_mask(runs, (2, 3)).tolist() == [[0, 255, 0], [255, 0, 0]]
    assert (
        unpacked_mask([[2, 1, 7, 1, 7, 4, 2, 4]], (6, 9)).astype(bool).tolist()
        == OBJECT.astype(bool).tolist()
    )
    with pytest.raises(ValueError, match="in an image of"):
        unpacked_mask(segmentation, (13, 18))


@pytest.mark.parametrize(
    "content", [b"{}", b"nothing", b"[1]", b'{"images": [{"id": 1}], "annotations": []}']
)
def test_what_is_no_coco_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.json is no COCO file"):
        list(find_masks(path, "walk", ""))


def test_masks_of_another_clip_are_told_apart(tmp_path: Path) -> None:
    def image(number: int, clip: str) -> dict[str, object]:
        return {"id": number, "file_name": f"{clip}/{number:05d}.jpg", "height": 4, "width": 5, "clip": clip}

    content = {"images": [image(0, "walk"), image(1, "run")], "annotations": []}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    own, other = find_masks(path, "walk", "")
    assert own.mask is not None
    assert (own.number, own.mask.shape) == (0, (4, 5))
    assert other.mask is None
    assert "another clip, run" in other.fault


def test_a_broken_manifest_is_named(tmp_path: Path) -> None:
    written(tmp_path / "00000.png", OBJECT)
    (tmp_path / "frames.csv").write_text("mask,frame,pts_seconds\n00000.png,x,0\n")
    with pytest.raises(InputError, match=r"frames\.csv cannot be read"):
        list(find_masks(tmp_path, "walk", ""))
