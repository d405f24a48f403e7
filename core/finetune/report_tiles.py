"""The large numbers at the top of the report. Where they stand in the page: report_page."""

from html import escape

from core.exchange.html_numbers import MINUS, change, signed
from core.finetune.outcome import FinetuneResult, Forgetting
from core.finetune.report_numbers import pair
from core.words import counted


def tiles(result: FinetuneResult) -> str:
    """Held-out frames before and after, forgetting, calibration; the old model alone where it is kept."""
    made: list[str] = []
    if result.kept_old:
        return _unchanged_tiles(result)
    if result.overall is not None:
        made.append(_tile("J on held-out frames", *pair(result.overall, "j", 1), note=_interval(result)))
        note = _held_out(result.overall.after.frames)
        made.append(_tile("max F on held-out frames", *pair(result.overall, "max_f", 1), note=note))
    if (lost := result.forgetting) is not None:
        words = "gained" if lost.lost_points < 0 else "lost"
        made.append(
            _tile(
                "Forgetting, max F",
                f"{lost.max_f_before:.3f} → {lost.max_f_after:.3f}",
                change(lost.max_f_after - lost.max_f_before, 1),
                note=f"{abs(lost.lost_points):.2f} points {words} on {counted(lost.frames, 'other frame')}; "
                f"{lost.allowed_points:g} may be lost{_worst_group(lost)}",
            )
        )
    if (scores := result.calibration) is not None:
        made.append(
            _tile(
                "Confidence, calibration error",
                f"{scores.error_before:.3f} → {scores.error_after:.3f}",
                change(scores.error_after - scores.error_before, -1),
                note=f"mean |{scores.of} {MINUS} IoU| {scores.mae_before:.3f} → {scores.mae_after:.3f}, "
                f"{counted(scores.pairs, scores.unit)}",
            )
        )
    return f'<section class="tiles">{"".join(made)}</section>' if made else ""


def _unchanged_tiles(result: FinetuneResult) -> str:
    """The old model's measures: with nothing changed there is no gain to establish."""
    if result.overall is None:
        return ""
    known, words = result.overall.before, "the old model, unchanged"
    note = _held_out(known.frames)
    tiles = [
        _tile(f"{title} on held-out frames", f"{value:.3f}", words, note)
        for title, value in (("J", known.j), ("max F", known.max_f))
    ]
    if (scores := result.calibration) is not None:
        note = f"mean |{scores.of} {MINUS} IoU| {scores.mae_before:.3f}, {counted(scores.pairs, scores.unit)}"
        tiles.append(_tile("Confidence, calibration error", f"{scores.error_before:.3f}", words, note))
    return f'<section class="tiles">{"".join(tiles)}</section>'


def _held_out(frames: int) -> str:
    return f"{counted(frames, 'frame')} that neither trained nor chose"


def _worst_group(lost: Forgetting) -> str:
    if not lost.worst_group:
        return ""
    return f"; worst group: {escape(lost.worst_group)}, J {signed(-lost.group_loss)}"


def _tile(title: str, value: str, change: str, note: str) -> str:
    return (
        f'<div class="tile"><h2>{escape(title)}</h2><p class="value">{value}</p>'
        f'<p class="delta">{change}</p><p class="note">{note}</p></div>'
    )


def _interval(result: FinetuneResult) -> str:
    found = result.interval
    if found is None:
        return "no interval: nothing was measured"
    return (
        f"mean gain {signed(found.mean)}, 95 % interval {signed(found.low)} to {signed(found.high)} over "
        f"{counted(found.units, found.unit.removesuffix('s'))}: <strong>{escape(found.words)}</strong>"
    )
