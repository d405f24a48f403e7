"""Evaluations of folders of maps: the measures of core.metrics, beside them flicker, differences and the sheet."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from evaluation_clips import SIZE_HW, square, write_clips, write_maps, write_picture

from core.datasets.benchmark import Benchmark
from core.datasets.pictures import decode, read_gray
from core.errors import InputError
from core.evaluation.methods import MapsMethod
from core.evaluation.plan import Plan, Progress, make_plan, open_truth
from core.evaluation.run import Evaluated, evaluate_methods
from core.metrics import ClipMaps, evaluate


@pytest.fixture
def data(tmp_path: Path) -> Benchmark:
    return write_clips(tmp_path / "clips")


def run(plan: Plan, *folders: Path) -> Evaluated:
    return evaluate_methods(plan, [MapsMethod(folder.name, folder) for folder in folders])


def test_every_protocol_gives_the_measures_of_core_metrics(tmp_path: Path, data: Benchmark) -> None:
    maps = write_maps(tmp_path / "near", data, 1)
    found = run(make_plan(data, "all"), maps).evaluation
    assert [result.protocol for result in found.protocols] == ["davsod", "frames", "authors"]
    for result in found.protocols:
        clips = [
            ClipMaps(
                clip.name,
                [(read_gray(maps / clip.name / mask.name), read_gray(mask)) for mask in clip.masks if mask],
            )
            for clip in data.clips
        ]
        expected = evaluate(clips, result.protocol, thorough=True)
        for row, other in zip(
            (result.reports[0].overall, *result.reports[0].per_clip),
            (expected.overall, *expected.per_clip),
            strict=True,
        ):
            assert asdict(row) == pytest.approx(asdict(other), abs=1e-12)
    assert (found.data.clips, found.data.frames, found.data.annotated) == (2, 10, 10)


def test_flicker_stands_beside_the_ground_truths_own(tmp_path: Path, data: Benchmark) -> None:
    truth = tmp_path / "truth"
    for clip in data.clips:
        for mask in clip.masks:
            assert mask is not None
            write_picture(truth / clip.name / mask.name, read_gray(mask))
    restless = write_maps(tmp_path / "restless", data)
    for index in (1, 3):
        write_picture(restless / "duck" / f"{index:05d}.png", np.zeros(SIZE_HW, np.uint8))
    duck, swan, overall = run(make_plan(data, None), truth, restless).evaluation.flicker
    assert (overall.name, overall.pairs, duck.pairs, swan.pairs) == ("all", 8, 4, 4)
    assert duck.ground_truth is not None
    assert duck.methods[0] == pytest.approx(duck.ground_truth)
    assert duck.methods[1] is not None
    assert duck.methods[1] > duck.ground_truth + 0.05


def test_quick_leaves_the_slow_measures_out(tmp_path: Path, data: Benchmark) -> None:
    found = run(make_plan(data, None, quick=True), write_maps(tmp_path / "near", data)).evaluation
    row = found.protocols[0].reports[0].overall
    assert (row.weighted_f, row.boundary_f, found.flicker) == (None, None, ())


def test_the_sheet_shows_best_median_and_worst(tmp_path: Path, data: Benchmark) -> None:
    maps = write_maps(tmp_path / "maps", data)
    for index, shift in ((0, 3), (1, 8), (2, 0), (3, 5), (4, 14)):
        write_picture(maps / "duck" / f"{index:05d}.png", np.roll(square(index), shift, axis=1))
    found = run(make_plan(data, None), maps, write_maps(tmp_path / "other", data))
    duck = [row for row in found.sheet if row.clip == "duck"]
    assert [(row.index, row.why) for row in duck] == [(2, "best"), (3, "median"), (4, "worst")]
    assert [row.j[0] for row in duck] == sorted((row.j[0] for row in duck), reverse=True)
    pictures = [decode(np.frombuffer(data, np.uint8)) for data in duck[0].pictures]
    assert [picture.shape for picture in pictures] == [(192, 256, 3), *[(192, 256)] * 3]


def test_a_difference_is_that_of_the_overall_rows(tmp_path: Path, data: Benchmark) -> None:
    near, far = write_maps(tmp_path / "near", data), write_maps(tmp_path / "far", data, 6, seed=1)
    for result in run(make_plan(data, "all"), near, far).evaluation.protocols:
        first, second = (report.overall for report in result.reports)
        assert len(result.differences) == 9
        for one in result.differences:
            gain = getattr(second, one.measure) - getattr(first, one.measure)
            assert one.interval.mean == pytest.approx(gain, abs=1e-12)
            assert (one.interval.unit, one.interval.units, one.interval.established) == ("blocks", 2, False)
            assert one.interval.words == "not established: 2 blocks, 5 are needed"


def test_five_clips_are_units_of_their_own(tmp_path: Path) -> None:
    data = write_clips(tmp_path / "clips", ("a", "b", "c", "d", "e"), 3)
    near, far = write_maps(tmp_path / "near", data), write_maps(tmp_path / "far", data, 6)
    (result,) = run(make_plan(data, None, quick=True), near, far, near).evaluation.protocols
    by_name = {(one.second, one.measure): one.interval for one in result.differences}
    worse, same = by_name["far", "j"], by_name["near", "j"]
    assert (worse.unit, worse.units, worse.established) == ("clips", 5, True)
    assert worse.high < 0
    assert (same.mean, same.low, same.high) == (0, 0, 0)
    assert same.words == "not established: the interval includes zero"


def test_frames_that_are_not_annotated_are_not_measured(tmp_path: Path, data: Benchmark) -> None:
    maps = write_maps(tmp_path / "maps", data)
    sparse = [
        replace(clip, masks=(clip.masks[0], None, clip.masks[2], None, clip.masks[4])) for clip in data.clips
    ]
    thin = replace(data, clips=tuple(sparse))
    found = run(make_plan(thin, "frames"), maps).evaluation
    assert (found.data.frames, found.data.annotated) == (10, 6)
    assert found.protocols[0].reports[0].overall.frames == 6
    assert found.flicker == ()  # no two neighbours are annotated


def test_ground_truth_alone_is_enough_for_maps(tmp_path: Path, data: Benchmark) -> None:
    maps = write_maps(tmp_path / "maps", data)
    (tmp_path / "gt").mkdir()
    for clip in ("duck", "swan"):
        (tmp_path / "clips" / clip / "masks").rename(tmp_path / "gt" / clip)
    found = run(make_plan(open_truth(tmp_path / "gt"), None, has_frames=False), maps)
    assert [row.name for row in found.evaluation.protocols[0].reports[0].per_clip] == ["duck", "swan"]
    assert found.evaluation.flicker == ()
    assert len(found.sheet[0].pictures) == 2


def test_flat_folders_are_one_clip(tmp_path: Path, data: Benchmark) -> None:
    maps = write_maps(tmp_path / "maps", data)
    truth = open_truth(tmp_path / "clips/swan/masks")
    found = run(make_plan(truth, None, has_frames=False), maps / "swan").evaluation
    assert [row.name for row in found.protocols[0].reports[0].per_clip] == ["masks"]


def test_a_protocol_is_left_out_where_all_are_asked_for_and_it_does_not_fit(tmp_path: Path) -> None:
    data = write_clips(tmp_path / "clips", count=2)
    plan = make_plan(data, "all")
    assert [protocol.name for protocol in plan.protocols] == ["frames", "authors"]
    assert "davsod is left out" in plan.notes[0]
    with pytest.raises(InputError, match="needs at least 3"):
        run(make_plan(data, "davsod"), write_maps(tmp_path / "maps", data))
    stills = replace(
        data, clips=tuple(replace(c, frames=c.frames[:1], masks=c.masks[:1]) for c in data.clips)
    )
    assert [protocol.name for protocol in make_plan(stills, None).protocols] == ["frames"]


def test_progress_counts_to_its_end(tmp_path: Path, data: Benchmark) -> None:
    seen: list[Progress] = []
    evaluate_methods(
        make_plan(data, None), [MapsMethod("maps", write_maps(tmp_path / "maps", data))], seen.append
    )
    assert [step.done for step in seen] == list(range(1, len(seen) + 1))
    assert seen[-1].done == seen[-1].total == 2 * (5 + 5 + 4)
