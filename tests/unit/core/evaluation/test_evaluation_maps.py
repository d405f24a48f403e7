"""Folders of maps: how they are matched, and what is said of missing, extra, damaged and differently sized ones."""

from pathlib import Path

import numpy as np
import pytest
from evaluation_clips import write_clips, write_maps, write_picture

from core.datasets.benchmark import Benchmark, open_benchmark
from core.errors import InputError
from core.evaluation.methods import ClipOutput, MapsMethod
from core.evaluation.plan import open_truth


@pytest.fixture
def data(tmp_path: Path) -> Benchmark:
    return write_clips(tmp_path / "clips", ("duck",), 3)


def read(method: MapsMethod, data: Benchmark) -> ClipOutput:
    return method.run(data.clips[0], range(3), lambda: None)


def test_maps_are_found_by_clip_and_name(tmp_path: Path, data: Benchmark) -> None:
    method = MapsMethod("near", write_maps(tmp_path / "near", data))
    assert sorted(read(method, data).maps) == [0, 1, 2]
    assert method.notices == []
    assert (method.facts.kind, method.facts.facts) == ("maps", {"folder": "near"})


def test_maps_of_cagdde_predict_are_found_by_number(tmp_path: Path, data: Benchmark) -> None:
    for index in range(3):
        (tmp_path / f"clips/duck/frames/{index:05d}.png").rename(tmp_path / f"clips/duck/frames/f{index}.png")
        (tmp_path / f"clips/duck/masks/{index:05d}.png").rename(tmp_path / f"clips/duck/masks/f{index}.png")
    data = open_benchmark("clips", tmp_path / "clips/duck")
    for index in range(3):
        write_picture(tmp_path / f"out/duck/maps/{index:05d}.png", np.full((48, 64), index, np.uint8))
    found = read(MapsMethod("out", tmp_path / "out"), data)
    assert [int(found.maps[index][0, 0]) for index in range(3)] == [0, 1, 2]


def test_a_missing_map_is_named(tmp_path: Path, data: Benchmark) -> None:
    folder = write_maps(tmp_path / "near", data)
    (folder / "duck/00001.png").unlink()
    with pytest.raises(InputError, match=r"near/duck/00001\.png: there is no such map; 1 of the 3"):
        read(MapsMethod("near", folder), data)
    with pytest.raises(InputError, match="no such folder of maps"):
        MapsMethod("gone", tmp_path / "gone")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"empty/duck/00000\.png: there is no such map; 3 of the 3"):
        read(MapsMethod("empty", tmp_path / "empty"), data)


def test_an_extra_map_is_named_and_left_out(tmp_path: Path, data: Benchmark) -> None:
    folder = write_maps(tmp_path / "near", data)
    write_picture(folder / "duck/00017.png", np.zeros((48, 64), np.uint8))
    method = MapsMethod("near", folder)
    assert len(read(method, data).maps) == 3
    assert method.notices == ["near/duck/00017.png: clip duck has no such frame; 1 such map left out."]


def test_a_map_of_another_size_is_named(tmp_path: Path, data: Benchmark) -> None:
    folder = write_maps(tmp_path / "near", data)
    write_picture(folder / "duck/00000.png", np.zeros((24, 24), np.uint8))
    method = MapsMethod("near", folder)
    read(method, data)
    assert method.notices[0].startswith("near/duck/00000.png: is 24x24, its ground truth 64x48")


def test_a_damaged_map_is_named(tmp_path: Path, data: Benchmark) -> None:
    folder = write_maps(tmp_path / "near", data)
    (folder / "duck/00002.png").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"duck/00002\.png: is not a picture"):
        read(MapsMethod("near", folder), data)


def test_ground_truth_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder of ground truth"):
        open_truth(tmp_path / "gone")
    (tmp_path / "empty/clip").mkdir(parents=True)
    with pytest.raises(InputError, match="expected masks, or a folder of masks for each clip"):
        open_truth(tmp_path / "empty")
