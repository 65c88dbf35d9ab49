"""Rounding, wording and geometry of the charts."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_two_digits_where_asked_for() -> None:
    assert [wording.score_text(value, 1.0, 2) for value in (96.799, 100.0)] == ["96.79", "100"]
    assert wording.score_text(100.0, 0.99, 2) == "99.99"
    assert [wording.level_text(value) for value in (96.799, 100.4, -1.0, None)] == ["96.79", "100.40", "-1.00", "–"]


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
    assert charts.fold_tail([(1, 5), (3, 2), (9, 1), (12, 1)], 4) == (("1", 5), ("2", 0), ("3", 2), ("4 or more", 2))
    assert charts.fold_tail([(1, 5), (2, 2)], 4) == (("1", 5), ("2", 2))
    assert charts.fold_tail([], 4) == ()


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (None, "–"),
        (0.0, "0 min"),
        (0.5, "30 min"),
        (1.0, "1.0 h"),
        (47.9, "47.9 h"),
        (48.0, "2.0 days"),
        (77, "3.2 days"),
    ],
)
def test_a_length_of_time_in_the_unit_that_fits(hours: float | None, text: str) -> None:
    assert wording.hours_text(hours) == text


def test_shares_that_are_compared_are_told_to_a_tenth_rounded_down() -> None:
    assert [wording.tenth_text(share) for share in (0.2537, 0.2593, 0.9999, 0.0, None)] == [
        *("25.3%", "25.9%", "99.9%", "0.0%", "not measured")
    ]
