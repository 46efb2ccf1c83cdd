"""Line plots on logarithmic axes, as SVG that is read well on light and dark pages."""

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 72, 190, 44, 52
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f")
"""Told apart by the colour-blind as well (Okabe and Ito, 2008)."""

Line = Sequence[tuple[float, float]]


def line_plot(title: str, across: str, up: str, lines: Mapping[str, Line]) -> str:
    """Draw lines, both axes logarithmic. The horizontal one is marked where there are points.

    Args:
        title: What it shows.
        across: What the horizontal axis counts.
        up: What the vertical axis counts.
        lines: The points of each line, all above 0.
    """
    points = [point for line in lines.values() for point in line]
    horizontal = _Axis([x for x, _ in points], LEFT, WIDTH - RIGHT)
    vertical = _Axis([y for _, y in points], HEIGHT - BOTTOM, TOP, whole_decades=True)
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts = [
        _text(LEFT, 24, title, "start"),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, across, "middle"),
        f'<text text-anchor="middle" transform="translate(18 {middle}) rotate(-90)">{escape(up)}</text>',
    ]
    for value in sorted({x for x, _ in points}):
        x = horizontal.place(value)
        parts += [_rule(x, TOP, x, HEIGHT - BOTTOM), _text(x, HEIGHT - BOTTOM + 18, f"{value:,g}", "middle")]
    for value in vertical.decades():
        y = vertical.place(value)
        parts += [_rule(LEFT, y, WIDTH - RIGHT, y), _text(LEFT - 8, y + 4, f"{value:,g}", "end")]
    for number, (name, line) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        placed = [(horizontal.place(x), vertical.place(y)) for x, y in line]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in placed]
        height = TOP + 10 + number * 20
        parts.append(f'<rect x="{WIDTH - RIGHT + 14}" y="{height - 9}" width="12" height="12" fill="{colour}"/>')
        parts.append(_text(WIDTH - RIGHT + 32, height + 2, name, "start"))
    return _page(title, parts)


class _Axis:
    """Places values between two ends, by their logarithm."""

    def __init__(self, values: Iterable[float], first: float, last: float, *, whole_decades: bool = False) -> None:
        logs = [math.log10(value) for value in values]
        self._low, self._high = min(logs), max(logs)
        if whole_decades:
            self._low, self._high = math.floor(self._low), math.ceil(self._high)
        if self._low == self._high:
            self._high += 1
        self._first, self._last = first, last

    def place(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._first + share * (self._last - self._first)

    def decades(self) -> list[float]:
        return [float(10**power) for power in range(math.ceil(self._low), math.floor(self._high) + 1)]


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _rule(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="#999" stroke-opacity=".4"/>'


def _page(title: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    name = escape(title)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">
<style>
text {{ font: 13px sans-serif; fill: #333 }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #ccc }} }}
</style>
{body}
</svg>
"""
