"""Geometry of the linkage page, and precision and recall against counting pair by pair."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.domain.charts import Segment
from dq_pipeline.domain.linkage_charts import accuracy, diverging, histogram, path
from dq_pipeline.domain.linkage_drift import WEIGHT_EDGES
from dq_pipeline.policies.linkage import THRESHOLDS

BINS = len(WEIGHT_EDGES) + 1
LINES = replace(THRESHOLDS, merge=1.0, review=-3.0)


def counted(*weights: float) -> tuple[int, ...]:
    bins = [bisect_right(WEIGHT_EDGES, weight) for weight in weights]
    return tuple(bins.count(number) for number in range(BINS))


def test_a_histogram_reaches_from_the_first_filled_bin_to_the_last() -> None:
    chart = histogram(counted(-5, -5, 3, 3, 3, 3, 7), LINES, top=10, bottom=110)
    assert chart is not None
    assert [(column.low, column.high, column.count) for column in chart.columns] == [
        *((-6, -4, 2), (-4, -2, 0), (-2, 0, 0), (0, 2, 0), (2, 4, 4), (4, 6, 0), (6, 8, 1))
    ]
    assert [column.height for column in chart.columns] == [50, 0, 0, 0, 100, 0, 25]
    assert [column.y + column.height for column in chart.columns] == [110] * 7
    assert [column.band for column in chart.columns] == [
        "reject",
        "review",
        "review",
        "merge",
        "merge",
        "merge",
        "merge",
    ]
    assert chart.largest == 4
    assert chart.merge == pytest.approx(50, abs=0.1)
    assert [tick.label for tick in chart.ticks] == [
        "\N{MINUS SIGN}6",
        "\N{MINUS SIGN}4",
        "\N{MINUS SIGN}2",
        "0",
        "2",
        "4",
        "6",
    ]


def test_a_column_that_is_there_is_seen_and_the_line_of_merging_too() -> None:
    chart = histogram(counted(*[30.0] * 5000, 20.0), LINES, top=10, bottom=110)
    assert chart is not None
    assert min(column.height for column in chart.columns if column.count) == 1
    assert chart.merge is not None
    assert 0 <= chart.merge <= 100


def test_the_ends_are_open() -> None:
    chart = histogram(counted(-100, 100), LINES, top=10, bottom=110)
    assert chart is not None
    assert (chart.columns[0].low, chart.columns[-1].high) == (None, None)
    assert (chart.columns[0].band, chart.columns[-1].band) == ("reject", "merge")
    assert len(chart.ticks) <= 7
    assert sum(column.width for column in chart.columns) == pytest.approx(100, abs=0.5)
    assert histogram((0,) * BINS, LINES, top=10, bottom=110) is None


WEIGHTS = st.lists(st.floats(-20, 70), max_size=15)


@given(WEIGHTS, WEIGHTS, st.integers(0, 3))
def test_precision_and_recall(same: list[float], different: list[float], missed: int) -> None:
    """At every line told, by counting the pairs above it one by one; and no line whose answer differs is left out."""
    points = accuracy(counted(*same), counted(*different), len(same) + missed)
    by_line = {point.threshold: point for point in points}
    for edge in WEIGHT_EDGES:
        right, wrong = sum(w >= edge for w in same), sum(w >= edge for w in different)
        precision = right / (right + wrong) if right + wrong else None
        recall = right / (len(same) + missed) if same or missed else None
        if edge in by_line:
            assert (by_line[edge].precision, by_line[edge].recall) == (precision, recall)
        else:
            below = edge - 2
            assert right == sum(w >= below for w in same)
            assert wrong == sum(w >= below for w in different)


def test_bars_to_both_sides() -> None:
    assert diverging(4, 8) == Segment(50, 25)
    assert diverging(-4, 8) == Segment(25, 25)
    assert diverging(-20, 8) == Segment(0, 50)
    assert diverging(0, 0) == Segment(50, 0)


def test_a_missing_point_breaks_the_line() -> None:
    assert path([(0, 1.0), (1, 2.0), (2, None), (3, 4.0), (4, 5.0)]) == [(0, 1.0, 1, 2.0), (3, 4.0, 4, 5.0)]
    assert path([(0, 1.0)]) == []
