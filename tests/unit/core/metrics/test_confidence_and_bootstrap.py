"""Confidence against overlap, and intervals: by hand where that is possible, by their properties elsewhere."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.bootstrap import blocks, bootstrap, interval
from core.metrics.confidence import (
    calibration_error,
    failure_auroc,
    mean_entropy,
    measure_confidence,
    soft_iou,
    spearman,
)
from core.network.objective import soft_iou as network_soft_iou


def test_a_confidence_that_says_the_overlap_is_without_fault() -> None:
    reached = np.array([0.1, 0.4, 0.6, 0.9])
    measures = measure_confidence(reached, reached)
    assert (measures.pairs, measures.mae, measures.calibration_error) == (4, 0, 0)
    assert measures.spearman == pytest.approx(1)
    assert measures.auroc == 1


def test_the_reverse_order_is_the_worst() -> None:
    reached = np.array([0.1, 0.4, 0.6, 0.9])
    measures = measure_confidence(1 - reached, reached)
    assert measures.spearman == pytest.approx(-1)
    assert measures.auroc == 0
    assert measures.mae == pytest.approx(0.5)


def test_ties_share_their_rank() -> None:
    assert spearman(np.array([1.0, 1.0, 2.0]), np.array([3.0, 5.0, 9.0])) == pytest.approx(0.8660254)
    # One failure against two successes: above one, level with the other.
    assert failure_auroc(np.array([0.5, 0.5, 0.4]), np.array([0.2, 0.8, 0.9])) == pytest.approx(0.25)


def test_what_cannot_be_told_is_none() -> None:
    constant, varied = np.full(3, 0.7), np.array([0.6, 0.7, 0.8])
    assert spearman(constant, varied) is None
    assert failure_auroc(varied, varied) is None
    with pytest.raises(ValueError, match="as many"):
        measure_confidence(constant, varied[:2])


def test_calibration_takes_bins_of_equal_mass() -> None:
    predicted = np.array([0.1] * 5 + [0.9] * 5)
    reached = np.array([0.3] * 5 + [0.9] * 5)
    assert calibration_error(predicted, reached, bins=2) == pytest.approx(0.1)
    # One bin sees no more than the means.
    assert calibration_error(predicted, reached[::-1], bins=1) == pytest.approx(0.1)


def test_entropy_is_0_for_sure_and_1_for_undecided_pixels() -> None:
    assert mean_entropy(np.array([[0, 255]], np.uint8)) == 0
    assert mean_entropy(np.full((2, 2), 128, np.uint8)) == pytest.approx(1, abs=1e-4)


def test_soft_overlap_is_the_networks() -> None:
    rng = np.random.default_rng(1)
    levels, truth = rng.integers(0, 256, (6, 7)).astype(np.uint8), rng.random((6, 7)) > 0.5
    ours = soft_iou(levels, truth)
    soft, hard = (torch.tensor(array.astype(np.float64))[None, None] for array in (levels / 255, truth))
    assert ours == pytest.approx(float(network_soft_iou(soft, hard, 1.0)))


def test_an_interval_holds_its_mean_and_names_its_units() -> None:
    sure = bootstrap([0.1, 0.12, 0.09, 0.2, 0.15], True)
    assert sure.low <= sure.mean <= sure.high
    assert (sure.units, sure.unit, sure.established) == (5, "clips", True)
    assert "includes zero" in bootstrap([0.1, -0.1, 0.2, -0.2, 0.01], False).words
    assert bootstrap([0.1, 0.2], True).words == "not established: 2 clips, 5 are needed"


def test_a_gain_of_weighted_units_is_resampled_as_a_ratio() -> None:
    weights, values = np.array([1.0, 3.0]), np.array([0.0, 1.0])
    found = interval(2, "blocks", lambda counts: (counts @ (weights * values)) / (counts @ weights))
    assert (found.mean, found.low, found.high) == (0.75, 0, 1)


@given(st.lists(st.integers(0, 300), min_size=1, unique=True).map(sorted))
def test_blocks_part_a_clip_into_short_stretches(frames: list[int]) -> None:
    cuts = blocks(frames)
    assert [position for block in cuts for position in block] == list(range(len(frames)))
    for block, following in zip(cuts, [*cuts[1:], None], strict=True):
        assert frames[block[-1]] - frames[block[0]] <= 15
        assert following is None or frames[following[0]] - frames[block[0]] > 15
