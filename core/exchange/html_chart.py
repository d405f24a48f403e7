"""Small line charts as inline SVG, in the colours of the page around them. What is drawn is decided elsewhere."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _HEIGHT = 320, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 52, 12, 24
_RIGHT_WITHOUT_NAMES = 14
_MOST_POINTS = 240


@dataclass(frozen=True, slots=True)
class Curve:
    """One line. name: stands at its end; may be empty where there is only one."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]


@dataclass(frozen=True, slots=True)
class _Axes:
    """What the picture spans. right: where it ends, in the picture's own units."""

    first: float
    last: float
    low: float
    high: float
    right: int

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A point's place in the picture."""
        across = _LEFT + (x - self.first) / ((self.last - self.first) or 1) * (self.right - _LEFT)
        down = _TOP + (self.high - y) / (self.high - self.low) * (_HEIGHT - _TOP - _BOTTOM)
        return round(across, 1), round(down, 1)

    def grid(self, steps: int) -> str:
        """Level lines with their values."""
        parts: list[str] = []
        for step in range(steps + 1):
            value = self.low + (self.high - self.low) * step / steps
            _, y = self.place(self.first, value)
            parts.append(f'<line class="grid" x1="{_LEFT}" x2="{self.right}" y1="{y}" y2="{y}"/>')
            parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(value)}</text>')
        return "".join(parts)


def chart(
    title: str,
    curves: Sequence[Curve],
    dots: bool = False,
    x_name: str = "step",
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    levels: int = 1,
) -> str:
    """A figure with up to six lines.

    Args:
        curves: each with at least one point.
        dots: mark every point.
        x_name: stands before the last value of the axis.
        x_range, y_range: the axes' ends; None takes those of the curves.
        levels: parts into which level lines cut the height.
    """
    ys = [y for curve in curves for y in curve.ys]
    xs = [x for curve in curves for x in curve.xs]
    right = _WIDTH - (_RIGHT if any(curve.name for curve in curves) else _RIGHT_WITHOUT_NAMES)
    axes = _Axes(*(x_range or (min(xs), max(xs))), *(y_range or _range(min(ys), max(ys))), right)
    lines = "".join(_line(curve, number, axes.place, dots) for number, curve in enumerate(curves))
    names = [(curve.name, axes.place(curve.xs[-1], curve.ys[-1])[1]) for curve in curves if curve.name]
    labels = (
        f'<text x="{_LEFT}" y="{_HEIGHT - 6}">{axes.first:g}</text>'
        f'<text x="{right}" y="{_HEIGHT - 6}" text-anchor="end">{escape(x_name)} {axes.last:g}</text>'
    )
    said = "; ".join(
        f"{curve.name or 'value'} from {_number(curve.ys[0])} to {_number(curve.ys[-1])}" for curve in curves
    )
    return (
        f'<figure class="chart"><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'role="img" aria-label="{escape(title)}: {escape(said)}">{axes.grid(levels)}{lines}{_names(names)}{labels}'
        "</svg></figure>"
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
