"""Clusters from compared pairs: groups of records join while their pooled evidence says one customer.

Connected components chain strangers: A shares a phone with B, B an address with C, and A is C. Averaging match
weights over all pairs between two groups (UPGMA; Sokal & Michener 1958) asks every record about every other,
but drowns contradictions in pairs that had little to compare: two namesakes with two different birthdates join
through a third record that has none. So evidence is pooled comparison by comparison: the groups' birthdates
count by the average over the pairs that have two birthdates, their names over the pairs that have names, and
the sum of these averages is the match weight of the groups. A missing value then neither helps nor harms.

A round joins all pairs of groups that are each other's best; it is a few array operations over the pairs still
in play, for all components of the graph at once (reciprocal nearest neighbours; Murtagh 1983). No loop runs over
records or components.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dq_pipeline.domain.mixture import shared_weight

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
# Match weights by pair and comparison: the big array, so that half the bytes are worth having.
Weights = NDArray[np.float32] | NDArray[np.float64]

# Weights closer than this are one value: a tie is broken by key, not by the last bit of a float.
TIE_DECIMALS = 6


@dataclass(frozen=True)
class PairEvidence:
    """P compared pairs of records under K comparisons.

    `left`, `right` (P): record numbers; each unordered pair once, in any order. `weight` (P x K): match weights in
    bits, NaN where a side was missing. `prior`: log2 odds that two random records are one customer.
    `shares` (R x K), `rivals` (R): how much each rival explanation shares a comparison, and the log2 odds of it.
    """

    left: IntArray
    right: IntArray
    weight: Weights
    prior: float
    shares: FloatArray
    rivals: FloatArray


@dataclass(frozen=True)
class JoinRule:
    """Two groups join at a match weight of `group + (pair - group) / pairs between them`, at least.

    Two single records need `pair`; the evidence of many pairs is steadier, and may be a little weaker. Where no
    pair between the groups was compared the weight falls by `unscored`, where half were by half of it.
    """

    pair: float
    group: float
    unscored: float


@dataclass(frozen=True)
class Clustering:
    """`labels[i]`: the smallest record number of i's cluster. The joins in order: the group of `absorbed[k]` went
    into that of `kept[k]` (the smallest numbers of the two then) at the match weight `weight[k]`."""

    labels: IntArray
    kept: IntArray
    absorbed: IntArray
    weight: FloatArray


@dataclass(frozen=True)
class _Edges:
    """Groups `low < high`: sum and number of the weights of each comparison, number of pairs compared."""

    low: IntArray
    high: IntArray
    total: Weights
    known: NDArray[np.int32]
    compared: IntArray

    def take(self, which: BoolArray | IntArray) -> _Edges:
        return _Edges(self.low[which], self.high[which], self.total[which], self.known[which], self.compared[which])


def cluster(evidence: PairEvidence, size: int, rule: JoinRule) -> Clustering:
    """Join the records 0..size-1 into customers.

    Number records in the order of their keys: ties go to the smaller numbers, so the result depends on the keys
    and the evidence alone. Memory is a few times that of `evidence.weight`.
    """
    edges = _pooled(_single_pairs(evidence), size)
    parent = np.arange(size, dtype=np.int64)
    members = np.ones(size, dtype=np.int64)
    steps: list[tuple[IntArray, IntArray, FloatArray]] = []
    while len(edges.low):
        pairs = members[edges.low] * members[edges.high]
        weight = _match_weights(edges, pairs, evidence, rule)
        joinable = weight >= rule.group + (rule.pair - rule.group) / pairs
        if not joinable.any():
            break
        nearest = _mutually_nearest(edges, weight, joinable, size)
        kept, absorbed = edges.low[nearest], edges.high[nearest]
        steps.append((kept, absorbed, weight[nearest]))
        parent[absorbed] = kept
        members[kept] += members[absorbed]
        edges = edges.take(_unsettled(edges, joinable, size))
        edges = _pooled(_Edges(parent[edges.low], parent[edges.high], edges.total, edges.known, edges.compared), size)
    return _finish(parent, steps)


def _single_pairs(evidence: PairEvidence) -> _Edges:
    known = ~np.isnan(evidence.weight)
    return _Edges(
        np.asarray(evidence.left, dtype=np.int64),
        np.asarray(evidence.right, dtype=np.int64),
        np.where(known, evidence.weight, 0.0),
        known.astype(np.int32),
        np.ones(len(evidence.left), dtype=np.int64),
    )


def _match_weights(edges: _Edges, pairs: IntArray, evidence: PairEvidence, rule: JoinRule) -> FloatArray:
    """Log2 odds of one customer against strangers and all rivals, from the pooled evidence."""
    pooled = edges.total / np.maximum(edges.known, 1)
    customer = evidence.prior + pooled.sum(axis=1)
    others = np.ones(len(customer))
    for share, odds in zip(evidence.shares, evidence.rivals, strict=True):
        rival = np.full(len(customer), odds)
        for k in np.flatnonzero(share):
            rival += shared_weight(pooled[:, k], float(share[k]))
        others += np.exp2(np.minimum(rival, 500))
    weight: FloatArray = customer - np.log2(others) + rule.unscored * (1 - edges.compared / pairs)
    return np.round(weight, TIE_DECIMALS)


def _mutually_nearest(edges: _Edges, weight: FloatArray, joinable: BoolArray, size: int) -> IntArray:
    """Indices of the edges that are the best one of both their groups; the best edge of all always is."""
    candidates = np.flatnonzero(joinable)
    # Edges are sorted by (low, high), so a stable sort on the weight alone breaks ties by key.
    candidates = candidates[np.argsort(-weight[candidates], kind="stable")]
    rank = np.arange(len(candidates), dtype=np.int64)
    best = np.full(size, len(candidates), dtype=np.int64)
    low, high = edges.low[candidates], edges.high[candidates]
    np.minimum.at(best, low, rank)
    np.minimum.at(best, high, rank)
    nearest: IntArray = candidates[(best[low] == rank) & (best[high] == rank)]
    return nearest


def _unsettled(edges: _Edges, joinable: BoolArray, size: int) -> BoolArray:
    """The edges of the components in which something can still join; nothing changes in the others."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(edges.low), dtype=np.int8), (edges.low, edges.high)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    live = np.zeros(size, dtype=np.bool_)
    live[component[edges.low[joinable]]] = True
    unsettled: BoolArray = live[component[edges.low]]
    return unsettled


def _pooled(edges: _Edges, size: int) -> _Edges:
    """One edge for every two groups, sorted by (low, high); edges inside a group are gone."""
    edges = edges.take(edges.low != edges.high)
    low, high = np.minimum(edges.low, edges.high), np.maximum(edges.low, edges.high)
    code = low * np.int64(size) + high
    order = np.argsort(code, kind="stable")
    code = code[order]
    first = np.flatnonzero(np.diff(code, prepend=-1))
    if not len(first):
        return edges
    return _Edges(
        low[order][first],
        high[order][first],
        np.add.reduceat(edges.total[order], first, axis=0),
        np.add.reduceat(edges.known[order], first, axis=0),
        np.add.reduceat(edges.compared[order], first),
    )


def _finish(parent: IntArray, steps: list[tuple[IntArray, IntArray, FloatArray]]) -> Clustering:
    labels = parent
    while not np.array_equal(higher := labels[labels], labels):
        labels = higher
    if not steps:
        empty = np.empty(0, dtype=np.int64)
        return Clustering(labels, empty, empty, np.empty(0, dtype=np.float64))
    kept, absorbed, weight = (np.concatenate(parts) for parts in zip(*steps, strict=True))
    return Clustering(labels, kept, absorbed, weight)
