"""Averaging rules on an example worked out by hand, the report's forms, and what is refused."""

import json
import math

import numpy as np
import pytest

from core.errors import InputError
from core.metrics import ClipMaps, evaluate

TRUTH = np.array([[255, 255], [0, 0]], np.uint8)
PERFECT = TRUTH
HALF = np.array([[255, 0], [0, 0]], np.uint8)
"""Precision 1, recall 1/2, J 1/2, MAE 1/4; F = 1.3 * .5 / (.3 + .5)."""
ALL = np.array([[255, 255], [255, 0]], np.uint8)
"""Precision 2/3, recall 1, J 2/3, MAE 1/4; F = 1.3 * 2/3 / (.3 * 2/3 + 1)."""
F_HALF = 1.3 * 0.5 / 0.8
F_ALL = 1.3 * (2 / 3) / (0.2 + 1)


def _clips() -> list[ClipMaps]:
    long = [(PERFECT, TRUTH), (HALF, TRUTH), (HALF, TRUTH), (ALL, TRUTH), (PERFECT, TRUTH)]
    short = [(HALF, TRUTH), (PERFECT, TRUTH), (HALF, TRUTH)]
    return [ClipMaps("long", iter(long)), ClipMaps("short", short)]


def test_davsod_by_hand() -> None:
    report = evaluate(_clips(), "davsod")
    long, short = report.per_clip
    assert [(row.name, row.frames) for row in report.per_clip] == [("long", 3), ("short", 1)]
    assert long.mae == pytest.approx(0.25)
    assert short.mae == 0
    assert long.max_f == pytest.approx((2 * F_HALF + F_ALL) / 3)
    assert short.max_f == pytest.approx(1.0)
    assert report.overall.max_f == pytest.approx((long.max_f + 1) / 2)
    assert report.overall.mae == pytest.approx(0.125)
    assert long.j == pytest.approx((0.5 + 0.5 + 2 / 3) / 3)
    assert report.overall.j == pytest.approx((long.j + 1) / 2)
    assert (report.protocol, report.overall.name, report.overall.frames) == ("davsod", "all", 4)


def test_frames_by_hand() -> None:
    overall = evaluate(_clips(), "frames").overall
    assert overall.frames == 8
    assert overall.mae == pytest.approx(0.25 * 5 / 8)
    assert overall.max_f == pytest.approx((3 + 4 * F_HALF + F_ALL) / 8)


def test_authors_takes_f_of_the_means() -> None:
    overall = evaluate(_clips(), "authors").overall
    precision = (3 + 4 + 2 / 3) / 8
    recall = (3 + 4 * 0.5 + 1) / 8
    assert overall.max_f == pytest.approx(1.3 * precision * recall / (0.3 * precision + recall))


@pytest.mark.parametrize("protocol", ["davsod", "frames", "authors"])
def test_j_is_averaged_as_davis_does_under_every_protocol(protocol: str) -> None:
    overall = evaluate(_clips(), protocol).overall
    assert overall.j == pytest.approx(((0.5 + 0.5 + 2 / 3) / 3 + 1) / 2)


@pytest.mark.parametrize("protocol", ["frames", "authors"])
def test_one_frame_is_enough_where_none_is_dropped(protocol: str) -> None:
    row = evaluate([ClipMaps("still", [(HALF, TRUTH)])], protocol).overall
    assert (row.frames, row.j, row.mae) == (1, 0.5, 0.25)


def test_thorough_adds_weighted_and_boundary_f() -> None:
    plain, thorough = evaluate(_clips(), "davsod"), evaluate(_clips(), "davsod", thorough=True)
    assert (plain.overall.weighted_f, plain.overall.boundary_f) == (None, None)
    assert thorough.per_clip[1].weighted_f == pytest.approx(1.0)
    assert thorough.per_clip[1].boundary_f == pytest.approx(1.0)
    assert "weighted F" in thorough.to_markdown()
    assert "weighted F" not in plain.to_markdown()


def test_report_as_json_keeps_every_digit() -> None:
    report = evaluate(_clips(), "authors")
    read = json.loads(report.to_json())
    assert read["protocol"] == "authors"
    assert read["overall"]["max_f"] == report.overall.max_f
    assert [row["name"] for row in read["per_clip"]] == ["long", "short"]
    assert all(math.isfinite(v) for v in read["overall"].values() if isinstance(v, float))


def test_report_as_markdown_names_its_protocol() -> None:
    table = evaluate([ClipMaps("a|b", [(HALF, TRUTH)] * 3)], "davsod").to_markdown()
    lines = table.splitlines()
    assert lines[0] == "Protocol: `davsod`"
    assert lines[2] == "| clip | frames | max F | S | MAE | J |"
    assert lines[4].startswith(f"| a\\|b | 1 | {F_HALF:.3f} |")
    assert lines[4].endswith("| 0.250 | 0.500 |")
    assert lines[5].startswith("| **all** | **1** |")


def test_maps_of_another_size_are_brought_to_the_ground_truth() -> None:
    truth = np.zeros((64, 96), np.uint8)
    truth[:, :48] = 255
    small = np.zeros((16, 24), np.uint8)
    small[:, :12] = 255
    for protocol in ("davsod", "frames", "authors"):
        assert evaluate([ClipMaps("c", [(small, truth)] * 3)], protocol).overall.j == pytest.approx(1.0)


def _refusal(clips: list[ClipMaps], protocol: str = "frames") -> str:
    with pytest.raises(InputError) as caught:
        evaluate(clips, protocol)
    return str(caught.value)


def test_unknown_protocol_is_refused_with_the_known_ones() -> None:
    message = _refusal(_clips(), "davis")
    assert "'davis'" in message
    assert "davsod, frames, authors" in message


def test_nothing_to_evaluate_is_refused() -> None:
    assert "no clips" in _refusal([])
    message = _refusal([*_clips(), ClipMaps("hollow", [])])
    assert "hollow" in message
    assert "no frames" in message


@pytest.mark.parametrize("count", [1, 2])
def test_davsod_refuses_a_clip_that_it_would_empty(count: int) -> None:
    message = _refusal([ClipMaps("brief", [(HALF, TRUTH)] * count)], "davsod")
    assert "brief" in message
    assert "at least 3" in message


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ((HALF, np.zeros((2, 2, 3), np.uint8)), ("ground truth of frame 1 of clip odd", "2x2x3")),
        ((np.zeros((2, 2, 1), np.uint8), TRUTH), ("saliency map of frame 1 of clip odd", "2x2x1")),
        ((HALF, np.zeros((3, 2), np.uint8)), ("ground truth of frame 1 of clip odd", "2x3", "2x2")),
        ((HALF, TRUTH.astype(np.int32)), ("ground truth of frame 1 of clip odd", "int32")),
        ((HALF.astype(np.float32), TRUTH), ("saliency map of frame 1 of clip odd", "outside 0 to 1")),
        ((np.full((2, 2), np.nan), TRUTH), ("saliency map of frame 1 of clip odd", "outside 0 to 1")),
        ((np.zeros((0, 2), np.uint8), TRUTH), ("saliency map of frame 1 of clip odd", "0x2")),
    ],
)
def test_maps_that_do_not_fit_are_refused_by_name(pair, words: tuple[str, ...]) -> None:
    message = _refusal([ClipMaps("odd", [(HALF, TRUTH), pair])])
    for word in words:
        assert word in message
