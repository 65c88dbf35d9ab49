"""Clusters against a plain-Python reading of the rule, against SciPy, and on cases worked by hand."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage

from dq_pipeline.domain.clustering import JoinRule, PairEvidence, cluster

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
