"""What the page about a run's linkage shows, and the geometry of its charts. Counts, parameters and words; no value.

As in domain/charts.py, horizontal positions are per cent of the drawing's width, vertical ones pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, pairwise

from dq_pipeline.domain.charts import Segment
from dq_pipeline.domain.linkage import Band, Population, Thresholds, band
from dq_pipeline.domain.linkage_drift import WEIGHT_EDGES

# Of fewer decisions of either kind, one more or less would move the curve by more than a reader would guess.
LEAST_LABELLED = 20


@dataclass(frozen=True)
class LevelChart:
    """One level of a comparison. `rarity`: u is that of the shared value, so the weight differs from pair to pair."""

    label: str
    m: float
    u: float
    weight: float
    rarity: bool


@dataclass(frozen=True)
class ComparisonChart:
    """One comparison, its levels in the order they are tried."""

    name: str
    levels: tuple[LevelChart, ...]


@dataclass(frozen=True)
class KeyChart:
    """One blocking key. `found`: stored pairs it was the first to find; `proposed`: pairs it proposed when the model
    was trained, with values shared by at most `block_size` records; `left_out`: records with a value more shared."""

    name: str
    found: int
    proposed: int
    block_size: int
    left_out: int


@dataclass(frozen=True)
class Accuracy:
    """Of pairs whose answer is known, at a line through the match weights. A share over nothing is None."""

    threshold: float
    precision: float | None
    recall: float | None


@dataclass(frozen=True)
class PopulationCharts:
    """The linkage of one population. Histograms are counted in the bins of WEIGHT_EDGES. `labelled_from`: who knows
    the answers, `truth` or `decisions`; `accuracy` is empty when there are too few. `sizes`: (records, customers)."""

    population: Population
    records: int
    customers: int
    prior: float
    thresholds: Thresholds
    bands: Mapping[Band, int]
    weights: tuple[int, ...]
    self_weights: tuple[int, ...]
    unlinkable_share: float
    comparisons: tuple[ComparisonChart, ...]
    left_out: tuple[str, ...]
    keys: tuple[KeyChart, ...]
    sizes: tuple[tuple[int, int], ...]
    labelled_from: str
    labelled_same: int
    labelled_different: int
    accuracy: tuple[Accuracy, ...]


@dataclass(frozen=True)
class LinkageCharts:
    """The page. `drift`: what is unlike the first run with this model, in sentences; `first_use`: this is that run."""

    model_version: str
    trained_at: datetime
    measured_at: datetime | None
    first_use: bool
    drift: tuple[str, ...]
    populations: tuple[PopulationCharts, ...]


@dataclass(frozen=True)
class Column:
    """One bin of a histogram: a rectangle, its count and its edges (None: without end)."""

    x: float
    width: float
    y: float
    height: float
    count: int
    low: float | None
    high: float | None
    band: Band


@dataclass(frozen=True)
class Tick:
    """A mark on the horizontal axis."""

    x: float
    label: str


@dataclass(frozen=True)
class Histogram:
    """Columns side by side over the bins that are filled, with ticks; `merge` is where the line of merging stands."""

    columns: tuple[Column, ...]
    ticks: tuple[Tick, ...]
    merge: float | None
    largest: int


def histogram(counts: Sequence[int], thresholds: Thresholds, *, top: float, bottom: float) -> Histogram | None:
    """Draw a histogram of match weights; None when nothing was counted."""
    filled = [number for number, count in enumerate(counts) if count]
    if not filled:
        return None
    # The line of merging is shown even where nothing lies beside it.
    near = [number for number, edge in enumerate(WEIGHT_EDGES) if abs(edge - thresholds.merge) <= 2]
    first, last = min([*filled, *near]), max([*filled, *near])
    width, largest = 100 / (last - first + 1), max(counts)
    columns = []
    for number in range(first, last + 1):
        height = round((bottom - top) * counts[number] / largest, 1)
        height = max(height, 1.0) if counts[number] else 0.0
        low = WEIGHT_EDGES[number - 1] if number else None
        high = WEIGHT_EDGES[number] if number < len(WEIGHT_EDGES) else None
        columns.append(
            Column(
                x=round((number - first) * width, 2),
                width=round(width, 2),
                y=round(bottom - height, 1),
                height=height,
                count=counts[number],
                low=low,
                high=high,
                band=band(_middle(low, high), thresholds),
            )
        )
    return Histogram(tuple(columns), _ticks(columns), _position(columns, thresholds.merge), largest)


def accuracy(same: Sequence[int], different: Sequence[int], all_same: int) -> tuple[Accuracy, ...]:
    """Precision and recall at every edge of the bins, from histograms of the pairs that are one customer and of those
    that are not. `all_same` counts those that were never scored too: they are missed at any line.

    Only lines at which the answer changes are told.
    """
    above_same = list(accumulate(reversed(same)))[::-1]
    above_different = list(accumulate(reversed(different)))[::-1]
    points = []
    for number, edge in enumerate(WEIGHT_EDGES, 1):
        right, wrong = above_same[number], above_different[number]
        changed = same[number - 1] or different[number - 1] or same[number] or different[number]
        if changed:
            precision = right / (right + wrong) if right + wrong else None
            points.append(Accuracy(edge, precision, right / all_same if all_same else None))
    return tuple(points)


def diverging(value: float, reach: float) -> Segment:
    """A bar from the middle to the right for a weight above nought, to the left for one below; `reach` fills a half."""
    width = round(min(abs(value) / reach, 1.0) * 50, 2) if reach > 0 else 0.0
    return Segment(50.0 if value >= 0 else round(50 - width, 2), width)


def reach(comparisons: Sequence[ComparisonChart]) -> float:
    """The weight that fills half a bar: the largest of all levels, at least 1."""
    return max([1.0, *(abs(level.weight) for comparison in comparisons for level in comparison.levels)])


def path(points: Sequence[tuple[float, float | None]]) -> list[tuple[float, float, float, float]]:
    """The lines between neighbours (x1, y1, x2, y2); a missing one breaks the line."""
    found = []
    for (x1, y1), (x2, y2) in pairwise(points):
        if y1 is not None and y2 is not None:
            found.append((x1, y1, x2, y2))
    return found


def _ticks(columns: Sequence[Column]) -> tuple[Tick, ...]:
    """At most seven, on round numbers."""
    edges = [(column.x, column.low) for column in columns if column.low is not None]
    step = next(step for step in (2, 4, 10, 20, 40, 80) if len(edges) * 2 / step <= 7)
    return tuple(Tick(x, f"{low:g}".replace("-", "\N{MINUS SIGN}")) for x, low in edges if low % step == 0)


def _position(columns: Sequence[Column], weight: float) -> float | None:
    for column in columns:
        if column.low is not None and column.high is not None and column.low <= weight < column.high:
            return round(column.x + column.width * (weight - column.low) / (column.high - column.low), 2)
    return None


def _middle(low: float | None, high: float | None) -> float:
    if low is None:
        return (high or 0.0) - 1
    return low + 1 if high is None else (low + high) / 2
