"""Charts and pictures that several pages share, from what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from dq_pipeline.domain.charts import Segment, waterfall
from dq_pipeline.domain.dashboard import Headline
from dq_pipeline.domain.measured import Scope, Score, TrendPoint
from dq_pipeline.domain.trend_chart import TrendChart, draw_trend
from dq_pipeline.domain.wording import short_day_text

# A chart holds about two months of nights; the page of runs has them all.
RUNS_DRAWN = 60
ACTUAL, LIKE_FOR_LIKE = "as published", "like for like: by today\N{RIGHT SINGLE QUOTATION MARK}s rules and weights"


def score_chart(trend: Sequence[TrendPoint]) -> TrendChart | None:
    """The overall score of the newest runs, actual and like for like, marked where something besides data changed."""
    points = trend[-RUNS_DRAWN:]
    return draw_trend(
        [point.measured_at for point in points],
        {
            ACTUAL: [point.score.value for point in points],
            LIKE_FOR_LIKE: [point.like_for_like for point in points],
        },
        marks=_marks(points),
    )


def scope_chart(trend: Sequence[TrendPoint], scope: Scope | None) -> TrendChart | None:
    """The score of one source or dimension over the newest runs, with the marks of the overall score."""
    if scope is None:
        return None
    count = min(len(scope.history), len(trend), RUNS_DRAWN)
    points, values = trend[-count:], scope.history[-count:]
    if count < 2:
        return None
    return draw_trend(
        [point.measured_at for point in points],
        {ACTUAL: values},
        marks=_marks(points),
    )


def _marks(points: Sequence[TrendPoint]) -> dict[int, str]:
    """Day and words of every run at which something besides the data changed."""
    return {
        place: f"{short_day_text(point.measured_at)}: {', '.join(point.changes)}"
        for place, point in enumerate(points)
        if point.changes
    }


def customer_waterfall(headline: Headline) -> tuple[Segment, ...]:
    """From records to customers: what repeats inside a system, across systems, and what is held back."""
    losses = (headline.repeated or 0, headline.across or 0, headline.unlinked)
    return waterfall(headline.records or 0, losses)


def lost_scale(scores: Iterable[Score]) -> float:
    """Points that fill a whole bar; at least 5, so that a tenth of a point does not look like a disaster."""
    return math.ceil(max([5.0, *(100 - score.value for score in scores if score.value is not None)]))
