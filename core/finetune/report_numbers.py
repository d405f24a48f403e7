"""Numbers of a finetuning's report as text and small pieces of HTML. No layout."""

from typing import Any

from core.exchange.html_numbers import change
from core.finetune.outcome import ClipOutcome, Measures


def pair(clip: ClipOutcome, field: str, better: int) -> tuple[str, str]:
    """A measure before and after, and its change.

    Args:
        better: 1 where more is better, -1 where less is.
    """
    before, after = _value(clip.before, field), _value(clip.after, field)
    if before is None or after is None:
        return "–", ""
    return f"{before:.3f} → {after:.3f}", change(after - before, better)


def minutes(seconds: float) -> str:
    """ "85 s" or "2 min 51 s"."""
    whole = round(seconds)
    return f"{whole} s" if whole < 90 else f"{whole // 60} min {whole % 60:02d} s"


def plain(value: Any) -> str:
    """A setting's value for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "chosen by itself"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _value(measures: Measures, field: str) -> float | None:
    return getattr(measures, field)
