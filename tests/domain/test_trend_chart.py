"""Charts over runs: round scales that hold every value, lines that break where nothing was measured, marks."""

import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.domain.trend_chart import TrendChart, draw_trend, round_axis

NIGHTS = [datetime(2026, 11, 1) + timedelta(days=day) for day in range(5)]
NONE: None = None


def scores(*values: float | None, **marks: str) -> TrendChart | None:
    return draw_trend(
        NIGHTS[: len(values)], {"score": values}, marks={int(place[1:]): words for place, words in marks.items()}
    )


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([91.03, 96.0], (91, 92, 93, 94, 95, 96)),
        ([96.8, 96.71], (96.0, 96.5, 97.0, 97.5)),
        ([100, 100], (99, 99.2, 99.4, 99.6, 99.8, 100)),
        ([0, 100], (0, 20, 40, 60, 80, 100)),
        ([0.001], (0, 0.2, 0.4, 0.6, 0.8, 1.0)),
    ],
)
def test_scores_stand_on_round_figures(values: list[float], ticks: tuple[float, ...]) -> None:
    axis = round_axis(values, lowest=0, highest=100, least=1, top=0, bottom=100)
    assert axis.ticks == pytest.approx(ticks)
    assert (axis.y(ticks[0]), axis.y(ticks[-1])) == (100, 0)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9))
def test_any_scores_have_an_axis(values: list[float]) -> None:
    axis = round_axis(values, lowest=0, highest=100, least=1, top=10, bottom=90)
    assert 2 <= len(axis.ticks) <= 6
    assert -1e-9 <= axis.low <= min(values) + 1e-6 and max(values) - 1e-6 <= axis.high <= 100 + 1e-9
    assert axis.high - axis.low >= 1 - 1e-9


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=9))
def test_any_counts_have_an_axis_from_nought(values: list[int]) -> None:
    axis = round_axis([0, *values], lowest=0, highest=math.inf, least=4, top=10, bottom=90)
    assert axis.low == 0 and axis.high >= max(values)
    assert 2 <= len(axis.ticks) <= 6
    assert all(tick == int(tick) for tick in axis.ticks)


def test_a_line_breaks_where_nothing_was_measured() -> None:
    chart = scores(90.0, 91.0, NONE, 92.0, 93.0)
    assert chart is not None
    (line,) = chart.lines
    assert [point and point[2] for point in line.points] == [90.0, 91.0, None, 92.0, 93.0]
    assert [(x1, x2) for x1, _, x2, _ in line.stretches] == [(5.0, 27.5), (72.5, 95.0)]
    assert line.last == (95.0, chart.axis.y(93.0), 93.0)


def test_marks_are_numbered_in_time() -> None:
    chart = scores(90.0, 91.0, 92.0, p2="rules", p1="linkage model")
    assert chart is not None
    assert [(mark.number, mark.x, mark.text) for mark in chart.marks] == [
        (1, 50.0, "linkage model"),
        (2, 95.0, "rules"),
    ]


@pytest.mark.parametrize("values", [(), (90.0,), (NONE, NONE), (90.0, NONE)])
def test_one_point_is_no_trend(values: tuple[float | None, ...]) -> None:
    assert scores(*values) is None


def test_a_shorter_line_beside_a_longer_one() -> None:
    chart = draw_trend(NIGHTS[:3], {"actual": [90.0, 91.0, 92.0], "like for like": [NONE, NONE, 92.0]})
    assert chart is not None
    assert [len(line.stretches) for line in chart.lines] == [2, 0]
    assert [day for _, day in chart.days] == NIGHTS[:3]


def test_many_nights_are_named_by_five_days() -> None:
    nights = [NIGHTS[0] + timedelta(days=day) for day in range(60)]
    chart = draw_trend(nights, {"failing": [float(day) for day in range(60)]}, counts=True)
    assert chart is not None
    assert len(chart.days) == 5
    assert (chart.days[0], chart.days[-1]) == ((5.0, nights[0]), (95.0, nights[-1]))
    assert chart.axis.low == 0
