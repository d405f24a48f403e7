"""Changes of a measure as text and small pieces of HTML: with a sign, a word and a shape. No layout."""

MINUS = "\N{MINUS SIGN}"
_SMALL = 0.0005
"""A change below this is none."""


def change(difference: float, better: int) -> str:
    """A change with its sign, a word and a shape: never told by its colour alone."""
    if abs(difference) < _SMALL:
        return '<span class="change">no change</span>'
    good = difference * better > 0
    kind, sign, word = ("good", "▲", "better") if good else ("bad", "▼", "worse")
    return f'<span class="change {kind}">{sign} {signed(difference)} {word}</span>'


def signed(value: float) -> str:
    """Always with its sign, a real minus."""
    return f"{value:+.3f}".replace("-", MINUS)
