"""Geometry of a chart of figures over runs: lines, marks where something else changed, and a scale of round numbers.

As in `domain/charts.py`, horizontal positions are per cent of the width and vertical ones pixels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from dq_pipeline.domain.charts import NOISE, Axis, spread

TOP, BOTTOM = 30.0, 196.0
MOST_TICKS = 5


@dataclass(frozen=True)
class Line:
    """One line: its points (x, y, value), None where nothing was measured, and the stretches between neighbours."""

    name: str
    points: tuple[tuple[float, float, float] | None, ...]

    @property
    def stretches(self) -> tuple[tuple[float, float, float, float], ...]:
        """(x1, y1, x2, y2) of every two successive points that were both measured."""
        return tuple((a[0], a[1], b[0], b[1]) for a, b in pairwise(self.points) if a and b)

    @property
    def last(self) -> tuple[float, float, float] | None:
        """The newest point; None when the newest run was not measured."""
        return self.points[-1]


@dataclass(frozen=True)
class Mark:
    """A run at which something besides the data changed, numbered as in the list below the chart."""

    x: float
    number: int
    text: str


@dataclass(frozen=True)
class TrendChart:
    """What is drawn: the scale, a line for each series, marks, and the first and last day."""

    axis: Axis
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    days: tuple[tuple[float, datetime], ...]
    runs: int


def draw_trend(
    moments: Sequence[datetime],
    series: Mapping[str, Sequence[float | None]],
    *,
    marks: Mapping[int, str] | None = None,
    counts: bool = False,
) -> TrendChart | None:
    """A chart of one or more series over the same runs, oldest first: of scores, or of counts, which begin at nought.

    `marks` are words by the position of the run. None until two runs have a value: one point is no trend.
    """
    known = [value for values in series.values() for value in values if value is not None]
    if max((sum(value is not None for value in values) for values in series.values()), default=0) < 2:
        return None
    if counts:
        axis = round_axis([0.0, *known], lowest=0.0, highest=math.inf, least=4.0, top=TOP, bottom=BOTTOM)
    else:
        axis = round_axis(known, lowest=0.0, highest=100.0, least=1.0, top=TOP, bottom=BOTTOM)
    xs = spread(len(moments), left=5.0, right=95.0)
    lines = tuple(
        Line(
            name,
            tuple(None if y is None else (x, axis.y(y), y) for x, y in zip(xs, values, strict=True)),
        )
        for name, values in series.items()
    )
    numbered = tuple(
        Mark(xs[place], number, text) for number, (place, text) in enumerate(sorted((marks or {}).items()), 1)
    )
    return TrendChart(axis, lines, numbered, _days(moments, xs), len(moments))


def round_axis(
    values: Sequence[float], *, lowest: float, highest: float, least: float, top: float, bottom: float
) -> Axis:
    """An axis around the values on the smallest step of 1, 2 or 5 times a power of ten that gives at most six ticks.

    It spans `least` at least, so that noise looks like noise, and stays within `lowest` and `highest`.
    """
    low, high = min(values), max(values)
    missing = max(least - (high - low), 0.0)
    low = max(low - missing / 2, lowest)
    high = min(max(high + missing / 2, low + least), highest)
    low = max(min(low, high - least), lowest)
    step = _round_up((high - low) / MOST_TICKS)
    while (last := math.ceil(high / step - NOISE)) - (first := math.floor(low / step + NOISE)) > MOST_TICKS:
        step = _round_up(step * 1.5)
    ticks = tuple(round(place * step, 10) for place in range(first, last + 1))
    return Axis(ticks[0], ticks[-1], ticks, top, bottom)


def _round_up(value: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value * (1 - NOISE))


def _days(moments: Sequence[datetime], xs: Sequence[float]) -> tuple[tuple[float, datetime], ...]:
    """Up to five days to write below the chart, the first and the last among them."""
    count = min(len(moments), 5)
    places = sorted({round(step * (len(moments) - 1) / max(count - 1, 1)) for step in range(count)})
    return tuple((xs[place], moments[place]) for place in places)
