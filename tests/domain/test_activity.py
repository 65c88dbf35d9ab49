"""The policy of activity: what it must be to be used."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dq_pipeline.domain.activity import SUBJECTS, DecayClass, class_limits
from dq_pipeline.policies.activity import POLICY


def test_every_class_ends_where_the_next_one_begins() -> None:
    found = [(each.name, each.from_days, end) for each, end in class_limits(POLICY.decay["customer"])]
    assert found == [("fresh", 0, 365), ("ageing", 365, 730), ("stale", 730, 1095), ("expired", 1095, None)]
    assert set(POLICY.decay) == set(SUBJECTS)


@pytest.mark.parametrize(
    ("classes", "problem"),
    [
        ((), "must begin at 0 days"),
        ((DecayClass("old", 1, ""),), "must begin at 0 days"),
        ((DecayClass("new", 0, ""), DecayClass("old", 0, "")), "rise from class to class"),
        ((DecayClass("new", 0, ""), DecayClass("old", 9, ""), DecayClass("older", 5, "")), "rise from class to class"),
        ((DecayClass("new", 0, ""), DecayClass("new", 9, "")), "a name stands twice"),
    ],
)
def test_classes_that_leave_a_gap_or_overlap_are_refused(classes: tuple[DecayClass, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem) as caught:
        replace(POLICY, decay={**POLICY.decay, "email": classes})
    assert "email" in str(caught.value)


def test_an_outcome_cannot_open_and_settle_and_a_limit_must_be_days() -> None:
    with pytest.raises(ValueError, match="both open and settle: resolved"):
        replace(POLICY, opening_outcomes=("follow_up", "resolved"))
    with pytest.raises(ValueError, match="at least 1"):
        replace(POLICY, inactive_after_days=0)
