"""The parameters of a linkage model, learned without labels from compared pairs (expectation maximisation).

Fellegi and Sunter's two classes, "one customer" and "strangers", fail where families share a name, an address
and a landline: such a pair agrees too much for strangers, so the two-class model calls it one customer. Here a
pair competes between one customer, strangers, and the rival explanations a policy declares (household, twins,
namesakes, colleagues): in each, the comparisons it shares agree as one customer's would and the others as
strangers' do. Only how common each class is, and m, are learned; u comes from random pairs.

Candidate pairs are all a blocking found; the pairs it did not find are taken for strangers, which is what a
posterior near zero would say. Few pairs are steadied by the policy's expectations (a Dirichlet prior).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

MISSING = -1


@dataclass(frozen=True)
class ComparedPairs:
    """P candidate pairs under K comparisons, among `possible` pairs in all.

    `level` (K arrays of P): level number, MISSING where a side is missing. `surprise` (K arrays of P): log2 of
    one over the frequency of the shared value, NaN where the level's u counts instead.
    """

    level: tuple[IntArray, ...]
    surprise: tuple[FloatArray, ...]
    possible: float

    def __len__(self) -> int:
        return len(self.level[0]) if self.level else 0


@dataclass(frozen=True)
class Rival:
    """An explanation other than one customer: `shares[k]` is how often it makes comparison k agree. `kind_of`: number
    of the rival it is a rare kind of (None: of none), `at_most` so many for each of that."""

    shares: FloatArray
    expected: float
    kind_of: int | None = None
    at_most: float = 1.0


@dataclass(frozen=True)
class Parameters:
    """`m[k]`, `u[k]`: one probability a level. `prior`: share of one-customer pairs among all possible pairs;
    `rivals`: the same of each rival explanation."""

    m: tuple[FloatArray, ...]
    u: tuple[FloatArray, ...]
    prior: float
    rivals: FloatArray
    iterations: int = 0


@dataclass(frozen=True)
class Trust:
    """How far expectations hold against data. `strength`: pairs' worth of trust in the expected m and classes;
    `minimum_m`: no disagreement is impossible; `doubt`: pairs' worth of trust in the expected m more for every match
    found, times the square of how unsure the matches are (1 - their mean posterior)."""

    strength: float
    minimum_m: float
    doubt: float


@dataclass(frozen=True)
class Start:
    """Where learning begins, one array a comparison, one element a level: the `expected` m, u as counted on
    random pairs, which levels are `neutral` (weight 0, u follows m), and `rarest`, the least u there can be. `prior`:
    the first guess."""

    expected: tuple[FloatArray, ...]
    sampled_u: tuple[FloatArray, ...]
    neutral: tuple[NDArray[np.bool_], ...]
    rarest: tuple[FloatArray, ...]
    prior: float


def fit(
    pairs: ComparedPairs,
    start: Start,
    rivals: tuple[Rival, ...],
    trust: Trust,
    *,
    iterations: int = 40,
    tolerance: float = 0.01,
) -> Parameters:
    """Learn m and the classes' frequencies by MAP expectation maximisation, starting from the expectations.

    Stops when no match weight moves by more than `tolerance` bits.
    """
    expected = tuple(_possible(level, e, trust) for level, e in zip(pairs.level, start.expected, strict=True))
    start = replace(start, expected=expected)
    begin = Parameters(expected, start.sampled_u, start.prior, np.array([start.prior * r.expected for r in rivals]))
    now = _with_clean_u(begin, start, rivals)
    for step in range(1, iterations + 1):
        one_customer, by_rival = posteriors(pairs, now, rivals)
        before, now = now, _maximise(pairs, one_customer, by_rival, start, rivals, trust, step)
        if _change(before, now) < tolerance:
            break
    return now


def _possible(level: IntArray, expected: FloatArray, trust: Trust) -> FloatArray:
    """Expectations without the levels no pair shows: where there are no postal codes, none can be the same. The fewer
    pairs there are to show them, the less that says."""
    shown = np.bincount(level[level != MISSING], minlength=len(expected))
    doubt = trust.strength / (trust.strength + shown.sum())
    possible = np.where(shown > 0, expected, np.maximum(expected * doubt, 1e-6))
    result: FloatArray = possible / possible.sum()
    return result


def match_weights(level: IntArray, surprise: FloatArray, m: FloatArray, u: FloatArray) -> FloatArray:
    """log2(m / u) of each pair's level in one comparison; 0 where it is missing."""
    missing = level == MISSING
    at = np.where(missing, 0, level)
    against = np.where(np.isnan(surprise), -np.log2(u)[at], surprise)
    weights: FloatArray = np.where(missing, 0.0, np.log2(m)[at] + against)
    return weights


def posteriors(
    pairs: ComparedPairs, parameters: Parameters, rivals: tuple[Rival, ...]
) -> tuple[FloatArray, FloatArray]:
    """Probability of one customer (P), and of each rival (R x P)."""
    person = np.full(len(pairs), _log2_odds(parameters.prior))
    other = np.tile(np.log2(np.maximum(parameters.rivals, 1e-300))[:, None], (1, len(pairs)))
    for k, (level, surprise) in enumerate(zip(pairs.level, pairs.surprise, strict=True)):
        weight = match_weights(level, surprise, parameters.m[k], parameters.u[k])
        person += weight
        for r, rival in enumerate(rivals):
            other[r] += shared_weight(weight, float(rival.shares[k]))
    stacked = np.vstack([np.zeros(len(pairs)), person, other])
    stacked -= stacked.max(axis=0)
    odds = np.exp2(stacked)
    odds /= odds.sum(axis=0)
    return odds[1], odds[2:]


def shared_weight(weight: FloatArray, share: float) -> FloatArray:
    """log2 evidence for an explanation that makes a comparison agree with probability `share`, else by chance."""
    if share <= 0:
        return np.zeros_like(weight)
    if share >= 1:
        return weight
    result: FloatArray = np.log2(share * np.exp2(np.minimum(weight, 500)) + (1 - share))
    return result


def _maximise(
    pairs: ComparedPairs,
    one_customer: FloatArray,
    by_rival: FloatArray,
    start: Start,
    rivals: tuple[Rival, ...],
    trust: Trust,
    step: int,
) -> Parameters:
    # Where duplicates are few, strangers of one town and country who share a given name outnumber them. Left to
    # themselves they make m their own, and the next step takes more of them for one customer. None of them is sure.
    # Winkler (1993), "Improved decision rules in the Fellegi-Sunter model", bounds m for the same reason.
    total = float(one_customer.sum())
    unsure = float((one_customer * (1 - one_customer)).sum()) / max(total, 1e-300)
    expected_count = trust.strength + trust.doubt * unsure * unsure * total
    m = []
    for level, expected in zip(pairs.level, start.expected, strict=True):
        seen = level != MISSING
        count = np.bincount(level[seen], one_customer[seen], minlength=len(expected))
        share = (count + expected_count * expected) / (count.sum() + expected_count)
        m.append(np.maximum(share, trust.minimum_m))
    prior = (max(total, 1.0) + trust.strength * start.prior) / (pairs.possible + trust.strength)
    # The trust in rivals fades with the matches found, so that it never outweighs what little there is.
    trusted = trust.strength * total / (total + trust.strength)
    counts = by_rival.sum(axis=1) + trusted * np.array([r.expected for r in rivals])
    for r, rival in enumerate(rivals):
        if rival.kind_of is not None:
            counts[r] = min(counts[r], rival.at_most * counts[rival.kind_of])
    now = Parameters(tuple(m), start.sampled_u, prior, np.maximum(counts, 1e-3) / pairs.possible, step)
    return _with_clean_u(now, start, rivals)


def _with_clean_u(now: Parameters, start: Start, rivals: tuple[Rival, ...]) -> Parameters:
    """Take the pairs that agree for a reason out of the random pairs that u was counted on.

    Where one customer has ten records, one random pair in five thousand is one customer, and most random pairs
    that share a postal code are. Counting them as strangers halves the weight of the best evidence.
    """
    clean = []
    for k, (m, u, neutral, rarest) in enumerate(zip(now.m, start.sampled_u, start.neutral, start.rarest, strict=True)):
        related = now.prior + sum(f * r.shares[k] for f, r in zip(now.rivals, rivals, strict=True))
        strangers = (u - related * m) / (1 - related)
        floor = np.minimum(rarest, np.maximum(u, 1e-12))
        clean.append(np.where(neutral, m, np.maximum(strangers, floor)))
    return replace(now, u=tuple(clean))


def _change(before: Parameters, now: Parameters) -> float:
    moved = [abs(_log2_odds(before.prior) - _log2_odds(now.prior))]
    moved += [float(np.abs(np.log2(a) - np.log2(b)).max()) for a, b in zip(before.m, now.m, strict=True)]
    if len(now.rivals):
        # A rival a hundred times rarer than one customer decides nothing, however long it shrinks.
        floor = now.prior / 100
        moved.append(float(np.abs(np.log2(before.rivals + floor) - np.log2(now.rivals + floor)).max()))
    return max(moved)


def _log2_odds(probability: float) -> float:
    return float(np.log2(probability / (1 - probability)))
