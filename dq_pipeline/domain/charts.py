"""Geometry and rounding of the dashboard's charts: plain numbers in, plain numbers out.

Horizontal positions are percentages of the drawing's width, so that one drawing fits a desk, a phone and paper
while its text keeps its size; vertical positions are pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

# A score is a sum of a few hundred floats: noise is about 1e-13, one failing cell in a billion is 1e-7 points.
NOISE = 1e-9


def finite(value: float | None) -> float | None:
    """The value, or None for NaN and the infinities (DuckDB's `0/0` is NaN, never NULL)."""
    return None if value is None or not math.isfinite(value) else float(value)


def round_down(value: float, digits: int = 1) -> float:
    """The largest multiple of 10^-digits not above `value`: 99.97 is 99.9, and 70.0 stays 70.0."""
    scale = 10.0**digits
    return math.floor(value * scale + NOISE) / scale


def shown_score(value: float | None, coverage: float, digits: int = 1) -> float | None:
    """The score as a reader may see it: rounded down to so many digits, and 100 only at full coverage.

    Raises ValueError for a score outside 0 to 100, which would be a bug upstream, not a figure.
    """
    if value is None:
        return None
    if not -NOISE <= value <= 100 + NOISE:
        raise ValueError(f"a score must lie between 0 and 100, this one is {value}")
    highest = 100.0 if coverage >= 1 - NOISE else 100.0 - 10.0**-digits
    return min(max(round_down(value, digits), 0.0), highest)


@dataclass(frozen=True)
class Segment:
    """A stretch of a horizontal bar, in per cent of the full width."""

    start: float
    width: float

    @property
    def end(self) -> float:
        return self.start + self.width


def stack(values: Sequence[float], total: float) -> tuple[Segment, ...]:
    """Segments side by side, one for each value, so that `total` fills the whole width.

    A value above nought gets about 0.4 % at least, because a stretch nobody can see reads as nothing; the others
    give way where that makes too much.
    """
    widths = [max(100 * value / total, 0.4) if value > 0 and total > 0 else 0.0 for value in values]
    shrink = min(1.0, 100 / max(sum(widths), 1.0))
    segments, start = [], 0.0
    for width in widths:
        segments.append(Segment(round(start, 2), round(width * shrink, 2)))
        start += width * shrink
    return tuple(segments)


def waterfall(start: float, losses: Sequence[float]) -> tuple[Segment, ...]:
    """Segments of a waterfall from `start` down through `losses`: the first is the start, the last what is left."""
    segments, left = [Segment(0.0, 100.0 if start > 0 else 0.0)], start
    for loss in losses:
        left -= loss
        width = 0.0 if start <= 0 else 100 * loss / start
        segments.append(Segment(round(100 * left / start if start > 0 else 0.0, 2), round(width, 2)))
    segments.append(Segment(0.0, round(100 * left / start, 2) if start > 0 else 0.0))
    return tuple(segments)


def heat_class(share: float | None) -> int:
    """Five steps of a heat map, 0 for none; each step is about three times the one before, as shares of bad
    records are long-tailed. -1 where nothing was measured."""
    if share is None:
        return -1
    return sum(share > limit for limit in (0.0, 0.01, 0.03, 0.1, 0.3))


@dataclass(frozen=True)
class Axis:
    """A vertical axis from `low` to `high` with ticks, drawn between the pixels `top` and `bottom`."""

    low: float
    high: float
    ticks: tuple[float, ...]
    top: float
    bottom: float

    def y(self, value: float) -> float:
        """Pixel of a value; values outside are drawn on the edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(self.bottom - share * (self.bottom - self.top), 1)


def spread(count: int, *, left: float = 7.0, right: float = 94.0) -> tuple[float, ...]:
    """`count` horizontal positions at equal distance, in per cent; a single one stands in the middle."""
    if count == 1:
        return ((left + right) / 2,)
    return tuple(round(left + (right - left) * index / (count - 1), 2) for index in range(count))


def sparkline(values: Sequence[float | None], *, width: float, height: float) -> tuple[str, float, float] | None:
    """SVG path of a small line and its last point, in pixels; None with fewer than two values.

    A missing value breaks the line. The scale is at least two points high, so that noise looks like noise.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return None
    middle, reach = (min(known) + max(known)) / 2, max(max(known) - min(known), 2.0) / 2
    path, pen, x, y = [], "M", 0.0, 0.0
    for index, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        x = round(2 + (width - 4) * index / (len(values) - 1), 1)
        y = round(height / 2 - (value - middle) / reach * (height / 2 - 2), 1)
        path.append(f"{pen}{x} {y}")
        pen = "L"
    return " ".join(path), x, y


def fold_tail(sizes: Sequence[tuple[int, int]], limit: int) -> tuple[tuple[str, int], ...]:
    """(label, customers) for 1, 2, … and `limit` or more; sizes nobody has in between count nought."""
    if not sizes:
        return ()
    found = dict(sizes)
    last = min(max(found), limit)
    rows = [(str(size), found.get(size, 0)) for size in range(1, last + 1)]
    tail = sum(count for size, count in found.items() if size >= limit)
    return (*rows[:-1], (f"{limit} or more", tail)) if max(found) > limit else tuple(rows)
