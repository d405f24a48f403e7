"""Agreement with the numbers that the field's tools wrote (tests/fixtures/reference), edge cases included."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.metrics import ClipMaps, evaluate, find_protocol, measure_frame, prepare_frame
from core.metrics.davis import boundary_f
from core.metrics.frame import SaliencyMeasures

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "reference"
REFERENCE: dict[str, Any] = json.loads((FIXTURES / "metrics_reference.json").read_text())
MAPS = np.load(FIXTURES / "metrics_reference.npz")
AGREE = {"rtol": 0, "atol": 1e-6}


def _frames() -> list[Any]:
    return [pytest.param(i, r, id=f"{i}-{r['case']}") for i, r in enumerate(REFERENCE["per_frame"])]


def _measure(index: int) -> SaliencyMeasures:
    frames = find_protocol("frames")
    prepared = prepare_frame(MAPS["pred"][index], MAPS["gt"][index], frames)
    return measure_frame(prepared, frames, thorough=True)


@pytest.mark.parametrize(("index", "expected"), _frames())
def test_every_frame_agrees(index: int, expected: dict[str, Any]) -> None:
    measured = _measure(index)
    np.testing.assert_allclose(measured.mae, expected["mae"], **AGREE)
    np.testing.assert_allclose(measured.s_measure, expected["sm"], **AGREE)
    np.testing.assert_allclose(measured.weighted_f, expected["wfm"], **AGREE)
    np.testing.assert_allclose(measured.adaptive_f, expected["fm_adaptive"], **AGREE)
    np.testing.assert_allclose(measured.adaptive_e, expected["em_adaptive"], **AGREE)
    # There the curves run from the highest threshold down.
    np.testing.assert_allclose(measured.f_curve[::-1], expected["fm_curve"], **AGREE)
    np.testing.assert_allclose(measured.e_curve[::-1], expected["em_curve"], **AGREE)


def _clips(indices: list[int]) -> list[ClipMaps]:
    numbers = MAPS["clip"][indices]
    return [
        ClipMaps(f"clip{n}", [(MAPS["pred"][i], MAPS["gt"][i]) for i in indices if MAPS["clip"][i] == n])
        for n in dict.fromkeys(numbers.tolist())
    ]


def test_authors_agrees() -> None:
    expected = REFERENCE["authors"]
    overall = evaluate(_clips(expected["frames"]), "authors").overall
    assert overall.frames == len(expected["frames"])
    np.testing.assert_allclose(overall.max_f, expected["max_f"], **AGREE)
    np.testing.assert_allclose(overall.adaptive_f, expected["mean_f_adaptive"], **AGREE)
    np.testing.assert_allclose(overall.mae, expected["mae"], **AGREE)
    np.testing.assert_allclose(overall.s_measure, expected["sm"], **AGREE)


def test_frames_is_the_flat_mean_of_the_reference() -> None:
    per_frame = REFERENCE["per_frame"]
    overall = evaluate(_clips(list(range(len(per_frame)))), "frames").overall
    np.testing.assert_allclose(overall.max_f, np.mean([r["fm_curve"] for r in per_frame], 0).max(), **AGREE)
    np.testing.assert_allclose(overall.max_e, np.mean([r["em_curve"] for r in per_frame], 0).max(), **AGREE)
    np.testing.assert_allclose(overall.s_measure, np.mean([r["sm"] for r in per_frame]), **AGREE)
    np.testing.assert_allclose(overall.mae, np.mean([r["mae"] for r in per_frame]), **AGREE)


def test_davsod_averages_inner_frames_then_clips() -> None:
    per_frame = REFERENCE["per_frame"]
    inner = [[i for i in range(len(per_frame)) if MAPS["clip"][i] == n][1:-1] for n in range(4)]
    report = evaluate(_clips(list(range(len(per_frame)))), "davsod")
    curves = [np.mean([per_frame[i]["fm_curve"] for i in clip], axis=0) for clip in inner]
    np.testing.assert_allclose([row.max_f for row in report.per_clip], [c.max() for c in curves], **AGREE)
    np.testing.assert_allclose(report.overall.max_f, np.mean(curves, axis=0).max(), **AGREE)
    expected_mae = np.mean([np.mean([per_frame[i]["mae"] for i in clip]) for clip in inner])
    np.testing.assert_allclose(report.overall.mae, expected_mae, **AGREE)
    assert report.overall.frames == sum(len(clip) for clip in inner)


def test_davsod_averages_the_slow_measures_alike() -> None:
    per_frame = REFERENCE["per_frame"]
    inner = [[i for i in range(len(per_frame)) if MAPS["clip"][i] == n][1:-1] for n in range(4)]
    report = evaluate(_clips(list(range(len(per_frame)))), "davsod", thorough=True)
    for field, key in (("weighted_f", "wfm"), ("adaptive_f", "fm_adaptive"), ("adaptive_e", "em_adaptive")):
        clips = [np.mean([per_frame[i][key] for i in clip]) for clip in inner]
        np.testing.assert_allclose([getattr(row, field) for row in report.per_clip], clips, **AGREE)
        np.testing.assert_allclose(getattr(report.overall, field), np.mean(clips), **AGREE)
    curves = [np.mean([per_frame[i]["em_curve"] for i in clip], axis=0) for clip in inner]
    np.testing.assert_allclose([row.max_e for row in report.per_clip], [c.max() for c in curves], **AGREE)
    np.testing.assert_allclose(report.overall.max_e, np.mean(curves, axis=0).max(), **AGREE)


@pytest.mark.parametrize("protocol", ["davsod", "frames", "authors"])
def test_mask_measures_are_averaged_as_davis_does(protocol: str) -> None:
    """J by counting pixels, boundary F of single frames, both without each clip's first and last frame."""
    indices = list(range(len(REFERENCE["per_frame"])))
    report = evaluate(_clips(indices), protocol, thorough=True)
    rules = find_protocol(protocol)
    expected_j, expected_boundary = [], []
    for number in range(4):
        inner = [i for i in indices if MAPS["clip"][i] == number][1:-1]
        masks = [(MAPS["pred"][i] >= 128, MAPS["gt"][i] > rules.ground_truth_above) for i in inner]
        expected_j.append(
            np.mean([(a & b).sum() / max((a | b).sum(), 1) if (a | b).any() else 1 for a, b in masks])
        )
        expected_boundary.append(np.mean([boundary_f(a, b) for a, b in masks]))
    np.testing.assert_allclose([row.j for row in report.per_clip], expected_j, **AGREE)
    measured = np.array([row.boundary_f for row in (*report.per_clip, report.overall)], np.float64)
    np.testing.assert_allclose(measured, [*expected_boundary, np.mean(expected_boundary)], **AGREE)
    np.testing.assert_allclose(report.overall.j, np.mean(expected_j), **AGREE)
