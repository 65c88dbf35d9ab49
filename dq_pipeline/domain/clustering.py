"""Clusters from compared pairs: groups of records join while their pooled evidence says one customer.

Connected components chain strangers: A shares a phone with B, B an address with C, and A is C. Averaging match
weights over all pairs between two groups (UPGMA; Sokal & Michener 1958) asks every record about every other,
but drowns contradictions in pairs that had little to compare: two namesakes with two different birthdates join
through a third record that has none. So evidence is pooled comparison by comparison: the groups' birthdates
count by the average over the pairs that have two birthdates, their names over the pairs that have names, and
the sum of these averages is the match weight of the groups. A missing value then neither helps nor harms.

A round joins all pairs of groups that are each other's best; it is a few array operations over the pairs still
in play, for all components of the graph at once (reciprocal nearest neighbours; Murtagh 1983). No loop runs over
records or components. A join only looks at its own component, so any component can be clustered by itself.

What people decided comes before all evidence: must-link and cannot-link between records (constrained clustering;
Wagstaff et al. 2001). Records that must be one start as one group, and two groups never join while they hold two
records that must not be one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

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
    `anchored` (P): the two were one customer when the model was promoted; empty means none.
    """

    left: IntArray
    right: IntArray
    weight: Weights
    prior: float
    shares: FloatArray
    rivals: FloatArray
    anchored: BoolArray = field(default_factory=lambda: np.empty(0, dtype=np.bool_))


@dataclass(frozen=True)
class Bounds:
    """What no evidence overrules. `together` (M x 2), `apart` (C x 2): record numbers that must and must not be one
    customer; no group of the first may hold a pair of the second (see `settle`). `exclusive` (one for each record, or
    empty): bits of the sources without duplicates, of which one customer has one record."""

    together: IntArray = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    apart: IntArray = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    exclusive: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))


@dataclass(frozen=True)
class Settled:
    """`kept` (M): the must-links that hold. `broken` (C): the cannot-links inside a group of must-links. `group` (one
    for each record): the smallest record number of its group by all must-links."""

    kept: BoolArray
    broken: BoolArray
    group: IntArray


@dataclass(frozen=True)
class JoinRule:
    """Two groups join at a match weight of `group + (pair - group) / pairs between them`, at least.

    Two single records need `pair`; the evidence of many pairs is steadier, and may be a little weaker. Where no
    pair between the groups was compared the weight falls by `unscored`, where half were by half of it. It rises by
    `anchor` where all pairs between them were one customer before, by half of it where half were: what is one breaks
    at a lower line than it joins at (hysteresis).
    """

    pair: float
    group: float
    unscored: float
    anchor: float = 0.0


@dataclass(frozen=True)
class Clustering:
    """`labels[i]`: the smallest record number of i's cluster. The joins in order: the group of `absorbed[k]` went
    into that of `kept[k]` (the smallest numbers of the two then) at the match weight `weight[k]` (NaN: they must be
    one), with `pairs[k]` pairs of records between them, `compared[k]` of them compared."""

    labels: IntArray
    kept: IntArray
    absorbed: IntArray
    weight: FloatArray
    pairs: IntArray
    compared: IntArray


@dataclass(frozen=True)
class _Edges:
    """Groups `low < high`: sum and number of the weights of each comparison, number of pairs compared, and of those
    that were one customer before."""

    low: IntArray
    high: IntArray
    total: Weights
    known: NDArray[np.int32]
    compared: IntArray
    anchored: IntArray

    def take(self, which: BoolArray | IntArray) -> _Edges:
        return replace(self, **{each.name: getattr(self, each.name)[which] for each in fields(self)})

    def regrouped(self, parent: IntArray) -> _Edges:
        return replace(self, low=parent[self.low], high=parent[self.high])


def cluster(evidence: PairEvidence, size: int, rule: JoinRule, bounds: Bounds | None = None) -> Clustering:
    """Join the records 0..size-1 into customers.

    Number records in the order of their keys: ties go to the smaller numbers, so the result depends on the keys
    and the evidence alone. Memory is a few times that of `evidence.weight`.
    """
    bounds = bounds or Bounds()
    parent = components(bounds.together, size)
    members = np.bincount(parent, minlength=size).astype(np.int64)
    exclusive = bounds.exclusive.copy()
    if len(exclusive):
        np.bitwise_or.at(exclusive, parent, bounds.exclusive)
    steps = [_must_joins(parent)]
    edges = _pooled(_single_pairs(evidence).regrouped(parent), size)
    while len(edges.low):
        pairs = members[edges.low] * members[edges.high]
        weight = _match_weights(edges, pairs, evidence, rule)
        joinable = weight >= rule.group + (rule.pair - rule.group) / pairs
        joinable &= ~_forbidden(edges, parent[bounds.apart], exclusive, size)
        if not joinable.any():
            break
        nearest = _mutually_nearest(edges, weight, joinable, size)
        kept, absorbed = edges.low[nearest], edges.high[nearest]
        steps.append((kept, absorbed, weight[nearest], pairs[nearest], edges.compared[nearest]))
        parent = _followed(parent, kept, absorbed)
        members[kept] += members[absorbed]
        if len(exclusive):
            exclusive[kept] |= exclusive[absorbed]
        edges = _pooled(edges.take(_unsettled(edges, joinable, size)).regrouped(parent), size)
    kept, absorbed, weight, pairs, compared = (np.concatenate(parts) for parts in zip(*steps, strict=True))
    return Clustering(parent, kept, absorbed, weight, pairs, compared)


def components(edges: IntArray, size: int) -> IntArray:
    """The smallest record number of each record's connected component. `edges` (E x 2): record numbers."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    if not len(edges):
        return np.arange(size, dtype=np.int64)
    graph = coo_matrix((np.ones(len(edges), dtype=np.int8), (edges[:, 0], edges[:, 1])), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    smallest = np.full(count, size, dtype=np.int64)
    np.minimum.at(smallest, label, np.arange(size, dtype=np.int64))
    found: IntArray = smallest[label]
    return found


def settle(together: IntArray, apart: IntArray, size: int) -> Settled:
    """Which decisions can hold at once. Must-links (M x 2) that make one group of two records which must be apart
    (C x 2) contradict them: all must-links of such a group are set aside, its cannot-links stay."""
    group = components(together, size)
    broken = group[apart[:, 0]] == group[apart[:, 1]]
    kept = ~np.isin(group[together[:, 0]], group[apart[broken, 0]])
    return Settled(kept, broken, group)


def _must_joins(parent: IntArray) -> tuple[IntArray, IntArray, FloatArray, IntArray, IntArray]:
    """The joins that make the groups of must-links, one record after another."""
    absorbed = np.flatnonzero(parent != np.arange(len(parent)))
    kept = parent[absorbed]
    order = np.argsort(kept, kind="stable")
    kept, absorbed = kept[order], absorbed[order]
    # The k-th record joins a group of k: one pair with each record that is there already.
    _, first = np.unique(kept, return_index=True)
    place = np.arange(len(kept)) - np.repeat(first, np.diff(np.append(first, len(kept)))) + 1
    return kept, absorbed, np.full(len(kept), np.nan), place.astype(np.int64), np.zeros(len(kept), dtype=np.int64)


def _forbidden(edges: _Edges, apart: IntArray, exclusive: IntArray, size: int) -> BoolArray:
    """Edges between groups that must not be one."""
    found = np.zeros(len(edges.low), dtype=np.bool_)
    if len(apart):
        found |= np.isin(edges.low * size + edges.high, apart.min(axis=1) * size + apart.max(axis=1))
    if len(exclusive):
        found |= (exclusive[edges.low] & exclusive[edges.high]) != 0
    return found


def _followed(parent: IntArray, kept: IntArray, absorbed: IntArray) -> IntArray:
    """Every record's group after some groups went into others; no group both takes and goes in one round."""
    heir = np.arange(len(parent), dtype=np.int64)
    heir[absorbed] = kept
    found: IntArray = heir[parent]
    return found


def _single_pairs(evidence: PairEvidence) -> _Edges:
    known = ~np.isnan(evidence.weight)
    pairs = len(evidence.left)
    return _Edges(
        np.asarray(evidence.left, dtype=np.int64),
        np.asarray(evidence.right, dtype=np.int64),
        np.where(known, evidence.weight, 0.0),
        known.astype(np.int32),
        np.ones(pairs, dtype=np.int64),
        evidence.anchored.astype(np.int64) if len(evidence.anchored) else np.zeros(pairs, dtype=np.int64),
    )


def _match_weights(edges: _Edges, pairs: IntArray, evidence: PairEvidence, rule: JoinRule) -> FloatArray:
    """Log2 odds of one customer against strangers and all rivals, from the pooled evidence."""
    pooled = np.divide(edges.total, np.maximum(edges.known, 1), dtype=np.float64)
    customer = evidence.prior + pooled.sum(axis=1)
    others = np.ones(len(customer))
    for share, odds in zip(evidence.shares, evidence.rivals, strict=True):
        rival = np.full(len(customer), odds)
        for k in np.flatnonzero(share):
            rival += shared_weight(pooled[:, k], float(share[k]))
        others += np.exp2(np.minimum(rival, 500))
    weight: FloatArray = customer - np.log2(others) + rule.unscored * (1 - edges.compared / pairs)
    weight += rule.anchor * edges.anchored / pairs
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
    component = components(np.column_stack([edges.low, edges.high]), size)
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
        np.add.reduceat(edges.anchored[order], first),
    )
