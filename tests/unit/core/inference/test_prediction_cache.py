"""The cache gives back what it was given, and no trouble of disk or file reaches the pipeline."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.inference.cache import PredictionCache, cache_key
from core.inference.reading import mean_deep_score
from core.types import Prediction

KEY = cache_key("clip", "weights", {"side": None})


def prediction(index: int = 0, seed: int = 0) -> Prediction:
    random = np.random.default_rng(seed + index)

    def pixels(*shape: int) -> np.ndarray:
        return random.integers(0, 256, shape, dtype=np.uint8)

    scores = random.random((5, 2), dtype=np.float32)
    return Prediction(index, index / 25, pixels(32, 64), scores, pixels(5, 2, 8, 16), pixels(32, 64, 3))


def assert_same(left: Prediction | None, right: Prediction) -> None:
    assert left is not None
    assert (left.index, left.pts_seconds) == (right.index, right.pts_seconds)
    assert left.expected_iou == right.expected_iou
    for name in ("saliency_u8", "scores", "side_maps_u8", "flow_picture"):
        a, b = getattr(left, name), getattr(right, name)
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


@pytest.fixture
def open_cache(tmp_path: Path) -> Iterator[Callable[..., PredictionCache]]:
    opened: list[PredictionCache] = []

    def make(key: str = KEY, **options: int) -> PredictionCache:
        opened.append(PredictionCache(tmp_path / "cache", key, **options))
        return opened[-1]

    yield make
    for cache in opened:
        cache.close()


Open = Callable[..., PredictionCache]


def test_returns_what_was_put_also_after_reopening(open_cache: Open) -> None:
    cache = open_cache()
    assert cache.get(3) is None
    assert cache.put(prediction(3))
    assert_same(cache.get(3), prediction(3))
    cache.close()
    again = open_cache()
    assert again.indices() == {3}
    assert_same(again.get(3), prediction(3))


def test_a_later_prediction_replaces_the_earlier(open_cache: Open) -> None:
    cache = open_cache()
    cache.put(prediction(1))
    cache.put(prediction(1, seed=7))
    assert_same(cache.get(1), prediction(1, seed=7))


def test_the_confidence_of_all_frames_comes_at_once(open_cache: Open) -> None:
    cache = open_cache()
    cache.put(replace(prediction(2), expected_iou=0.83))
    cache.put(prediction(5))
    assert cache.confidence() == {2: 0.83, 5: pytest.approx(mean_deep_score(prediction(5).scores))}
    cache.close()
    assert cache.confidence() == {}


def test_the_expected_iou_is_kept_with_its_prediction(open_cache: Open) -> None:
    cache = open_cache()
    cache.put(replace(prediction(2), expected_iou=1 / 3))
    cache.put(prediction(5))
    kept, without = cache.get(2), cache.get(5)
    assert kept is not None
    assert without is not None
    assert (kept.expected_iou, without.expected_iou) == (1 / 3, None)


def test_several_programs_share_one_file(tmp_path: Path, open_cache: Open) -> None:
    script = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from test_prediction_cache import KEY, PredictionCache, prediction
cache = PredictionCache(Path(sys.argv[2]), KEY)
for index in range(int(sys.argv[3]), 60, 3):
    assert cache.put(prediction(index)), cache.notice
assert cache.notice is None, cache.notice
cache.close()
"""
    here, folder = str(Path(__file__).parent), str(tmp_path / "cache")
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", script, here, folder, str(start)], stderr=subprocess.PIPE, text=True
        )
        for start in range(3)
    ]
    for program in programs:
        _, stderr = program.communicate(timeout=100)
        assert program.returncode == 0, stderr
    cache = open_cache()
    assert cache.indices() == set(range(60))
    assert_same(cache.get(31), prediction(31))


def test_every_part_of_the_key_counts(open_cache: Open) -> None:
    keys = {
        KEY,
        cache_key("other", "weights", {"side": None}),
        cache_key("clip", "other", {"side": None}),
        cache_key("clip", "weights", {"side": 256}),
    }
    assert len(keys) == 4
    open_cache().put(prediction())
    assert all(open_cache(key).indices() == set() for key in keys - {KEY})


def test_a_closed_cache_is_empty_and_refuses(open_cache: Open) -> None:
    cache = open_cache()
    cache.put(prediction())
    cache.close()
    assert cache.get(0) is None
    assert not cache.put(prediction())


@pytest.mark.parametrize("content", [b"this is no database at all" * 100, b""])
def test_a_damaged_file_is_begun_anew(tmp_path: Path, open_cache: Open, content: bytes) -> None:
    path = tmp_path / "cache" / f"{KEY}.sqlite"
    path.parent.mkdir()
    path.write_bytes(content)
    cache = open_cache()
    assert cache.indices() == set()
    assert cache.put(prediction())
    assert_same(cache.get(0), prediction())
    assert (cache.notice is not None) == bool(content)


def test_damage_inside_the_file_is_found_later_and_begun_anew(tmp_path: Path, open_cache: Open) -> None:
    cache = open_cache()
    for index in range(20):
        cache.put(prediction(index))
    cache.close()
    path = tmp_path / "cache" / f"{KEY}.sqlite"
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\x55" * (len(damaged) - 4096)
    path.write_bytes(damaged)
    cache = open_cache()
    assert all(cache.get(index) is None for index in range(20))
    assert cache.put(prediction(2))
    assert_same(cache.get(2), prediction(2))


def test_a_damaged_row_is_dropped_alone(tmp_path: Path, open_cache: Open) -> None:
    cache = open_cache()
    cache.put(prediction(0))
    cache.put(prediction(1))
    cache.close()
    with sqlite3.connect(tmp_path / "cache" / f"{KEY}.sqlite") as connection:
        connection.execute("UPDATE predictions SET saliency = x'00112233' WHERE frame = 0")
    connection.close()
    cache = open_cache()
    assert cache.get(0) is None
    assert cache.indices() == {1}
    assert_same(cache.get(1), prediction(1))


def test_a_foreign_database_in_its_place_is_begun_anew(tmp_path: Path, open_cache: Open) -> None:
    (tmp_path / "cache").mkdir()
    with sqlite3.connect(tmp_path / "cache" / f"{KEY}.sqlite") as connection:
        connection.execute("CREATE TABLE predictions (frame TEXT)")
    connection.close()
    cache = open_cache()
    cache.put(prediction())
    assert_same(cache.get(0), prediction())


def test_a_full_disk_ends_caching_with_a_notice(open_cache: Open, caplog: pytest.LogCaptureFixture) -> None:
    cache = open_cache()
    assert cache.put(prediction(0))
    assert cache._file is not None
    # SQLite's own page limit fails in the same way as a disk without space: "database or disk is full".
    pages = cache._file._connection.execute("PRAGMA page_count").fetchone()[0]
    cache._file._connection.execute(f"PRAGMA max_page_count = {pages}")
    outcomes = [cache.put(prediction(index)) for index in range(1, 4)]
    assert outcomes == [False, False, False]
    assert not cache.enabled
    assert cache.notice is not None
    assert "full" in cache.notice
    assert cache.notice in caplog.messages


def test_a_folder_that_cannot_be_made_ends_caching_with_a_notice(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    cache = PredictionCache(in_the_way / "cache", KEY)
    assert not cache.enabled
    assert not cache.put(prediction())
    assert cache.get(0) is None
    assert cache.indices() == set()
    assert cache.notice is not None


def test_the_oldest_files_make_room(tmp_path: Path, open_cache: Open) -> None:
    for key in ("oldest", "newer"):
        cache = open_cache(key)
        for index in range(30):
            cache.put(prediction(index))
        cache.close()
        time.sleep(0.02)
    sizes = [path.stat().st_size for path in (tmp_path / "cache").glob("*.sqlite")]
    cache = open_cache(limit_bytes=int(sum(sizes) * 0.9))
    cache.put(prediction())
    names = {path.stem for path in (tmp_path / "cache").glob("*.sqlite")}
    assert names == {"newer", KEY}


def test_a_single_clip_beyond_the_limit_stops_being_stored(open_cache: Open) -> None:
    cache = open_cache(limit_bytes=200_000)
    stored = [cache.put(prediction(index)) for index in range(200)]
    assert stored[0]
    assert not stored[-1]
    assert cache.enabled
    assert_same(cache.get(0), prediction(0))
    assert cache.notice is not None
    assert "later frames" in cache.notice
