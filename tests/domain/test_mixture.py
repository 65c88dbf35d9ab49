"""Expectation maximisation: known parameters come back, families do not teach it nonsense, no data is no harm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dq_pipeline.domain.mixture import MISSING, ComparedPairs, Rival, Start, Trust, fit, posteriors, shared_weight

TRUST = Trust(strength=20, minimum_m=0.002, doubt=20)
RAREST = 1e-6
# As many random pairs as there are pairs of strangers: below, strangers are drawn one by one.
RECORDS = 2001
POSSIBLE = RECORDS * (RECORDS - 1) / 2

# Given name, birthdate, family name, address: agree, nearly, differ.
TRUE_M = tuple(np.array(m) for m in ([0.8, 0.12, 0.08], [0.85, 0.1, 0.05], [0.9, 0.06, 0.04], [0.6, 0.1, 0.3]))
TRUE_U = tuple(
    np.array(u) for u in ([0.01, 0.01, 0.98], [0.0002, 0.01, 0.9898], [0.003, 0.002, 0.995], [0.0005, 0.001, 0.9985])
)
EXPECTED = tuple(np.array(m) for m in ([0.9, 0.05, 0.05], [0.9, 0.05, 0.05], [0.9, 0.05, 0.05], [0.7, 0.1, 0.2]))
HOUSEHOLD = Rival(shares=np.array([0.0, 0.0, 1.0, 1.0]), expected=1.0)
TWINS = Rival(shares=np.array([0.0, 1.0, 1.0, 1.0]), expected=0.03, kind_of=0, at_most=0.3)


def drawn(random: np.random.Generator, count: int, probabilities: tuple[np.ndarray, ...]) -> list[np.ndarray]:
    return [random.choice(3, size=count, p=p) for p in probabilities]


def world(matches: int, relatives: int, seed: int = 1) -> ComparedPairs:
    """Candidate pairs: one-customer pairs, members of one household, and strangers that agree in something."""
    random = np.random.default_rng(seed)
    parts = [drawn(random, matches, TRUE_M), drawn(random, relatives, (*TRUE_U[:2], *TRUE_M[2:]))]
    strangers = drawn(random, int(POSSIBLE), TRUE_U)
    met = np.any([level < 2 for level in strangers], axis=0)
    parts.append([level[met] for level in strangers])
    levels = tuple(np.concatenate(columns).astype(np.int64) for columns in zip(*parts, strict=True))
    return ComparedPairs(levels, tuple(np.full(len(levels[0]), np.nan) for _ in levels), POSSIBLE)


def mixed(matches: int, relatives: int) -> tuple[np.ndarray, ...]:
    """u as random pairs show it: with the pairs of one customer and of one household among them."""
    related = [*[matches / POSSIBLE] * 2, *[(matches + relatives) / POSSIBLE] * 2]
    return tuple(u * (1 - share) + m * share for m, u, share in zip(TRUE_M, TRUE_U, related, strict=True))


def start(expected: tuple[np.ndarray, ...] = EXPECTED, u: tuple[np.ndarray, ...] = TRUE_U) -> Start:
    neutral = tuple(np.zeros(len(e), dtype=np.bool_) for e in expected)
    return Start(expected, u, neutral, tuple(np.full(len(e), RAREST) for e in expected), 1 / RECORDS)


def test_known_parameters_come_back() -> None:
    found = fit(world(matches=3000, relatives=0), start(u=mixed(3000, 0)), (HOUSEHOLD,), TRUST)
    assert found.prior == pytest.approx(3000 / POSSIBLE, rel=0.1)
    for m, true in zip(found.m, TRUE_M, strict=True):
        assert m == pytest.approx(true, abs=0.03)
    assert found.rivals[0] < found.prior / 20


@pytest.mark.parametrize("relatives", [0, 3000])
def test_where_no_families_live_there_are_no_twins(relatives: int) -> None:
    """All agrees but the given name: twins, or a slip where nobody shares a home."""
    found = fit(world(3000, relatives), start(u=mixed(3000, relatives)), (HOUSEHOLD, TWINS), TRUST)
    assert found.rivals[1] <= 0.3 * found.rivals[0]
    but_the_name = ComparedPairs(
        tuple(np.array([level]) for level in (2, 0, 0, 0)), tuple(np.full(1, np.nan) for _ in EXPECTED), POSSIBLE
    )
    one_customer, _ = posteriors(but_the_name, found, (HOUSEHOLD, TWINS))
    assert (one_customer[0] > 0.75) == (relatives == 0)


def test_families_are_told_from_customers() -> None:
    """As many pairs of relatives as of one customer: two classes alone would learn that given names differ."""
    pairs = world(matches=2000, relatives=2000)
    found = fit(pairs, start(u=mixed(2000, 2000)), (HOUSEHOLD,), TRUST)
    assert found.prior == pytest.approx(2000 / POSSIBLE, rel=0.1)
    assert found.rivals[0] == pytest.approx(2000 / POSSIBLE, rel=0.15)
    assert found.m[0] == pytest.approx(TRUE_M[0], abs=0.04)
    alone = fit(pairs, start(u=mixed(2000, 2000)), (), TRUST)
    assert alone.m[0][2] > 0.2
    one_customer, by_rival = posteriors(pairs, found, (HOUSEHOLD,))
    assert one_customer[:2000].mean() > 0.9
    assert one_customer[2000:4000].mean() < 0.1
    assert by_rival[0, 2000:4000].mean() > 0.6


@pytest.mark.parametrize("matches", [20, 200])
def test_compatriots_do_not_make_the_customers_their_own(matches: int) -> None:
    """One pair of strangers in fifty is from one village, where a fifth has one given name: thousands agree as much as
    customers of whom hardly anything is known. They must not teach what one customer looks like."""
    share, at_home = 0.02, ([0.2, 0.02, 0.78], [0.0002, 0.01, 0.9898], [0.2, 0.02, 0.78], [0.02, 0.01, 0.97])
    villagers = drawn(np.random.default_rng(3), int(POSSIBLE * share), tuple(np.array(u) for u in at_home))
    met = np.any([level < 2 for level in villagers], axis=0)
    others = world(matches, relatives=0)
    levels = tuple(np.concatenate([a, b[met]]) for a, b in zip(others.level, villagers, strict=True))
    pairs = ComparedPairs(levels, tuple(np.full(len(levels[0]), np.nan) for _ in levels), POSSIBLE)
    u = tuple((1 - share) * away + share * np.array(home) for away, home in zip(TRUE_U, at_home, strict=True))
    found = fit(pairs, start(u=u), (HOUSEHOLD,), TRUST)
    assert found.prior * POSSIBLE < 2 * matches + 60
    trusting = fit(pairs, start(u=u), (HOUSEHOLD,), replace(TRUST, doubt=0))
    assert trusting.prior * POSSIBLE > 2000
    assert trusting.m[1][2] > 0.9


def test_related_pairs_are_taken_out_of_the_random_pairs() -> None:
    """Most random pairs with one address are one customer or one household; u must not count them."""
    sampled = mixed(2000, 2000)
    found = fit(world(matches=2000, relatives=2000), start(u=sampled), (HOUSEHOLD,), TRUST)
    assert sampled[3][0] > 3 * TRUE_U[3][0]
    assert found.u[3][0] == pytest.approx(TRUE_U[3][0], rel=0.2)


def test_u_is_no_rarer_than_its_random_pairs_could_show() -> None:
    """A field one record in a hundred has was compared in few of the random pairs: that strangers never agreed in it
    there says little."""
    level = np.zeros(5, dtype=np.int64)
    begin = Start(
        (np.array([0.9, 0.1]),) * 2,
        (np.array([1e-3, 0.999]), np.array([1e-6, 1.0])),
        (np.zeros(2, dtype=np.bool_),) * 2,
        (1e-3, 1e-6),
        1e-6,
    )
    found = fit(ComparedPairs((level, level), (np.full(5, np.nan),) * 2, POSSIBLE), begin, (), TRUST)
    assert found.u[0][0] == pytest.approx(1e-3)
    assert found.u[1][0] == pytest.approx(1e-6)


@pytest.mark.parametrize("pairs", [0, 3])
def test_few_pairs_leave_the_expectations_standing(pairs: int) -> None:
    levels = tuple(np.zeros(pairs, dtype=np.int64) for _ in EXPECTED)
    found = fit(
        ComparedPairs(levels, tuple(np.full(pairs, np.nan) for _ in levels), 10.0), start(), (HOUSEHOLD,), TRUST
    )
    for m in found.m:
        assert m[0] > m[1] > 0
        assert np.isfinite(np.log2(m)).all()
    assert 0 < found.prior <= 0.5


def test_a_level_that_cannot_occur_takes_no_expectation_away() -> None:
    """Without postal codes no two can be the same: what is left shares the expectation."""
    level = np.array([1, 1, 2] * 10_000, dtype=np.int64)
    only = Start(
        (np.array([0.8, 0.15, 0.05]),),
        (np.array([1e-6, 0.01, 0.99]),),
        (np.zeros(3, dtype=np.bool_),),
        (np.full(3, RAREST),),
        1e-9,
    )
    found = fit(ComparedPairs((level,), (np.full(len(level), np.nan),), 1e6), only, (), TRUST, iterations=1)
    assert found.m[0] == pytest.approx([0.002, 0.75, 0.25], abs=0.02)


def test_a_neutral_level_weighs_nothing_and_its_absence_does() -> None:
    level = np.array([0] * 90 + [1] * 10, dtype=np.int64)
    surprise = np.full(100, np.nan)
    names = np.zeros(100, dtype=np.int64)
    begin = Start(
        (np.array([0.95, 0.05]), np.array([0.9, 0.1])),
        (np.array([0.1, 0.9]), np.array([1e-6, 1.0])),
        (np.array([True, False]), np.array([False, False])),
        (np.full(2, RAREST),) * 2,
        1e-4,
    )
    found = fit(ComparedPairs((level, names), (surprise, surprise), 1e6), begin, (), TRUST)
    assert found.m[0][0] == found.u[0][0]
    assert np.log2(found.m[0][1] / found.u[0][1]) < -2


def test_a_rare_shared_value_counts_by_its_rarity() -> None:
    common, rare = np.log2(1 / 0.02), np.log2(1 / 0.00002)
    pairs = ComparedPairs(
        (np.zeros(2, dtype=np.int64), np.array([MISSING, MISSING])),
        (np.array([common, rare]), np.full(2, np.nan)),
        POSSIBLE,
    )
    begin = Start(
        (np.array([0.9, 0.1]),) * 2,
        (np.array([0.01, 0.99]),) * 2,
        (np.zeros(2, dtype=np.bool_),) * 2,
        (np.full(2, RAREST),) * 2,
        1e-4,
    )
    one_customer, _ = posteriors(pairs, fit(pairs, begin, (), TRUST, iterations=1), ())
    odds = np.log2(one_customer / (1 - one_customer))
    assert odds[1] - odds[0] == pytest.approx(rare - common)


def test_shared_weight_lies_between_chance_and_full_agreement() -> None:
    weight = np.array([-6.0, 0.0, 10.0, 900.0])
    assert shared_weight(weight, 0.0).tolist() == [0, 0, 0, 0]
    assert shared_weight(weight, 1.0).tolist() == weight.tolist()
    half = shared_weight(weight, 0.5)
    assert half[:3] == pytest.approx(np.log2(0.5 * np.exp2(weight[:3]) + 0.5))
    assert np.isfinite(half).all()
