"""Each limit by itself, on figures made by hand, and the stability index against its definition."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dq_pipeline.domain.linkage_drift import (
    WEIGHT_EDGES,
    LinkageDriftPolicy,
    RunStatistics,
    find_drift,
    stability_index,
)

POLICY = LinkageDriftPolicy(
    weights=0.1,
    blocking=1.5,
    blocking_share=0.02,
    unlinkable=0.02,
    prior=1.0,
    unseen=0.2,
    least_pairs=300,
    least_records=300,
)
WEIGHTS = tuple(100 if 10 <= number < 20 else 0 for number in range(len(WEIGHT_EDGES) + 1))
FIRST = RunStatistics(
    population="person",
    model_version="a1",
    records=2_000,
    pairs=1_000,
    weight_counts=WEIGHTS,
    key_pairs={"e-mail": 600, "phone": 390, "rare": 10},
    self_weight_counts=WEIGHTS,
    unlinkable_share=0.05,
    implied_prior=0.001,
    model_prior=0.001,
    unseen={"family_name": 0.0},
)


def test_a_run_like_the_first_has_none() -> None:
    assert find_drift(FIRST, FIRST, POLICY) == ()


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ({"weight_counts": WEIGHTS[5:] + WEIGHTS[:5]}, [("weights", "")]),
        ({"key_pairs": {"e-mail": 100, "phone": 890, "rare": 10}}, [("blocking", "e-mail"), ("blocking", "phone")]),
        ({"key_pairs": {"e-mail": 600, "phone": 390, "new": 40}}, [("blocking", "new")]),
        ({"key_pairs": {"e-mail": 600, "phone": 399, "rare": 1}}, []),
        (
            {"pairs": 1_600, "key_pairs": {"e-mail": 960, "phone": 640}},
            [("blocking", ""), *[("blocking", "e-mail"), ("blocking", "phone")]],
        ),
        # Twice the records, twice the pairs: nothing happened.
        ({"records": 4_000, "pairs": 2_000, "key_pairs": {"e-mail": 1_200, "phone": 780}}, []),
        (
            {"pairs": 0, "weight_counts": (0,) * len(WEIGHTS), "key_pairs": {}},
            [("blocking", ""), ("blocking", "e-mail"), ("blocking", "phone")],
        ),
        ({"unlinkable_share": 0.08}, [("unlinkable", "")]),
        ({"unlinkable_share": 0.06}, []),
        ({"implied_prior": 0.0021}, [("prior", "")]),
        ({"implied_prior": 0.00049}, [("prior", "")]),
        ({"implied_prior": 0.0019}, []),
        ({"unseen": {"family_name": 0.21, "given_name": 0.19}}, [("unseen", "family_name")]),
    ],
)
def test_each_limit(today: dict[str, Any], said: list[tuple[str, str]]) -> None:
    found = find_drift(replace(FIRST, **today), FIRST, POLICY)
    assert [(drift.subject, drift.what) for drift in found] == said
    assert all(drift.text and drift.population == "person" for drift in found)


def test_a_handful_says_nothing() -> None:
    few = replace(FIRST, records=20, pairs=10, weight_counts=WEIGHTS[5:] + WEIGHTS[:5], unlinkable_share=0.9)
    assert find_drift(few, replace(FIRST, records=20, pairs=10), POLICY) == ()


def test_the_words() -> None:
    today = replace(FIRST, key_pairs={"e-mail": 600, "phone": 40}, implied_prior=0.004, unlinkable_share=0.25)
    assert [drift.text for drift in find_drift(today, FIRST, POLICY)] == [
        "the key phone finds 40 pairs where 390 were to be expected",
        "two random records match 4.0 times as often as the model takes: 0.004 against 0.001",
        "25.0% of records say too little to be linked at all, 5.0% did",
    ]


def test_the_index_by_hand() -> None:
    """Two bins of 200 and 100 against 100 and 200, half a count added to each, chance taken off."""
    p, q = 200.5 / 301, 100.5 / 301
    assert stability_index([200, 100], [100, 200]) == pytest.approx(2 * (p - q) * math.log(p / q) - 2 / 300)
    assert stability_index([200, 100], [100, 200]) == stability_index([100, 200], [200, 100])
    assert stability_index([5, 0], [7, 0]) == 0
    assert stability_index([0, 0], [7, 1]) == 0
    with pytest.raises(ValueError, match="zip"):
        stability_index([1], [1, 2])


def test_chance_alone_gives_about_nothing() -> None:
    """Samples of one distribution: with chance left in, 300 pairs in thirty bins would have an index of 0.2."""
    random = np.random.default_rng(1)
    shares = random.dirichlet(np.full(30, 5.0))
    found = [
        stability_index(random.multinomial(300, shares).tolist(), random.multinomial(300, shares).tolist())
        for _ in range(200)
    ]
    assert float(np.mean(found)) < 0.03
    assert float(np.mean(np.array(found) > 0.1)) < 0.05
