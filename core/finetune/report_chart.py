"""Small line charts as inline SVG, in the colours of the page around them. What is drawn is decided elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 320, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 52, 12, 24
_MOST_POINTS = 240


@dataclass(frozen=True, slots=True)
class Curve:
    """One line. name: stands at its end; may be empty where there is only one."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]


def chart(title: str, curves: Sequence[Curve], dots: bool = False) -> str:
    """A figure with up to a few lines over the iterations.

    Args:
        curves: each with at least one point.
        dots: mark every point.
    """
    xs = [x for curve in curves for x in curve.xs]
    ys = [y for curve in curves for y in curve.ys]
    low, high = _range(min(ys), max(ys))
    first, last = min(xs), max(xs)
    span = (last - first) or 1

    def place(x: float, y: float) -> tuple[float, float]:
        across = _LEFT + (x - first) / span * (_WIDTH - _LEFT - _RIGHT)
        down = _TOP + (high - y) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)
        return round(across, 1), round(down, 1)

    lines = "".join(_line(curve, number, place, dots) for number, curve in enumerate(curves))
    names = _names([(curve.name, place(curve.xs[-1], curve.ys[-1])[1]) for curve in curves if curve.name])
    bottom = _HEIGHT - _BOTTOM
    grid = "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>' for y in (_TOP, bottom)
    )
    labels = (
        f'<text x="{_LEFT - 6}" y="{_TOP + 4}" text-anchor="end">{_number(high)}</text>'
        f'<text x="{_LEFT - 6}" y="{bottom + 4}" text-anchor="end">{_number(low)}</text>'
        f'<text x="{_LEFT}" y="{_HEIGHT - 6}">{first:g}</text>'
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 6}" text-anchor="end">step {last:g}</text>'
    )
    said = "; ".join(
        f"{curve.name or 'value'} from {_number(curve.ys[0])} to {_number(curve.ys[-1])}" for curve in curves
    )
    return (
        f'<figure class="chart"><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'role="img" aria-label="{escape(title)}: {escape(said)}">{grid}{lines}{names}{labels}</svg></figure>'
    )


def _line(curve: Curve, number: int, place: Callable[[float, float], tuple[float, float]], dots: bool) -> str:
    step = max(1, len(curve.xs) // _MOST_POINTS)
    points = list(zip(curve.xs, curve.ys, strict=True))
    kept = [*points[:-1:step], points[-1]]
    places = [place(x, y) for x, y in kept]
    path = " ".join(f"{x},{y}" for x, y in places)
    marks = "".join(f'<circle class="s{number}" cx="{x}" cy="{y}" r="2.6"/>' for x, y in places)
    return f'<polyline class="line s{number}" points="{path}"/>{marks if dots or len(places) == 1 else ""}'


def _names(ends: list[tuple[str, float]]) -> str:
    """Each name at the end of its line, moved apart where they would meet."""
    texts: list[str] = []
    below = -1e9
    for name, y in sorted(ends, key=lambda end: end[1]):
        below = max(y + 4, below + 13)
        texts.append(f'<text class="name" x="{_WIDTH - _RIGHT + 6}" y="{below:.1f}">{escape(name)}</text>')
    return "".join(texts)


def _range(low: float, high: float) -> tuple[float, float]:
    if high - low < 1e-9:
        margin = abs(high) * 0.1 or 0.1
        return low - margin, high + margin
    return low, high


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) >= 1e-3 else f"{value:.1e}" if value else "0"
