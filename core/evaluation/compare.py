"""Paired differences between methods with their bootstrap intervals, under a protocol's own averaging."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.evaluation.outcome import MEASURES, Difference
from core.metrics.bootstrap import FEWEST_UNITS, Counts, Unit, interval
from core.metrics.clips import ClipMeasures, Measures
from core.metrics.f_measure import f_measure
from core.metrics.protocols import Protocol

Values = NDArray[np.float64]

_MASK_FIELDS = frozenset({"j", "boundary_f"})


@dataclass(frozen=True, slots=True, eq=False)
class _Unit:
    """One clip, or one block of one. weight, mask_weight: its share in an average, as the protocol says."""

    measures: Measures
    weight: float
    mask_weight: float


def differences(
    names: Sequence[str], methods: Sequence[Sequence[ClipMeasures]], protocol: Protocol
) -> tuple[Difference, ...]:
    """Every method against the first, in every measure that was taken.

    The measure itself is computed again for every draw, so that a maximum over thresholds is one of a mean curve. Units
    are clips; where there are fewer than five, blocks of frames.

    Args:
        methods: each one's clips, the same ones in the same order.
    """
    if len(methods) < 2:
        return ()
    unit: Unit = "clips" if len(methods[0]) >= FEWEST_UNITS else "blocks"
    parts = [_units(clips, unit, protocol) for clips in methods]
    found: list[Difference] = []
    for name, others in zip(names[1:], parts[1:], strict=True):
        for measure in MEASURES:
            first, second = (_statistic(units, measure.field, protocol) for units in (parts[0], others))
            if first is None or second is None:
                continue
            count = len(_counted(parts[0], measure.field))
            gain = interval(count, unit, lambda counts, a=first, b=second: b(counts) - a(counts))
            found.append(Difference(names[0], name, measure.field, gain))
    return tuple(found)


def _units(clips: Sequence[ClipMeasures], unit: Unit, protocol: Protocol) -> list[_Unit]:
    if unit == "clips":
        return [
            _Unit(
                Measures(clip.frames, clip.saliency, clip.mask_frames, clip.mask),
                1.0 if protocol.clips_equal else clip.frames,
                1.0,
            )
            for clip in clips
        ]
    return [
        _Unit(
            block,
            block.frames / clip.frames if protocol.clips_equal else block.frames,
            block.mask_frames / clip.mask_frames,
        )
        for clip in clips
        for block in clip.blocks
    ]


def _counted(units: Sequence[_Unit], field: str) -> list[_Unit]:
    """Units of which frames count for that measure."""
    if field in _MASK_FIELDS:
        return [unit for unit in units if unit.measures.mask is not None]
    return [unit for unit in units if unit.measures.saliency is not None]


def _statistic(units: Sequence[_Unit], field: str, protocol: Protocol) -> Callable[[Counts], Values] | None:
    """The measure over units as often as they are drawn; None where it was not taken."""
    counted = _counted(units, field)
    if field in _MASK_FIELDS:
        scalar = np.array([getattr(unit.measures.mask, field) for unit in counted])
        weights = np.array([unit.mask_weight for unit in counted])
        return None if np.isnan(scalar).any() else lambda counts: _mean(counts, weights, scalar)
    weights = np.array([unit.weight for unit in counted])

    def mean_of(name: str) -> Callable[[Counts], Values]:
        values = np.array([getattr(unit.measures.saliency, name) for unit in counted])
        return lambda counts: _mean(counts, weights, values)

    if field == "max_f" and protocol.f_of_means:
        precision, recall = mean_of("precision"), mean_of("recall")
        return lambda counts: f_measure(precision(counts), recall(counts)).max(axis=1)
    if field in ("max_f", "max_e"):
        curve = mean_of("f_curve" if field == "max_f" else "e_curve")
        return lambda counts: curve(counts).max(axis=1)
    taken = np.array([getattr(unit.measures.saliency, field) for unit in counted])
    return None if np.isnan(taken).any() else mean_of(field)


def _mean(counts: Counts, weights: Values, values: Values) -> Values:
    """Weighted means: float64 (draws,), or (draws, thresholds) for curves."""
    drawn = counts * weights
    total = drawn.sum(axis=1)
    means = drawn @ values
    return means / (total if values.ndim == 1 else total[:, None])
