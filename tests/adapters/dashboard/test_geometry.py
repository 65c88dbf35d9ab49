"""Rounding, wording and geometry of the charts."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_pipeline.adapters.dashboard.render import fold_tail
from dq_pipeline.domain import charts, wording


@pytest.mark.parametrize(
    ("value", "coverage", "shown"),
    [
        (70.0, 1.0, "70.0"),
        (0.0, 1.0, "0.0"),
        (66.66, 0.5, "66.6"),
        (99.97, 1.0, "99.9"),
        (99.9999999, 1.0, "99.9"),  # one bad cell in a billion
        (100.0, 1.0, "100"),
        (100.0, 0.99, "99.9"),
        (None, 0.0, "not measured"),
        (None, 1.0, "not measured"),
    ],
)
def test_scores_are_rounded_down_and_a_hundred_is_earned(value: float | None, coverage: float, shown: str) -> None:
    assert wording.score_text(value, coverage) == shown


@pytest.mark.parametrize("value", [-0.5, 100.5, 8700.0])
def test_a_score_off_the_scale_is_a_bug(value: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        wording.score_text(value, 1.0)


@given(st.floats(0, 100), st.floats(0, 1))
def test_a_shown_score_is_never_better_than_the_score(value: float, coverage: float) -> None:
    shown = charts.shown_score(value, coverage)
    assert shown is not None
    assert shown <= value + 1e-8
    assert value - shown < 0.1 + 1e-8
    assert shown < 100 or coverage > 1 - 1e-8


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0%"),
        (0.0004, "<0.1%"),
        (0.0329, "3.2%"),
        (0.5, "50%"),
        (0.9999, "99%"),
        (1.0, "100%"),
        (None, "not measured"),
    ],
)
def test_shares(share: float | None, shown: str) -> None:
    assert wording.percent_text(share) == shown


def test_a_part_of_nothing_was_not_measured() -> None:
    assert wording.part_text(0, 0) == "not measured"
    assert wording.part_text(None, 10) == "not measured"
    assert wording.part_text(1, 3) == "33%"


def test_words() -> None:
    assert wording.plural(1, "record") == "1 record"
    assert wording.plural(12000, "record") == "12,000 records"
    assert wording.plural(None, "record") == "not measured"
    assert [wording.change_text(value) for value in (0.66, -0.31, 0.04, None)] == ["+0.7", "−0.3", "±0.0", ""]
    assert [wording.points_text(value) for value in (33.333, 0.004, 0.0, None)] == [
        "33.33",
        "<0.01",
        "0.00",
        "not measured",
    ]
    assert wording.moment_text(datetime(2026, 11, 2, 4, 5)) == "2 Nov 2026, 04:05 UTC"
    assert wording.age_text(datetime(2026, 11, 2), datetime(2026, 11, 22)) == "20 days ago"


def test_the_sentence() -> None:
    assert wording.headline_sentences(10000, 7012) == ("You think you have 10,000 customers.", "You have 7,012.")
    assert wording.headline_sentences(10, None)[1] == "How many there really are has not been measured."
    assert wording.headline_sentences(0, None)[0] == "No customer record has been loaded."
    assert wording.headline_sentences(None, None)[0] == "No customer record has been loaded."


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_stacked_bars_stay_inside(values: list[int]) -> None:
    segments = charts.stack(values, sum(values))
    assert all(segment.start >= 0 and segment.end <= 100.02 for segment in segments)
    assert [segment.width > 0 for segment in segments] == [value > 0 for value in values]
    assert all(after.start == pytest.approx(one.end, abs=0.02) for one, after in pairwise(segments))


def test_a_waterfall_ends_where_the_records_end() -> None:
    segments = charts.waterfall(10000, [885, 2103, 0])
    assert [(s.start, s.width) for s in segments] == [(0, 100), (91.15, 8.85), (70.12, 21.03), (70.12, 0), (0, 70.12)]
    assert [s.width for s in charts.waterfall(0, [0])] == [0, 0, 0]


def test_the_axis_holds_every_score() -> None:
    axis = charts.score_axis([91.03, 96.0], top=0, bottom=100)
    assert (axis.low, axis.high, axis.ticks) == (90, 98, (90, 92, 94, 96, 98))
    assert (axis.y(90), axis.y(94), axis.y(98)) == (100, 50, 0)
    assert charts.score_axis([100, 100], top=0, bottom=100).high == 100
    assert charts.score_axis([0, 100], top=0, bottom=100).ticks == (0, 20, 40, 60, 80, 100)


@given(st.lists(st.floats(0, 100), max_size=9))
def test_any_scores_have_an_axis(values: list[float]) -> None:
    axis = charts.score_axis(values, top=10, bottom=90)
    assert 2 <= len(axis.ticks) <= 6
    assert 0 <= axis.low <= min(values, default=50) and max(values, default=50) <= axis.high <= 100


def test_sparklines_break_where_nothing_was_measured() -> None:
    assert charts.sparkline([50.0], width=40, height=20) is None
    line = charts.sparkline([50.0, None, 60.0], width=40, height=20)
    assert line is not None
    assert line == ("M2.0 18.0 M38.0 2.0", 38.0, 2.0)


def test_heat_has_a_class_for_unmeasured() -> None:
    assert [charts.heat_class(share) for share in (None, 0.0, 0.01, 0.02, 0.05, 0.2, 0.9)] == [-1, 0, 1, 2, 3, 4, 5]


def test_finite() -> None:
    assert charts.finite(float("nan")) is None
    assert charts.finite(float("inf")) is None
    assert charts.finite(1.5) == 1.5


def test_sizes_fold_into_a_tail() -> None:
    assert fold_tail([(1, 5), (3, 2), (9, 1), (12, 1)], 4) == (("1", 5), ("2", 0), ("3", 2), ("4 or more", 2))
    assert fold_tail([(1, 5), (2, 2)], 4) == (("1", 5), ("2", 2))
    assert fold_tail([], 4) == ()
