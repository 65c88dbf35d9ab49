"""The linkage policy: what is decided can be used, and mistakes in it are told all at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dq_pipeline.domain.linkage import BlockingKey, band, policy_problems
from dq_pipeline.policies.linkage import PERSONS


def test_the_policy_of_the_project_can_be_used() -> None:
    assert policy_problems(PERSONS) == []


def test_every_part_of_the_policy_says_why() -> None:
    parts = [*PERSONS.comparisons, *PERSONS.blocking_keys, *PERSONS.explanations, *PERSONS.guards]
    assert [part.name for part in parts if not part.reason] == []


def test_mistakes_are_told_all_at_once() -> None:
    first = PERSONS.comparisons[0]
    wrong = replace(
        PERSONS,
        comparisons=(replace(first, levels=first.levels[:-1]), *PERSONS.comparisons[1:], PERSONS.comparisons[1]),
        blocking_keys=(BlockingKey("nothing"),),
        explanations=(replace(PERSONS.explanations[0], shares={"shoe size": 1.0}),),
        thresholds=replace(PERSONS.thresholds, review=5.0),
        guards=(replace(PERSONS.guards[0], when={"given name": ("other",)}, rival="neighbours"),),
    )
    text = "\n".join(policy_problems(wrong))
    for fragment in (
        f"{PERSONS.comparisons[1].name} is there twice",
        "adds up to",
        "the last level, and only it, has no condition",
        "there is no comparison shoe size",
        "blocking key nothing",
        "guard twins: comparison given name has no level 'other'",
        "guard twins: there is no explanation neighbours",
        "keep <= review <= merge",
    ):
        assert fragment in text


def test_any_change_makes_another_fingerprint() -> None:
    same = replace(PERSONS)
    other = replace(PERSONS, thresholds=replace(PERSONS.thresholds, merge=1.25))
    assert PERSONS.fingerprint() == same.fingerprint() != other.fingerprint()


@pytest.mark.parametrize(("above", "expected"), [(0.0, "merge"), (-0.001, "review")])
def test_bands_meet_at_their_lines(above: float, expected: str) -> None:
    assert band(PERSONS.thresholds.merge + above, PERSONS.thresholds) == expected
    assert band(PERSONS.thresholds.review - 0.001, PERSONS.thresholds) == "reject"
