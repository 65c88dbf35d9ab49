"""Clusters against a plain-Python reading of the rule, against SciPy, and on cases worked by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from dq_pipeline.domain.clustering import Bounds, JoinRule, PairEvidence, cluster, components, settle

RULE = JoinRule(pair=1.0, group=-1.0, unscored=-5.0)
NO_RIVALS = (np.empty((0, 2)), np.empty(0))


def evidence(
    pairs: dict[tuple[int, int], tuple[float, float]],
    prior: float = 0.0,
    shares: np.ndarray = NO_RIVALS[0],
    rivals: np.ndarray = NO_RIVALS[1],
) -> PairEvidence:
    return PairEvidence(
        left=np.array([a for a, _ in pairs], dtype=np.int64),
        right=np.array([b for _, b in pairs], dtype=np.int64),
        weight=np.array(list(pairs.values()), dtype=np.float64).reshape(len(pairs), 2),
        prior=prior,
        shares=shares,
        rivals=rivals,
    )


def by_hand(found: PairEvidence, size: int, rule: JoinRule) -> list[int]:
    """The rule in plain Python: rounds, groups as sets, every pair looked at again each time."""
    known = {frozenset((int(a), int(b))): w for a, b, w in zip(found.left, found.right, found.weight, strict=True)}
    groups = {i: {i} for i in range(size)}
    while True:
        scored = []
        for a, b in combinations(sorted(groups), 2):
            between = [frozenset((i, j)) for i in groups[a] for j in groups[b]]
            seen = [known[pair] for pair in between if pair in known]
            if not seen:
                continue
            weight = found.prior + rule.unscored * (1 - len(seen) / len(between))
            for k in range(found.weight.shape[1]):
                values = [w[k] for w in seen if not np.isnan(w[k])]
                weight += sum(values) / len(values) if values else 0.0
            if round(weight, 6) >= rule.group + (rule.pair - rule.group) / len(between):
                scored.append((-round(weight, 6), a, b))
        if not scored:
            return [min(next(g for g in groups.values() if i in g)) for i in range(size)]
        best: dict[int, tuple[float, int, int]] = {}
        for entry in sorted(scored):
            best.setdefault(entry[1], entry)
            best.setdefault(entry[2], entry)
        for entry in sorted(scored):
            if best[entry[1]] == entry == best[entry[2]]:
                groups[entry[1]] |= groups.pop(entry[2])


weights = st.one_of(st.just(np.nan), st.integers(-8, 8).map(float))
graphs = st.integers(2, 9).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.dictionaries(
            st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] < p[1]),
            st.tuples(weights, weights),
            max_size=25,
        ),
    )
)


@settings(max_examples=150, deadline=None)
@given(graphs)
def test_clusters_are_those_of_the_rule_applied_by_hand(graph) -> None:
    size, pairs = graph
    found = evidence(pairs)
    assert cluster(found, size, RULE).labels.tolist() == by_hand(found, size, RULE)


@settings(max_examples=100, deadline=None)
@given(graphs, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_direction_of_pairs_matters(graph, random) -> None:
    size, pairs = graph
    entries = list(pairs.items())
    random.shuffle(entries)
    turned = {(b, a) if random.random() < 0.5 else (a, b): w for (a, b), w in entries}
    assert cluster(evidence(pairs), size, RULE).labels.tolist() == (
        cluster(evidence(turned), size, RULE).labels.tolist()
    )


@settings(max_examples=100, deadline=None)
@given(graphs)
def test_no_cluster_reaches_beyond_a_component_of_compared_pairs(graph) -> None:
    size, pairs = graph
    labels = cluster(evidence(pairs), size, RULE).labels
    network = nx.Graph(list(pairs))
    network.add_nodes_from(range(size))
    component = {node: min(part) for part in nx.connected_components(network) for node in part}
    assert all(component[int(label)] == component[record] for record, label in enumerate(labels))


@pytest.mark.parametrize("seed", range(20))
def test_with_all_pairs_and_one_comparison_it_is_average_linkage(seed: int) -> None:
    """Nothing missing: the average over pairs, which SciPy knows as UPGMA."""
    random = np.random.default_rng(seed)
    size = 25
    left, right = np.triu_indices(size, 1)
    weight = random.normal(0, 4, len(left))
    found = PairEvidence(left, right, weight[:, None], 0.0, np.empty((0, 1)), np.empty(0))
    labels = cluster(found, size, JoinRule(pair=0.5, group=0.5, unscored=-5.0)).labels
    theirs = fcluster(linkage(100 - weight, "average"), 100 - 0.5, "distance")
    assert (labels[:, None] == labels).tolist() == (theirs[:, None] == theirs).tolist()


def test_two_birthdates_do_not_become_one_customer_through_a_third_record() -> None:
    """Names (first weight) agree everywhere; 0 and 1 have one birthdate, 2 and 3 another, 4 has none."""
    name, same, other, none = 6.0, 8.0, -9.0, np.nan
    pairs = {(a, b): (name, other) for a in (0, 1) for b in (2, 3)}
    pairs |= {(0, 1): (name, same), (2, 3): (name, same)}
    pairs |= {(record, 4): (name, none) for record in range(4)}
    labels = cluster(evidence(pairs, prior=-4.0), 5, RULE).labels.tolist()
    assert labels == [0, 0, 2, 2, 0]


def test_pairs_never_compared_keep_groups_apart() -> None:
    """A chain 0-1-2-3: the ends share nothing, so their groups do not join over one good link."""
    pairs = {(0, 1): (9.0, np.nan), (1, 2): (3.0, np.nan), (2, 3): (9.0, np.nan)}
    assert cluster(evidence(pairs), 4, RULE).labels.tolist() == [0, 0, 2, 2]


def test_a_pair_better_explained_by_a_household_is_not_one_customer() -> None:
    """Comparison 0 is the given name, 1 the address; only a household shares the address alone."""
    household = (np.array([[0.0, 1.0]]), np.array([-12.0]))
    brothers = {(0, 1): (-3.0, 20.0)}
    assert cluster(evidence(brothers, -12.0), 2, RULE).labels.tolist() == [0, 0]
    assert cluster(evidence(brothers, -12.0, *household), 2, RULE).labels.tolist() == [0, 1]
    himself = {(0, 1): (6.0, 20.0)}
    assert cluster(evidence(himself, -12.0, *household), 2, RULE).labels.tolist() == [0, 0]


def test_the_joins_are_told_in_order_with_their_weight() -> None:
    pairs = {(0, 1): (9.0, np.nan), (0, 2): (4.0, np.nan), (1, 2): (5.0, np.nan)}
    found = cluster(evidence(pairs), 3, RULE)
    assert list(zip(found.kept.tolist(), found.absorbed.tolist(), found.weight.tolist(), strict=True)) == [
        (0, 1, 9.0),
        (0, 2, 4.5),
    ]


@pytest.mark.parametrize("size", [0, 1, 5])
def test_without_pairs_every_record_is_its_own_customer(size: int) -> None:
    assert cluster(evidence({}), size, RULE).labels.tolist() == list(range(size))


links = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] < pair[1]), max_size=8)


def pairs_of(decided: list[tuple[int, int]]) -> np.ndarray:
    return np.array(decided, dtype=np.int64).reshape(-1, 2)


@settings(max_examples=100, deadline=None)
@given(links)
def test_components_are_those_networkx_finds(edges) -> None:
    network = nx.Graph(edges)
    network.add_nodes_from(range(9))
    smallest = {node: min(part) for part in nx.connected_components(network) for node in part}
    assert components(pairs_of(edges), 9).tolist() == [smallest[node] for node in range(9)]


@settings(max_examples=200, deadline=None)
@given(graphs, links, links)
def test_decisions_are_obeyed_whatever_the_evidence(graph, together, apart) -> None:
    """Must-links that no cannot-link contradicts hold, and all cannot-links do; the contradicted ones are told."""
    _, pairs = graph
    settled = settle(pairs_of(together), pairs_of(apart), 9)
    network = nx.Graph(together)
    network.add_nodes_from(range(9))
    broken = {pair for pair in apart if nx.has_path(network, *pair)}
    assert {pair for pair, found in zip(apart, settled.broken, strict=True) if found} == broken
    torn = {frozenset(nx.node_connected_component(network, left)) for left, _ in broken}
    kept = [pair for pair, holds in zip(together, settled.kept, strict=True) if holds]
    assert kept == [pair for pair in together if not any(pair[0] in group for group in torn)]
    found = cluster(evidence(pairs), 9, RULE, Bounds(pairs_of(kept), pairs_of(apart)))
    assert all(found.labels[left] == found.labels[right] for left, right in kept)
    assert all(found.labels[left] != found.labels[right] for left, right in apart)
    assert len(found.kept) == 9 - len(set(found.labels.tolist()))


def test_a_cannot_link_is_carried_through_joins() -> None:
    """0 and 3 are two customers; 1 and 2 fit both, and end with the better one."""
    pairs = dict.fromkeys(combinations(range(4), 2), (9.0, np.nan)) | {(0, 1): (10.0, np.nan)}
    labels = cluster(evidence(pairs), 4, RULE, Bounds(apart=pairs_of([(0, 3)]))).labels.tolist()
    assert labels[0] != labels[3]
    assert labels[0] == labels[1]


def test_must_links_need_no_evidence_and_are_told_as_joins() -> None:
    found = cluster(evidence({}), 4, RULE, Bounds(together=pairs_of([(1, 3), (0, 3)])))
    assert found.labels.tolist() == [0, 0, 2, 0]
    assert (found.kept.tolist(), found.absorbed.tolist(), found.pairs.tolist()) == ([0, 0], [1, 3], [1, 2])
    assert np.isnan(found.weight).all()


def test_a_customer_has_one_record_of_a_source_without_duplicates() -> None:
    """0 and 1 are of such a source, 2 of another: it goes to the one it fits best, and they stay two."""
    pairs = {(0, 1): (9.0, np.nan), (0, 2): (5.0, np.nan), (1, 2): (6.0, np.nan)}
    assert cluster(evidence(pairs), 3, RULE).labels.tolist() == [0, 0, 0]
    bounds = Bounds(exclusive=np.array([1, 1, 0], dtype=np.int64))
    assert cluster(evidence(pairs), 3, RULE, bounds).labels.tolist() == [0, 1, 1]


@pytest.mark.parametrize(("weight", "before", "after"), [(1.5, True, True), (0.5, False, True), (-1.5, False, False)])
def test_what_was_one_customer_breaks_at_a_lower_line(weight: float, before: bool, after: bool) -> None:
    """Two records join at 1.0; those that were one customer part below -0.5 only."""
    found = evidence({(0, 1): (weight, np.nan)})
    anchored = replace(found, anchored=np.array([True]))
    rule = replace(RULE, anchor=1.5)
    assert (cluster(found, 2, rule).labels[1] == 0) == before
    assert (cluster(anchored, 2, rule).labels[1] == 0) == after


@settings(max_examples=60, deadline=None)
@given(graphs, graphs)
def test_a_component_is_clustered_alike_alone_and_among_others(one, two) -> None:
    (size, pairs), (other, others) = one, two
    both = pairs | {(a + size, b + size): w for (a, b), w in others.items()}
    whole = cluster(evidence(both), size + other, RULE).labels
    assert whole[:size].tolist() == cluster(evidence(pairs), size, RULE).labels.tolist()
    assert (whole[size:] - size).tolist() == cluster(evidence(others), other, RULE).labels.tolist()
