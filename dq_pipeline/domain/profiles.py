"""Is today's figure of a table what its own past makes likely? Robust statistics, no model and no training.

The usual level is the median of the past and its spread the median absolute deviation, so that an odd night or two in
the past moves neither (Hampel, "The influence curve and its role in robust estimation", 1974). Where every weekday has
a level of its own, the level is that of the weekday. A slow drift, which no single night shows, is found by the
Mann-Kendall test for a trend (Mann 1945; Kendall 1975).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median
from typing import Literal

Measure = Literal["row_count", "missing_share", "distinct_share", "mean_length", "top_values"]
Kind = Literal["level", "trend"]

# A normal distribution's standard deviation is this many median absolute deviations.
_MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True)
class Limits:
    """Distances from the usual that matter to nobody: `absolute` in the measure's unit, `relative` as a share of the
    usual. `severity` is that of a deviation beyond them."""

    absolute: float
    relative: float
    severity: Literal["warning", "info"]

    def distance(self, usual: float) -> float:
        """The least distance from `usual` that counts."""
        return max(self.absolute, self.relative * abs(usual))


@dataclass(frozen=True)
class DriftPolicy:
    """`deviations`: how many robust standard deviations off is a deviation. `runs_needed`: as many earlier runs are
    the least past. `runs_of_weekday`: as many of one weekday give it a level of its own. `runs_remembered`: older
    ones are forgotten. `runs_for_trend`: the least past in which a trend is looked for. `trend_z`: how sure of it.
    """

    limits: Mapping[Measure, Limits]
    deviations: float
    runs_needed: int
    runs_of_weekday: int
    runs_remembered: int
    runs_for_trend: int
    trend_z: float


@dataclass(frozen=True)
class Point:
    """A figure of one run."""

    at: datetime
    value: float


@dataclass(frozen=True)
class Deviation:
    """A figure outside of what its past makes likely. `runs`: how many earlier ones that past has; `of_weekday`:
    whether it was compared with the level of its weekday. Of a trend, `found` is the level of the last runs."""

    kind: Kind
    found: float
    low: float
    high: float
    runs: int
    of_weekday: bool


def judge(past: Sequence[Point], today: Point, limits: Limits, policy: DriftPolicy) -> Deviation | None:
    """What is unusual about `today` after `past` (oldest first); None when nothing is, or the past is too short."""
    past = past[-policy.runs_remembered :]
    if len(past) < policy.runs_needed:
        return None
    levels = _weekday_levels(past, policy.runs_of_weekday)
    of_weekday = today.at.weekday() in levels
    usual = levels.get(today.at.weekday(), median(point.value for point in past))
    rests = _rests(past, levels if of_weekday else {})
    distance = max(_allowed(rests, len(levels) if of_weekday else 1, policy), limits.distance(usual))
    same_weekday = [point.value for point in past if point.at.weekday() == today.at.weekday()]
    # Too few to give the weekday a level of its own are enough to say that it may be like that.
    seen = same_weekday if len(same_weekday) < policy.runs_of_weekday else []
    low, high = min([usual, *seen]) - distance, max([usual, *seen]) + distance
    if not low <= today.value <= high:
        return Deviation("level", today.value, low, high, len(past), of_weekday)
    return _trend([*rests, today.value - usual], usual, limits, policy, of_weekday)


def shifts(past: Sequence[Mapping[str, float]], today: Mapping[str, float], most: int) -> tuple[list[float], float]:
    """How far the shares of the frequent values of each run lie from those of all the other runs, and today's.

    The distance is the total variation distance, 0 (alike) to 1 (nothing in common). A run's mapping holds its `most`
    most frequent values; a value it lacks has at most the share of its rarest, and none when the list is not full.
    """
    runs = [*past, today]
    rarest = [min(shares.values()) if len(shares) >= most else 0.0 for shares in runs]
    values = sorted({value for shares in runs for value in shares})
    table = [[shares.get(value, least) for value in values] for shares, least in zip(runs, rarest, strict=True)]
    sums = [math.fsum(column) - column[-1] for column in zip(*table, strict=True)]  # of the past alone
    distances = []
    for number, row in enumerate(table):
        others = len(past) - (number < len(past))
        own = row if number < len(past) else [0.0] * len(values)
        means = [(total - mine) / others for total, mine in zip(sums, own, strict=True)] if others else row
        distances.append(0.5 * math.fsum(abs(share - mean) for share, mean in zip(row, means, strict=True)))
    return distances[:-1], distances[-1]


def _weekday_levels(past: Sequence[Point], least: int) -> dict[int, float]:
    """The median of every weekday with enough runs, if telling weekdays apart explains most of the scatter.

    A level of its own for each of seven groups always fits a little better; n/(n - g) takes that back.
    """
    groups: dict[int, list[float]] = defaultdict(list)
    for point in past:
        groups[point.at.weekday()].append(point.value)
    levels = {day: median(values) for day, values in groups.items() if len(values) >= least}
    if len(levels) < 2:
        return {}
    known = [point for point in past if point.at.weekday() in levels]
    overall = median(point.value for point in known)
    scatter = fmean(abs(point.value - overall) for point in known)
    within = fmean(abs(point.value - levels[point.at.weekday()]) for point in known)
    corrected = within * len(known) / (len(known) - len(levels))
    return levels if corrected < scatter / 2 else {}


def _rests(past: Sequence[Point], levels: Mapping[int, float]) -> list[float]:
    """What is left of each figure when its level, that of its weekday where weekdays differ, is taken away."""
    overall = median(point.value for point in past)
    return [
        point.value - levels.get(point.at.weekday(), overall)
        for point in past
        if not levels or point.at.weekday() in levels
    ]


def _allowed(rests: Sequence[float], levels: int, policy: DriftPolicy) -> float:
    """How far from the usual noise alone may carry a figure. A short past knows its spread and levels badly.

    A median is often one of its own figures, whose rest of zero says nothing of the spread: one a level is left out.
    The variance of a median of n/g figures is pi/2 * g/n of theirs.
    """
    n = len(rests)
    sigma = _MAD_TO_SIGMA * median(sorted(abs(rest) for rest in rests)[levels:])
    return policy.deviations * sigma * math.sqrt(1 + math.pi / 2 * levels / n) * (1 + 4 / n)


def _trend(
    rests: Sequence[float], usual: float, limits: Limits, policy: DriftPolicy, of_weekday: bool
) -> Deviation | None:
    """A steady drift over the whole past, where between its first and its last quarter it has become worth telling."""
    n = len(rests)
    if n <= policy.runs_for_trend or abs(_mann_kendall(rests)) < policy.trend_z:
        return None
    first, last = median(rests[: n // 4]), median(rests[-(n // 4) :])
    distance = 2 * limits.distance(usual)
    if abs(last - first) <= distance:
        return None
    return Deviation("trend", usual + last, usual + first - distance, usual + first + distance, n - 1, of_weekday)


def _mann_kendall(values: Sequence[float]) -> float:
    """The z of the Mann-Kendall test, ties corrected: how unlikely such an order is without a trend."""
    n = len(values)
    s = sum((b > a) - (b < a) for i, a in enumerate(values) for b in values[i + 1 :])
    ties: dict[float, int] = defaultdict(int)
    for value in values:
        ties[value] += 1
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties.values())) / 18
    return (s - (s > 0) + (s < 0)) / math.sqrt(variance) if variance > 0 else 0.0
