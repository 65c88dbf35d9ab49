"""Is linkage still looking at the data its model was made for? A run's figures against those of the model's first use.

Distributions are compared by the population stability index (Siddiqi, "Credit Risk Scorecards", 2006), the symmetric
Kullback-Leibler divergence of two binned distributions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dq_pipeline.domain.linkage import Population

Subject = Literal["weights", "blocking", "unlinkable", "prior", "unseen"]

# Match weights are counted in bins between these edges, with one more below the first and above the last.
WEIGHT_EDGES = tuple(float(edge) for edge in range(-10, 62, 2))


@dataclass(frozen=True)
class LinkageDriftPolicy:
    """`weights`: population stability index of the match weights. `blocking`: how many times more or fewer pairs per
    record a key finds, if it finds or found `blocking_share` of all. `unlinkable`: change in the share of records that
    could not even be linked to themselves. `prior`: bits (log2) between the prior that the scored pairs imply and the
    model's. `unseen`: share of a column's values the model has no frequency of. With fewer than `least_pairs` pairs
    in either run, and of records for `unlinkable` and `unseen`, nothing is said.
    """

    weights: float
    blocking: float
    blocking_share: float
    unlinkable: float
    prior: float
    unseen: float
    least_pairs: int
    least_records: int


@dataclass(frozen=True)
class RunStatistics:
    """What one run's linkage of one population looked like, in counts.

    `pairs`: those stored at `keep` or above; `weight_counts`: their match weights by WEIGHT_EDGES; `key_pairs`: by the
    blocking key that found them. `self_weight_counts`: the match weights records would have with a copy of themselves,
    of a sample, and `unlinkable_share`: those below the line of merging. `implied_prior`: expected matches among the
    pairs, of all possible ones. `unseen`: by column.
    """

    population: Population
    model_version: str
    records: int
    pairs: int
    weight_counts: tuple[int, ...]
    key_pairs: Mapping[str, int]
    self_weight_counts: tuple[int, ...]
    unlinkable_share: float
    implied_prior: float
    model_prior: float
    unseen: Mapping[str, float]


@dataclass(frozen=True)
class Drift:
    """One figure outside its limit. `what`: the column or key, where it is of one. `text`: a sentence without value."""

    subject: Subject
    population: Population
    what: str
    text: str


def find_drift(today: RunStatistics, first: RunStatistics, policy: LinkageDriftPolicy) -> tuple[Drift, ...]:
    """All that is outside the limits; empty for a run against itself. Both must be of one population and model."""
    found: list[tuple[Subject, str, str]] = []
    if min(today.pairs, first.pairs) >= policy.least_pairs:
        found += _weights(today, first, policy)
    if max(today.pairs, first.pairs) >= policy.least_pairs:
        found += _blocking(today, first, policy)
    if today.pairs >= policy.least_pairs:
        found += _prior(today, policy)
    if min(today.records, first.records) >= policy.least_records:
        found += _unlinkable(today, first, policy)
        found += _unseen(today, policy)
    return tuple(Drift(subject, today.population, what, text) for subject, what, text in found)


def stability_index(first: Sequence[int], today: Sequence[int]) -> float:
    """Population stability index of two histograms with the same bins, what chance alone gives taken off.

    Half a count is added to every bin, since a bin empty on one side would make it infinite. Two samples of n and m
    from one distribution have an index of (bins - 1) * (1/n + 1/m) on average (Yurdakul and Naranjo 2020).
    Raises ValueError when the bins differ.
    """
    bins = sum(1 for pair in zip(first, today, strict=True) if any(pair))
    n, m = sum(first), sum(today)
    if bins < 2 or not n or not m:
        return 0.0
    index = 0.0
    for one, other in zip(first, today, strict=True):
        if one or other:
            p, q = (one + 0.5) / (n + bins / 2), (other + 0.5) / (m + bins / 2)
            index += (q - p) * math.log(q / p)
    return max(index - (bins - 1) * (1 / n + 1 / m), 0.0)


def _weights(today: RunStatistics, first: RunStatistics, policy: LinkageDriftPolicy) -> list[tuple[Subject, str, str]]:
    index = stability_index(first.weight_counts, today.weight_counts)
    if index <= policy.weights:
        return []
    return [
        (
            "weights",
            "",
            f"match weights lie elsewhere: stability index {index:.2f}, at most {policy.weights:.2f} is usual",
        )
    ]


def _blocking(today: RunStatistics, first: RunStatistics, policy: LinkageDriftPolicy) -> list[tuple[Subject, str, str]]:
    """Pairs per record, of all keys together and of each that matters."""
    keys = {"": (first.pairs, today.pairs)}
    keys |= {
        key: (first.key_pairs.get(key, 0), today.key_pairs.get(key, 0))
        for key in {**first.key_pairs, **today.key_pairs}
    }
    found: list[tuple[Subject, str, str]] = []
    for key, (before, now) in sorted(keys.items()):
        small = before < policy.blocking_share * first.pairs and now <= policy.blocking_share * today.pairs
        expected = before * today.records / max(first.records, 1)
        if not small and not expected / policy.blocking <= now <= expected * policy.blocking:
            name = f"the key {key} finds" if key else "all keys together find"
            found.append(("blocking", key, f"{name} {now:,} pairs where {expected:,.0f} were to be expected"))
    return found


def _prior(today: RunStatistics, policy: LinkageDriftPolicy) -> list[tuple[Subject, str, str]]:
    if not today.implied_prior or not today.model_prior:
        return []
    bits = math.log2(today.implied_prior / today.model_prior)
    if abs(bits) <= policy.prior:
        return []
    text = (
        f"two random records match {2 ** abs(bits):.1f} times as {'often' if bits > 0 else 'seldom'} as the model takes"
    )
    return [("prior", "", f"{text}: {today.implied_prior:.2g} against {today.model_prior:.2g}")]


def _unlinkable(
    today: RunStatistics, first: RunStatistics, policy: LinkageDriftPolicy
) -> list[tuple[Subject, str, str]]:
    if abs(today.unlinkable_share - first.unlinkable_share) <= policy.unlinkable:
        return []
    text = (
        f"{today.unlinkable_share:.1%} of records say too little to be linked at all, {first.unlinkable_share:.1%} did"
    )
    return [("unlinkable", "", text)]


def _unseen(today: RunStatistics, policy: LinkageDriftPolicy) -> list[tuple[Subject, str, str]]:
    return [
        ("unseen", column, f"the model knows no frequency of {share:.1%} of the values of {column}")
        for column, share in sorted(today.unseen.items())
        if share > policy.unseen
    ]
